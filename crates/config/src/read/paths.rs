//! Paths as they are written, and what they may refer to.

use std::path::{Path, PathBuf};

use crate::file::secret::ReadSecret;
use crate::read::found::Found;
use crate::read::report::Report;
use crate::read::values;
use crate::reference::MAX_TEXT;

/// What an app config may refer to.
pub(crate) struct Surroundings<'a> {
    /// The folder that the config is in.
    pub(crate) config_dir: PathBuf,
    pub(crate) current_dir: &'a Path,
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
    pub(crate) read_secret: ReadSecret<'a>,
}

pub(crate) fn path(found: &Found<'_>, report: &mut Report<'_>) -> Option<PathBuf> {
    values::some_text(found, MAX_TEXT, "a path", report).map(PathBuf::from)
}

pub(crate) fn absolute(root: &Path, path: &Path) -> PathBuf {
    normal(&root.join(path))
}

/// Without `.` and doubled slashes, so that another way to write a path is no other path.
pub(crate) fn normal(path: &Path) -> PathBuf {
    path.components().collect()
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
