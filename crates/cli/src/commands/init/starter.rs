//! A config to begin with: the examples, with this host's root.
//!
//! The entries of the lists are comments. No stream of an example can be started, and an engine has to be there only once
//! a node uses it: so the config is right as it is, and grows with what is taken out of the comments.

use std::path::Path;

use serde_json::Value;

use super::files::{NewFile, PRIVATE};
use crate::failure::Failure;

const APP: &str = include_str!("../../../assets/config/config.json");
const SOURCES: &str = include_str!("../../../assets/config/source_node.json");
const SUPPORTS: &str = include_str!("../../../assets/config/support_node.json");

/// What the example has instead of the root.
const ROOT: &str = "\"root\": \"/opt/acecast\"";

/// What leads nowhere outside of this repository.
const SCHEMA: &str = "    // For editors, which complete and check the file with it.
    \"$schema\": \"../schema/app.schema.json\",

";

/// Stands before the entries.
const WHAT_TO_DO: &str = "    // Examples: take the slashes away, and say which streams there are.";

/// The app config, which is the first one, and the lists, for this root. They are for their owner only: sooner or later
/// there are tokens in them.
pub(super) fn files(root: &Path) -> Result<Vec<NewFile>, Failure> {
    let refused = |why: &str| {
        let error = anyhow::Error::msg(format!("{} {why}", root.display()));
        Failure::failed(error.context("a config cannot name this folder")).hint("name another folder")
    };
    let text = root.to_str().ok_or_else(|| refused("is not UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(refused("has a control character in it"));
    }
    let app = APP.replacen(SCHEMA, "", 1).replacen(ROOT, &format!("\"root\": {}", Value::from(text)), 1);
    let file =
        |name: &str, text: String| NewFile { path: root.join("config").join(name), text, mode: PRIVATE };
    Ok(vec![
        file("config.json", app),
        file("source_node.json", commented(SOURCES)),
        file("support_node.json", commented(SUPPORTS)),
    ])
}

/// The list without its entries, which are comments.
fn commented(list: &str) -> String {
    let line = |line: &str| match line.strip_prefix("    ") {
        Some(of_an_entry) => format!("    // {of_an_entry}\n"),
        None if line == "[" => format!("[\n{WHAT_TO_DO}\n"),
        None => format!("{line}\n"),
    };
    list.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_root_differs_from_the_examples() {
        let files = files(Path::new("/srv/a \"b\"\\c")).unwrap();
        let app = APP.replace("\"/opt/acecast\"", r#""/srv/a \"b\"\\c""#);
        assert_eq!(files[0].text, app.replace(SCHEMA, ""));
        assert!(!files[0].text.contains("schema"));
        assert_ne!(files[0].text, APP);
    }

    #[test]
    fn the_entries_of_the_examples_are_comments() {
        let files = files(Path::new("/srv/a")).unwrap();
        for (file, example) in [(&files[1], SOURCES), (&files[2], SUPPORTS)] {
            let (before, entries) = file.text.split_once(&format!("{WHAT_TO_DO}\n")).unwrap();
            assert!(before.starts_with("// ") && before.ends_with("\n[\n"), "{before}");
            let entries = entries.strip_suffix("]\n").unwrap();
            assert!(entries.lines().all(|line| line.starts_with("    // ")), "{entries}");
            assert_eq!(format!("{before}{}]\n", entries.replace("    // ", "    ")), example);
        }
    }

    #[test]
    fn what_a_config_cannot_say_is_refused() {
        assert!(files(Path::new("/srv/a\nb")).is_err());
    }
}
