//! A secret that has a file of its own.

use std::io;
use std::path::Path;

use acecast_reconcile::Secret;

use crate::file;
use crate::file::{Content, Unread};
use crate::without_number::without_number;

/// The longest secret: 64 KiB. The engine takes it as one argument, of which Linux allows 128 KiB.
const MAX_LEN: usize = 64 << 10;

/// A secret, and who may do what with its file.
pub(crate) struct SecretFile {
    pub(crate) secret: Secret,
    pub(crate) mode: Option<u32>,
}

/// Why a file gives no secret. The texts say nothing of what is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretFileError {
    #[error("it cannot be read: {}", without_number(.0))]
    Unreadable(#[from] io::Error),
    #[error("it is {0}, not a regular file")]
    NotAFile(&'static str),
    #[error("it is larger than 64 KiB")]
    TooLarge,
    #[error("it is empty")]
    Empty,
    #[error("it holds nothing but blanks and line ends")]
    Blank,
    #[error("it is not UTF-8 text")]
    NotText,
    #[error("it has more than one line")]
    Lines,
    #[error("it holds the control character \\u{{{0:x}}}")]
    Control(u32),
}

impl SecretFileError {
    /// Nothing is at the path.
    pub(crate) fn is_no_such_file(&self) -> bool {
        use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
        matches!(self, SecretFileError::Unreadable(why) if matches!(why.kind(), InvalidFilename | NotADirectory | NotFound))
    }
}

/// How a secret's file is read.
pub(crate) type ReadSecret<'a> = &'a dyn Fn(&Path) -> Result<SecretFile, SecretFileError>;

/// Reads the file. Never waits for a writer.
pub(crate) fn read(path: &Path) -> Result<SecretFile, SecretFileError> {
    let Content { bytes, mode } = file::read_up_to(path, MAX_LEN).map_err(|why| match why {
        Unread::Failed(error) => SecretFileError::Unreadable(error),
        Unread::NotAFile(what) => SecretFileError::NotAFile(what),
        Unread::TooLarge => SecretFileError::TooLarge,
    })?;
    Ok(SecretFile { secret: parse(&bytes)?, mode })
}

/// The secret in a file's bytes: one line, whose end may be there or not, and the byte order mark of some editors.
pub(crate) fn parse(bytes: &[u8]) -> Result<Secret, SecretFileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| SecretFileError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.is_empty() && text.chars().all(char::is_whitespace) {
        return Err(if text.trim_end_matches(['\r', '\n']).is_empty() {
            SecretFileError::Empty
        } else {
            SecretFileError::Blank
        });
    }
    let line = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text);
    match line.chars().find(|c| c.is_control()) {
        _ if line.is_empty() => Err(SecretFileError::Empty),
        Some('\n') => Err(SecretFileError::Lines),
        Some(control) => Err(SecretFileError::Control(control.into())),
        None => Ok(Secret::new(line)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<&str, &str>) {
        let found = parse(bytes).map_err(|error| error.to_string());
        assert_eq!(found.as_ref().map(Secret::reveal).map_err(String::as_str), expected);
    }

    #[test]
    fn one_final_line_end_is_no_part_of_the_secret() {
        for text in ["s3cret", "s3cret\n", "s3cret\r\n", "\u{feff}s3cret\n"] {
            check(text.as_bytes(), Ok("s3cret"));
        }
        check(b" a b ", Ok(" a b "));
    }

    #[test]
    fn whatever_is_not_one_line_of_text_is_no_secret() {
        check(b"", Err("it is empty"));
        check(b"\n", Err("it is empty"));
        check(b"\r\n\n", Err("it is empty"));
        for blank in ["  ", " \n", "\t", "\n \n", "\u{feff}\u{a0}\n"] {
            check(blank.as_bytes(), Err("it holds nothing but blanks and line ends"));
        }
        check(b"s3cret\n\n", Err("it has more than one line"));
        check(b"a\nb", Err("it has more than one line"));
        check(b"a\tb", Err("it holds the control character \\u{9}"));
        check(b"a\0", Err("it holds the control character \\u{0}"));
        check(b"a\r", Err("it holds the control character \\u{d}"));
        check(b"\xff", Err("it is not UTF-8 text"));
    }
}
