//! The root, and what paths may refer to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use acecast_reconcile::escape;

use crate::found::Found;
use crate::read_app::{Surroundings, normal};
use crate::report::Report;
use crate::values;

/// The root, which has to be absolute: of a relative one it could only be guessed what it is relative to, and a
/// wrong guess would lose sight of the nodes that run, and of their keys.
pub(crate) fn root(
    found: &Found<'_>,
    dirs: Option<&BTreeMap<&'static str, PathBuf>>,
    surroundings: &Surroundings<'_>,
    report: &mut Report<'_>,
) -> Option<PathBuf> {
    let expected = "an absolute path";
    let text = values::some_text(found, values::MAX_TEXT, expected, report)?;
    let root = Path::new(&text);
    if root.is_absolute() {
        return Some(normal(root));
    }
    let candidate = |dir: &Path, from: &str| {
        let path = normal(&dir.join(root));
        format!("{} from {from} ({})", escape(&path.to_string_lossy()), contents(&path, dirs))
    };
    let Surroundings { config_dir, current_dir, .. } = surroundings;
    let candidates = if normal(config_dir) == normal(current_dir) {
        candidate(current_dir, "the config file's folder, which is the current folder, too")
    } else {
        format!(
            "{}, or {}",
            candidate(config_dir, "the config file's folder"),
            candidate(current_dir, "the current folder")
        )
    };
    let message =
        format!("found {}, a relative path; expected an absolute one: {candidates}", found.describe());
    report.error(found.range(), &found.path, message);
    None
}

/// Which traces of nodes a candidate for the root has.
fn contents(root: &Path, dirs: Option<&BTreeMap<&'static str, PathBuf>>) -> &'static str {
    let holds = |key: &str, is_trace: fn(&str) -> bool| {
        let entries = dirs.and_then(|dirs| dirs.get(key)).and_then(|dir| fs::read_dir(root.join(dir)).ok());
        entries.into_iter().flatten().flatten().any(|entry| entry.file_name().to_str().is_some_and(is_trace))
    };
    let pid = holds("pid", |name| name.starts_with("acestream") && has_extension(name, "pid"));
    let metadata = holds("metadata", |name| {
        has_extension(name, "sauth")
            || has_extension(name, "restart")
            || (name.contains("_stream_") && has_extension(name, "json"))
    });
    match (pid, metadata) {
        (true, true) => "holds pid and metadata files",
        (true, false) => "holds pid files",
        (false, true) => "holds metadata files",
        (false, false) => "holds neither pid nor metadata files",
    }
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}

/// `$VAR` and `${VAR}` replaced by their values. What is not set stays as it is, as in Python's `expandvars`,
/// which the field's configs were written for.
pub(crate) fn expand(text: &str, env: &dyn Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let (name, len) = if let Some(braced) = behind.strip_prefix('{') {
            braced.find('}').map_or(("", 0), |end| (&braced[..end], end + 2))
        } else {
            let end = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(behind.len());
            (&behind[..end], end)
        };
        match env(name).filter(|_| !name.is_empty()) {
            Some(value) => expanded.push_str(&value),
            None => expanded.push_str(&rest[at..at + 1 + len]),
        }
        rest = &behind[len..];
    }
    expanded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_expand_as_they_always_did() {
        let env = |name: &str| (name == "ACE_1").then(|| "/opt/$ACE_1".to_owned());
        for (text, expanded) in [
            ("$ACE_1/x", "/opt/$ACE_1/x"),
            ("${ACE_1}x", "/opt/$ACE_1x"),
            ("$ACE_1x", "$ACE_1x"),
            ("a$", "a$"),
            ("${ACE_1", "${ACE_1"),
            ("$$ACE_1", "$/opt/$ACE_1"),
            ("${}é$é", "${}é$é"),
        ] {
            assert_eq!(expand(text, &env), expanded, "{text}");
        }
    }
}
