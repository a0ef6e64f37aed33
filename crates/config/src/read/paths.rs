//! Paths as they are written, and what they may refer to.

use std::path::{Path, PathBuf};

use crate::file::secret::ReadSecret;
use crate::mask::{holds_secret, is_key};
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
    text_of_path(found, "a path", report).map(PathBuf::from)
}

/// The text of a path. What is something else in the place of one is an error: joined to a folder it would be shown and
/// used as a path, with the secret that is in it.
pub(crate) fn text_of_path(found: &Found<'_>, expected: &str, report: &mut Report<'_>) -> Option<String> {
    let text = values::some_text(found, MAX_TEXT, expected, report)?;
    let why = if is_key(&text) {
        "is a key or a certificate itself"
    } else if is_like_url(&text) {
        "looks like a URL"
    } else if !text.starts_with('/') && holds_secret(&text) {
        "looks like a URL, or like a secret"
    } else {
        return Some(text);
    };
    found.wrong_because(why, expected, report);
    None
}

/// The text is a URL, or was meant to be one: it has a scheme, user and password in front of a host, or a query.
pub(crate) fn is_like_url(text: &str) -> bool {
    let (scheme, rest) = text.split_at(text.find([':', '/']).unwrap_or(text.len()));
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_http = ["http", "https"].iter().any(|name| name.eq_ignore_ascii_case(scheme.trim_end()));
    if is_scheme && rest.starts_with(":/") || is_http && (rest.starts_with(':') || rest.starts_with("//")) {
        return true;
    }
    let host = text.trim_start_matches('/').split('/').next().unwrap_or_default();
    let userinfo = host.rsplit_once('@').map(|(userinfo, _)| userinfo);
    userinfo.is_some_and(|userinfo| userinfo.contains(':') || text.starts_with("//"))
        || (!text.starts_with('/') && text.split_once('?').is_some_and(|(_, query)| query.contains('=')))
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
    fn what_was_meant_to_be_a_url_is_no_path() {
        for url in [
            "http://h/x",
            "HTTPS:h",
            "http//h/x",
            "http :/h",
            "ftp:/h",
            "u:p@h/x",
            "//u:p@h",
            "//token@h",
            "/u:p@h/x",
            "h/x?a=b",
        ] {
            assert!(is_like_url(url), "{url}");
        }
        for path in [
            "/srv/acecast",
            "//srv/x",
            "http/x",
            "a@b/c:d",
            "me@host",
            "/srv/u:p@h",
            "/x?a=b",
            "x:y",
            "/10:00/x",
        ] {
            assert!(!is_like_url(path), "{path}");
        }
    }

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
