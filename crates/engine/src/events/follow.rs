//! Following the log.

use std::path::{Path, PathBuf};

use super::open::{Both, Opened};
use super::read::{end_of_first, end_of_last, last_of, lines_of};
use super::{MAX_LINE, current};
use crate::files::FilesError;

/// How much is read at once; more than any line.
const PIECE: usize = 4 * MAX_LINE;

/// Yields lines as they are written, also when the log is begun anew.
///
/// Its files are kept open: a file that was renamed is read to its end, and as long as it is open, no other one can be
/// mistaken for it.
#[derive(Debug)]
pub struct Follower {
    dir: PathBuf,
    reading: Option<Reading>,
    /// The part before, as it was when it was last looked at.
    old: Option<Opened>,
}

/// The log, and how far it is read.
#[derive(Debug)]
struct Reading {
    log: Opened,
    /// Behind the last line that was read.
    at: u64,
    /// In the middle of a line that is too long to be one.
    within: bool,
}

impl Follower {
    /// The last `most` lines, as [`read`](super::read) gives them, and a follower of what comes after. No log yet is
    /// no error: what is going to be written is followed.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or is no regular file.
    pub fn begin(dir: &Path, most: usize) -> Result<(Vec<String>, Self), FilesError> {
        let both = Both::open(dir)?;
        let (lines, at) = last_of(&both, dir, most)?;
        let reading = both.current.map(|log| Reading { log, at, within: false });
        Ok((lines, Follower { dir: dir.to_owned(), reading, old: both.old }))
    }

    /// The whole lines that were written since the last time. Never waits: call it every now and then.
    ///
    /// A log that was begun anew twice in between is still followed without a gap; beyond that, what is not there any
    /// more is left out. One that was emptied in its place counts from its beginning.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or is no regular file. It may be called again.
    pub fn poll(&mut self) -> Result<Vec<String>, FilesError> {
        let path = current(&self.dir);
        let Both { current, old } = Both::open(&self.dir)?;
        let mut lines = Vec::new();
        if let Some(reading) = &mut self.reading {
            reading.read_on(&path, &mut lines)?;
            if current.as_ref().is_some_and(|log| log.id == reading.log.id) {
                self.old = old;
                return Ok(lines);
            }
        }
        // Whoever began another one had the lock, so nobody writes to the one before it any more.
        let ended = self.reading.take();
        let known = [ended.as_ref().map(|reading| reading.log.id), self.old.as_ref().map(|log| log.id)];
        self.old = match old {
            // It began and ended since the last time.
            Some(log) if !known.contains(&Some(log.id)) => {
                let mut between = Reading::begin(log);
                between.read_on(&path, &mut lines)?;
                Some(between.log)
            }
            same => same,
        };
        let mut reading = current.map(Reading::begin);
        if let Some(reading) = &mut reading {
            reading.read_on(&path, &mut lines)?;
        }
        self.reading = reading;
        Ok(lines)
    }
}

impl Reading {
    fn begin(log: Opened) -> Self {
        Reading { log, at: 0, within: false }
    }

    /// Reads the whole lines that there are behind the last one.
    fn read_on(&mut self, path: &Path, lines: &mut Vec<String>) -> Result<(), FilesError> {
        if self.was_emptied(path)? {
            (self.at, self.within) = (0, false);
        }
        loop {
            let bytes = self.log.read_at(path, self.at, PIECE)?;
            let end = end_of_last(&bytes);
            if end > 0 {
                let begin = if self.within { end_of_first(&bytes) } else { 0 };
                lines.extend(lines_of(&bytes[begin..end]));
                (self.at, self.within) = (self.at + end as u64, false);
            } else if bytes.len() == PIECE {
                (self.at, self.within) = (self.at + bytes.len() as u64, true);
            } else {
                return Ok(());
            }
        }
    }

    /// Shorter than what was read of it, or with something else where the last line ended.
    fn was_emptied(&self, path: &Path) -> Result<bool, FilesError> {
        let Some(before) = self.at.checked_sub(1) else { return Ok(false) };
        let last = self.log.read_at(path, before, 1)?;
        Ok(last.is_empty() || !self.within && last != b"\n")
    }
}
