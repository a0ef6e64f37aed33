//! What a setting can be set to.

use std::collections::BTreeSet;
use std::fmt;

use crate::escape;

/// A setting's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing is set, or nothing may be shown.
    Null,
    /// A number, or a flag as 0 or 1.
    Number(u64),
    /// A text.
    Text(String),
    /// A list whose order does not matter.
    Set(BTreeSet<String>),
}

impl Value {
    /// A set of anything that has a text.
    pub fn set<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
        Value::Set(items.into_iter().map(|item| item.to_string()).collect())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Number(u64::from(flag))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

/// How many characters of a text are shown in a plan: enough to tell two values apart, and a line stays a line.
const SHOWN: usize = 60;

impl fmt::Display for Value {
    /// For people: escaped, shortened, quoted where it holds more than one word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("none"),
            Value::Number(number) => number.fmt(f),
            Value::Text(text) => show_text(f, text),
            Value::Set(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    show_text(f, item)?;
                }
                f.write_str("]")
            }
        }
    }
}

fn show_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    let cut = if end < text.len() { "…" } else { "" };
    let shown = escape(&text[..end]);
    if text.is_empty() || text.contains([' ', ',', '"', '\'', '→']) {
        write!(f, "\"{shown}{cut}\"")
    } else {
        write!(f, "{shown}{cut}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_one_word_each() {
        assert_eq!(Value::from("plain").to_string(), "plain");
        assert_eq!(Value::from("two words").to_string(), "\"two words\"");
        assert_eq!(Value::from("").to_string(), "\"\"");
        assert_eq!(Value::from("\u{1b}[0m").to_string(), "\\u{1b}[0m");
        assert_eq!(Value::from("a \u{1b}").to_string(), "\"a \\u{1b}\"");
        assert_eq!(Value::set(["b", "a"]).to_string(), "[a, b]");
        assert_eq!(Value::from("x".repeat(70)).to_string(), format!("{}…", "x".repeat(60)));
    }
}
