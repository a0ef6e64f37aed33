//! The last lines of a node's log, which may be of any size and is written to meanwhile.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::files::{FilesError, WITHOUT_WAITING};
use crate::redact::without_keys;

/// How much of the end of a log is read, in bytes.
const MAX_READ: u64 = 64 * 1024;

/// Up to `lines` last lines, without their line ends, of what the log has behind byte `after`, within its last
/// 64 KiB. A link is not followed: it could lead anywhere. A log that is shorter than `after` was begun anew, and counts
/// from its beginning; a missing one has no lines.
///
/// Bytes that are no UTF-8 become `\u{fffd}`, and a private key becomes a mask, as its last lines could not be known
/// for what they are. Else the text is as the engine wrote it: redact it before it is shown.
///
/// # Errors
///
/// If the log is no regular file, or cannot be read.
pub fn log_tail(path: &Path, lines: usize, after: u64) -> Result<Vec<String>, FilesError> {
    match read_end(path, after) {
        Ok(bytes) => Ok(last_lines(&String::from_utf8_lossy(&bytes), lines)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(FilesError::Read { path: path.to_owned(), source }),
    }
}

/// How long the log is now, in bytes: what comes after is what a node that is started now will write.
pub(crate) fn log_len(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |log| log.len())
}

fn read_end(path: &Path, after: u64) -> io::Result<Vec<u8>> {
    let mut file =
        OpenOptions::new().read(true).custom_flags(WITHOUT_WAITING | libc::O_NOFOLLOW).open(path)?;
    let log = file.metadata()?;
    if !log.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let after = if log.len() < after { 0 } else { after };
    let start = after.max(log.len().saturating_sub(MAX_READ));
    // One byte more shows whether the first line is a whole one.
    let peek = u64::from(start > after);
    file.seek(SeekFrom::Start(start - peek))?;
    let mut bytes = Vec::new();
    file.take(MAX_READ + peek).read_to_end(&mut bytes)?;
    if peek > 0 {
        // What is cut in two could be a secret that nobody would recognise any more.
        let line = bytes.iter().position(|byte| *byte == b'\n').filter(|end| end + 1 < bytes.len());
        let word = || bytes.iter().position(u8::is_ascii_whitespace);
        let cut = line.or_else(word).map_or(bytes.len(), |end| end + 1);
        bytes.drain(..cut);
    }
    Ok(bytes)
}

/// The last lines of a text, in which keys are hidden before it is cut.
pub(crate) fn last_lines(text: &str, lines: usize) -> Vec<String> {
    let text = without_keys(text);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| (*line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tail(content: impl AsRef<[u8]>, lines: usize, after: u64) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        log_tail(file.path(), lines, after).unwrap()
    }

    #[test]
    fn the_last_lines() {
        assert_eq!(tail("a\nb\r\nc\n", 2, 0), ["b", "c"]);
        assert_eq!(tail("a\nb", 5, 0), ["a", "b"]);
        assert_eq!(tail("a\n", 0, 0), [""; 0]);
        assert_eq!(tail("", 5, 0), [""; 0]);
        assert_eq!(tail(b"a\xff\x1b[2J\n", 1, 0), ["a\u{fffd}\u{1b}[2J"]);
    }

    #[test]
    fn only_what_a_new_node_wrote() {
        assert_eq!(tail("old\nnew\n", 5, 4), ["new"]);
        assert_eq!(tail("old\n", 5, 4), [""; 0]);
        assert_eq!(tail("new\n", 5, 400), ["new"], "begun anew");
    }

    #[test]
    fn a_huge_log_is_read_from_its_end() {
        let mut text = "x".repeat(99) + "\n";
        text = text.repeat(2_000) + "the end\n";
        let lines = tail(&text, 10_000, 0);
        assert_eq!(lines.last().unwrap(), "the end");
        assert!(lines.len() < 700, "{}", lines.len());
        assert!(lines[..lines.len() - 1].iter().all(|line| line.len() == 99), "the first one is whole");
        assert_eq!(tail("y".repeat(200_000), 5, 0), [""; 0], "one endless word could be the end of a secret");
        let endless = format!("secret{} and more", "y".repeat(70_000));
        assert!(tail(endless, 5, 0) == ["and more"], "one endless line");
        assert_eq!(tail(&text, 10_000, 200_000 - 100), ["x".repeat(99).as_str(), "the end"]);
    }

    #[test]
    fn no_line_of_a_key_is_among_them() {
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{}", "MIICXAIBAAKBgQC7\n".repeat(12));
        assert_eq!(tail(format!("before\n{key}"), 5, 0), ["before", "****"], "the log ends within it");
        assert_eq!(tail(format!("{key}-----END RSA PRIVATE KEY-----\nafter\n"), 5, 0), ["****", "after"]);
    }

    #[test]
    fn no_log_has_no_lines_and_a_folder_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(log_tail(&dir.path().join("missing"), 5, 0).unwrap().is_empty());
        assert!(log_tail(dir.path(), 5, 0).is_err());
        assert_eq!(log_len(&dir.path().join("missing")), 0);
    }
}
