//! The name under which an engine counts the pieces of a HLS stream, which is also the name of a file.

use std::fmt;
use std::str::FromStr;

/// `INFOHASH_stream_N`: 40 hex digits, `_stream_` and one to ten digits. It is the stem of a file's name, so it cannot hold
/// a path.
///
/// ```
/// use acecast_config::SequenceName;
///
/// let name: SequenceName = "0123456789abcdef0123456789abcdef01234567_stream_2".parse().unwrap();
/// assert_eq!(name.infohash(), "0123456789abcdef0123456789abcdef01234567");
/// assert!("../../x".parse::<SequenceName>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SequenceName(String);

/// The text is no name of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASequenceName;

const INFOHASH_LEN: usize = 40;
const MIDDLE: &str = "_stream_";
/// There are as many streams as a playlist has qualities: more digits are no number of one.
const MAX_DIGITS: usize = 10;

impl SequenceName {
    /// The infohash in it, in the case in which it stands there.
    pub fn infohash(&self) -> &str {
        &self.0[..INFOHASH_LEN]
    }
}

impl FromStr for SequenceName {
    type Err = NotASequenceName;

    fn from_str(text: &str) -> Result<Self, NotASequenceName> {
        let (infohash, number) = text.split_once(MIDDLE).ok_or(NotASequenceName)?;
        let is_infohash =
            infohash.len() == INFOHASH_LEN && infohash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_number =
            (1..=MAX_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        if is_infohash && is_number { Ok(SequenceName(text.to_owned())) } else { Err(NotASequenceName) }
    }
}

impl AsRef<str> for SequenceName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SequenceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NotASequenceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not 40 hex digits, _stream_ and a number")
    }
}

impl std::error::Error for NotASequenceName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_sequence_files_are_taken() {
        let hash = "0123456789abcdefABCDEF0123456789abcdef01";
        let name: SequenceName = format!("{hash}_stream_0").parse().unwrap();
        assert_eq!((name.infohash(), name.to_string().as_str()), (hash, name.as_ref()));
        for text in ["", "_stream_0", "../../x", "../x_stream_1", "x", "/etc/passwd"] {
            assert_eq!(text.parse::<SequenceName>(), Err(NotASequenceName), "{text}");
        }
        for tail in [
            "",
            "_stream_",
            "_stream_x",
            "_stream_1.json",
            "_stream_1/../../x",
            "_stream_1_stream_1",
            "0_stream_1",
            "_stream_-1",
            "_stream_12345678901",
        ] {
            assert!(format!("{hash}{tail}").parse::<SequenceName>().is_err(), "{tail}");
        }
        // As long as an infohash, in bytes.
        assert!(format!("{}_stream_0", "é".repeat(20)).parse::<SequenceName>().is_err());
        assert!(format!("../../{}_stream_0", "a".repeat(34)).parse::<SequenceName>().is_err());
    }
}
