//! Reading the end of the log.

use std::path::Path;

use super::line::harmless;
use super::open::{Both, Opened};
use super::{MAX_LINE, MAX_SIZE, current, old};
use crate::files::FilesError;

/// How much of the end is read first: hundreds of lines.
const FIRST_LOOK: u64 = 64 * 1024;

/// How much of one file is read at most. One that acecast wrote is rarely longer than half of this.
const LAST_LOOK: u64 = 2 * MAX_SIZE;

/// The last `most` whole lines, oldest first, over both files; none if there is no log. Lines that are no events are
/// among them ([`parse`](super::parse) tells); empty ones and those longer than any event are not. Control characters
/// are escaped as in [`Event::line`](super::Event::line), whoever wrote them.
///
/// # Errors
///
/// If a file cannot be read, or is no regular file.
pub fn read(dir: &Path, most: usize) -> Result<Vec<String>, FilesError> {
    last_of(&Both::open(dir)?, dir, most).map(|(lines, _)| lines)
}

/// The last lines of both, and where the current one's last whole line ends.
pub(super) fn last_of(both: &Both, dir: &Path, most: usize) -> Result<(Vec<String>, u64), FilesError> {
    let none = || Ok((Vec::new(), 0));
    let (newer, end) = both.current.as_ref().map_or_else(none, |log| tail(log, &current(dir), most))?;
    let (mut lines, _) = match &both.old {
        Some(log) if newer.len() < most => tail(log, &old(dir), most - newer.len())?,
        _ => none()?,
    };
    lines.extend(newer);
    Ok((lines, end))
}

/// The last lines of one file, and where the last whole one ends. The piece that is looked at grows until it has them.
fn tail(log: &Opened, path: &Path, most: usize) -> Result<(Vec<String>, u64), FilesError> {
    let len = log.len(path)?;
    let mut look = FIRST_LOOK;
    loop {
        let start = len.saturating_sub(look);
        let bytes = log.read_at(path, start, usize::try_from(len - start).unwrap_or_default())?;
        let end = end_of_last(&bytes);
        // What is before the first line end began before the piece.
        let begin = if start == 0 { 0 } else { end_of_first(&bytes).min(end) };
        let mut lines = lines_of(&bytes[begin..end]);
        if start == 0 || lines.len() >= most || look >= LAST_LOOK {
            lines.drain(..lines.len().saturating_sub(most));
            return Ok((lines, start + end as u64));
        }
        look *= 4;
    }
}

/// The lines of a piece that consists of whole ones.
pub(super) fn lines_of(bytes: &[u8]) -> Vec<String> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines = lines.filter(|line| !line.is_empty() && line.len() <= MAX_LINE);
    lines.map(|line| harmless(&String::from_utf8_lossy(line))).collect()
}

/// Where the last whole line ends, behind its line end.
pub(super) fn end_of_last(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// Where the first line ends, whole or not.
pub(super) fn end_of_first(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1)
}
