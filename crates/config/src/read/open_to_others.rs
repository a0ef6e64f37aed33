//! Secrets in files that others on this host can read.

use jsonc_parser::ast::Value;

use crate::keys;
use crate::mask::is_secret;
use crate::read::found::Found;
use crate::read::object::Fields;
use crate::read::report::Report;

/// Names of parts of a query that let their holder in, beside those that look like a secret's.
const LETS_IN: &[&str] = &["auth", "pass", "pwd", "session", "sid", "sig", "signature"];

/// Others than the owner may do something with a file of this mode.
pub(crate) fn is_open(mode: u32) -> bool {
    mode & 0o077 != 0
}

/// What is wrong with a file's mode, and what to do about it. `name` is fit to be shown.
pub(crate) fn advice(name: &str, mode: u32) -> String {
    let may = match mode {
        mode if mode & 0o044 != 0 => "read",
        mode if mode & 0o022 != 0 => "change",
        _ => "run",
    };
    format!("other users can {may} this file (mode {mode:04o}): chmod 600 {name}")
}

/// Warns of the first secret in a document whose file others can read: the cure is the same for all of them.
pub(crate) fn check(root: &Value<'_>, report: &mut Report<'_>) {
    let Some(mode) = report.document.mode().filter(|mode| is_open(*mode)) else { return };
    let root = Found { value: root, path: String::new(), key: String::new() };
    if let Some(secret) = first_secret(&root) {
        let message = format!("holds a secret, and {}", advice(report.document.name(), mode));
        report.warning(secret.range(), &secret.path, message);
    }
}

fn first_secret<'a>(found: &Found<'a>) -> Option<Found<'a>> {
    let is_one = match found.value {
        Value::Array(array) => {
            let item =
                |(i, value)| Found { value, path: format!("{}[{i}]", found.path), key: found.key.clone() };
            return array.elements.iter().enumerate().map(item).find_map(|item| first_secret(&item));
        }
        Value::Object(object) if !keys::SECRET.contains(&found.key.as_str()) => {
            return Fields::unchecked(object, &found.path).all().find_map(|found| first_secret(&found));
        }
        Value::StringLit(text) if text.value.is_empty() => false,
        Value::StringLit(text) => keys::SECRET.contains(&found.key.as_str()) || lets_in(&text.value),
        Value::NumberLit(_) | Value::Object(_) => keys::SECRET.contains(&found.key.as_str()),
        Value::BooleanLit(_) | Value::NullKeyword(_) => false,
    };
    is_one.then(|| found.clone())
}

/// The text is a URL with userinfo, or with a token in its query.
fn lets_in(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let query = rest.split('#').next().and_then(|rest| rest.split_once('?')).map_or("", |(_, query)| query);
    let is_token = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or_default();
        !value.is_empty() && (is_secret(name) || LETS_IN.iter().any(|known| known.eq_ignore_ascii_case(name)))
    };
    authority.contains('@') || query.split('&').any(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_let_their_holder_in() {
        for url in [
            "http://u:p@h/x",
            "https://u@h",
            "udp://h:1/a?passkey=x",
            "http://h/x?a=1&access_token=x#f",
            "http://h?sig=x",
        ] {
            assert!(lets_in(url), "{url}");
        }
        for url in [
            "http://h/x",
            "http://h/@x",
            "http://h/x?a=1",
            "http://h/x?token=",
            "http://h/x?list=source#token=x",
            "token=x",
            "What is this://? token=x",
            "config/token.json",
        ] {
            assert!(!lets_in(url), "{url}");
        }
    }
}
