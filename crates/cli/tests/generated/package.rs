//! What the Debian package has beside the program.

use std::fs;
use std::path::Path;

use regex_lite::Regex;

/// The README is in the package, too, and its links lead somewhere there as they do in the source.
#[test]
fn what_the_readme_links_to_is_in_the_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = fs::read_to_string(root.join("crates/cli/Cargo.toml")).unwrap();
    let asset = Regex::new(r#"\["\.\./\.\./([^"]+)", "usr/share/doc/acecast/([^"]*)""#).unwrap();
    // Whole folders, and single files.
    let at_its_place = |from: &str, to: &str| match from.strip_suffix('*') {
        Some(folder) => folder == to,
        None => to.is_empty() && !from.contains('/'),
    };
    let brought: Vec<String> = asset
        .captures_iter(&manifest)
        .filter(|found| at_its_place(&found[1], &found[2]))
        .map(|found| found[1].trim_end_matches('*').to_owned())
        .collect();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let link = Regex::new(r"\]\(([^)#]+)[^)]*\)").unwrap();
    let links: Vec<String> = link
        .captures_iter(&readme)
        .map(|found| found[1].to_owned())
        .filter(|target| !target.contains("://"))
        .collect();
    assert!(links.len() > 4, "{links:?}");
    for target in links {
        assert!(root.join(&target).exists(), "{target} is not in the source");
        let is_in = |brought: &String| format!("{target}/").starts_with(brought) || target == *brought;
        assert!(brought.iter().any(is_in), "{target} is not in the package: {brought:?}");
    }
}
