//! Reading a node's log from some place on, through rotation and truncation.
//!
//! One idea: the parts of a log are files that are held open. The engine renames `X.log` to `X.log.1` and begins a new one; a
//! file that was renamed is read to its end first, and as long as it is open, no other file can be mistaken for it. A
//! log that is emptied in its place counts from its beginning.
//!
//! What is read may be of any size and anybody's: it comes in pieces, a line that is too long for one is cut, and a
//! private key becomes a mask, as its lines alone could not be known for what they are. Else the text is as the engine
//! wrote it: redact it before it is shown.

mod keys;
mod lines;
mod part;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::files::FilesError;

use keys::Keys;
use lines::Unfinished;
use part::Part;

/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A log that is read, and followed as it grows.
#[derive(Debug)]
pub struct LogReader {
    path: PathBuf,
    /// What is still to be read, oldest first. The last one is the log itself, as far as that is known.
    parts: VecDeque<Part>,
    /// The part before, as it was when it was last looked at; read or not.
    before: Option<Part>,
    unfinished: Unfinished,
    keys: Keys,
}

/// The part of a log that rotation has put beside it.
fn rotated(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

impl LogReader {
    /// Begins with the oldest line there is. No log yet is no error: what is going to be written can be followed.
    ///
    /// # Errors
    ///
    /// If a part cannot be read, or is no regular file. A link is not followed: whoever may write to the log dir could
    /// have put it there.
    pub fn open(log: &Path) -> Result<Self, FilesError> {
        let before = Part::open(&rotated(log))?;
        let current = Part::open(log)?;
        let parts = match (&before, current) {
            // It was renamed between the two looks.
            (Some(before), Some(current)) if before.id == current.id => VecDeque::from([current]),
            (Some(before), current) => [before.again()?].into_iter().chain(current).collect(),
            (None, current) => current.into_iter().collect(),
        };
        Ok(LogReader {
            path: log.to_owned(),
            parts,
            before,
            unfinished: Unfinished::default(),
            keys: Keys::default(),
        })
    }

    /// Nothing is there to be read, not even an empty file.
    pub fn is_missing(&self) -> bool {
        self.parts.is_empty()
    }

    /// Goes on with the last `most` lines of what there is now.
    pub fn seek_last(&mut self, most: usize) -> Result<(), FilesError> {
        self.forget_line();
        let mut parts = self.parts.iter_mut().rev();
        let mut missing = most - parts.next().map_or(Ok(0), |part| part.seek_last(most))?;
        for part in parts {
            match missing {
                0 => part.seek_end()?,
                _ => missing -= part.seek_last(missing)?,
            }
        }
        self.parts.iter().find(|part| !part.is_at_its_end()).map_or(Ok(()), |first| {
            // The first line may be one of a key that began before it.
            first.lines_before(keys::LONGEST).map(|before| self.keys.pass(&before))
        })
    }

    /// Leaves out what was last written to before this moment.
    pub fn skip_before(&mut self, moment: SystemTime) -> Result<(), FilesError> {
        self.forget_line();
        let last = self.parts.len().saturating_sub(1);
        for (at, part) in self.parts.iter_mut().enumerate() {
            if part.modified()? >= moment {
                continue;
            }
            // A line that has begun may still be finished.
            if at == last { part.seek_last(0).map(drop)? } else { part.seek_end()? }
        }
        Ok(())
    }

    /// The next lines, without their line ends; none if there are no more whole ones now. Never waits: to follow the
    /// log, call it every now and then.
    ///
    /// # Errors
    ///
    /// If a part cannot be read, or what is at the log's place is no regular file. It may be called again.
    pub fn read(&mut self) -> Result<Vec<String>, FilesError> {
        loop {
            // Before the part in hand is read: what is written to it after it was renamed is still read then.
            self.look_for_another()?;
            let Some(part) = self.parts.front_mut() else { return Ok(Vec::new()) };
            if part.was_emptied(self.unfinished.is_empty())? {
                part.begin_anew();
                self.unfinished = Unfinished::default();
            }
            let bytes = part.read_on(PIECE)?;
            let lines = if !bytes.is_empty() {
                self.unfinished.add(&bytes)
            } else if self.parts.len() > 1 {
                self.parts.pop_front();
                self.unfinished.take().into_iter().collect()
            } else {
                return Ok(Vec::new());
            };
            // Nothing but lines of a key may leave nothing to show.
            let shown = if lines.is_empty() { Vec::new() } else { self.keys.hide(&lines) };
            if !shown.is_empty() {
                return Ok(shown);
            }
        }
    }

    /// The last line, if it has no end yet.
    pub fn rest(&mut self) -> Vec<String> {
        self.unfinished.take().map_or_else(Vec::new, |line| self.keys.hide(&[line]))
    }

    fn forget_line(&mut self) {
        (self.unfinished, self.keys) = (Unfinished::default(), Keys::default());
    }

    /// Adds the file that is at the log's place by now, and the one that came and went since the last look.
    fn look_for_another(&mut self) -> Result<(), FilesError> {
        let last = self.parts.back().map(|part| part.id);
        if Part::id_at(&self.path)? == last {
            return Ok(());
        }
        let Some(current) = Part::open(&self.path)?.filter(|part| Some(part.id) != last) else {
            return Ok(());
        };
        let before = Part::open(&rotated(&self.path))?;
        if let Some(before) = &before {
            let known = self.before.iter().chain(&self.parts).any(|part| part.id == before.id);
            // Without anything read so far, what is there now is where to begin.
            if !known && before.id != current.id && last.is_some() {
                self.parts.push_back(before.again()?);
            }
        }
        self.before = before;
        self.parts.push_back(current);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
