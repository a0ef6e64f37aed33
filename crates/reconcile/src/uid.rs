//! The name of a stream, which is also the name of its files.

use std::fmt;
use std::str::FromStr;

/// A stream's unique name on a host: `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`. It becomes part of file names and a
/// value of options, so it can neither hold a path nor look like an option.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamUid(String);

/// Why a text is no stream uid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UidError {
    /// No character at all.
    Empty,
    /// More than 128 characters.
    TooLong,
    /// The first character is not a letter, a digit or an underscore.
    BadStart(char),
    /// A character that is not a letter, digit, underscore, dot or hyphen.
    BadCharacter(char),
}

const MAX_LEN: usize = 128;

impl StreamUid {
    /// The uid as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Letters, digits and underscores only, as the engine's documentation recommends.
    pub fn is_plain(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }
}

impl FromStr for StreamUid {
    type Err = UidError;

    fn from_str(text: &str) -> Result<Self, UidError> {
        let first = text.chars().next().ok_or(UidError::Empty)?;
        if !(first.is_ascii_alphanumeric() || first == '_') {
            return Err(UidError::BadStart(first));
        }
        if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
        {
            return Err(UidError::BadCharacter(bad));
        }
        if text.len() > MAX_LEN {
            return Err(UidError::TooLong);
        }
        Ok(StreamUid(text.to_owned()))
    }
}

impl fmt::Display for StreamUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for UidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UidError::Empty => f.write_str("is empty"),
            UidError::TooLong => write!(f, "is longer than {MAX_LEN} characters"),
            UidError::BadStart(c) => write!(f, "starts with {c:?}, not with a letter, digit or underscore"),
            UidError::BadCharacter(c) => {
                write!(f, "holds {c:?}; letters, digits, underscores, dots and hyphens are allowed")
            }
        }
    }
}

impl std::error::Error for UidError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_a_folder_or_look_like_an_option_is_rejected() {
        let parse = |text: &str| text.parse::<StreamUid>().map(|uid| uid.to_string());
        assert_eq!(parse("news.hd-1_x"), Ok("news.hd-1_x".to_owned()));
        assert_eq!(parse(""), Err(UidError::Empty));
        assert_eq!(parse("-x"), Err(UidError::BadStart('-')));
        assert_eq!(parse(".."), Err(UidError::BadStart('.')));
        assert_eq!(parse("a/b"), Err(UidError::BadCharacter('/')));
        assert_eq!(parse("a\nb"), Err(UidError::BadCharacter('\n')));
        assert_eq!(parse(&"x".repeat(129)), Err(UidError::TooLong));
    }

    #[test]
    fn plain_is_what_the_documentation_recommends() {
        assert!("News_1".parse::<StreamUid>().unwrap().is_plain());
        assert!(!"news-1".parse::<StreamUid>().unwrap().is_plain());
    }
}
