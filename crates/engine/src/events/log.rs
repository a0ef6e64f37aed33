//! Writing the log.

use std::fs::{self, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::open::{Opened, to_append};
use super::{Event, MAX_SIZE, current, old};
use crate::files::{FilesError, create_dir_all, write_failed};

/// How long another writer may take. It holds the lock for one write, so one that takes longer was stopped, or its
/// disk hangs; an event is not worth to be kept from work by that.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a lock is tried: a write takes far less.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// The log in one state dir, for as many writers as there are.
#[derive(Clone, Debug)]
pub struct EventLog {
    dir: PathBuf,
    max_size: u64,
}

impl EventLog {
    /// The log in this state dir, which is made with the first event.
    pub fn new(dir: &Path) -> Self {
        EventLog { dir: dir.to_owned(), max_size: MAX_SIZE }
    }

    /// The same with less room.
    #[cfg(test)]
    pub(super) fn with_max_size(dir: &Path, max_size: u64) -> Self {
        EventLog { dir: dir.to_owned(), max_size }
    }

    /// Writes the events, in their order and next to each other. None at all touch nothing. See [`Event`] for what
    /// must be redacted first.
    ///
    /// # Errors
    ///
    /// If the folder or the file cannot be made, is something else, cannot be renamed or not be written; or if
    /// another writer holds its lock for more than 5 seconds. Some of the events may have been written then, and
    /// the next append begins on a new line.
    pub fn append(&self, events: &[Event]) -> Result<(), FilesError> {
        if events.is_empty() {
            return Ok(());
        }
        create_dir_all(&self.dir)?;
        let path = current(&self.dir);
        // A line end first, which is needed only behind a line that was cut.
        let mut text = String::from("\n");
        for event in events {
            text.push_str(&event.line());
            text.push('\n');
        }
        let deadline = Instant::now() + LOCK_TIMEOUT;
        let log = loop {
            let log = to_append(&path)?;
            lock(&log, deadline).map_err(|source| write_failed(&path, source))?;
            // While it was waited for, another writer may have renamed it, or somebody have deleted it.
            if !log.is_at(&path)? {
                if Instant::now() < deadline {
                    continue;
                }
                return Err(write_failed(&path, late("it is replaced again and again")));
            }
            let len = log.len(&path)?;
            if len == 0 || len + text.len() as u64 <= self.max_size {
                break log;
            }
            let to = old(&self.dir);
            // Under the lock: whoever waits for it looks at the path next and finds another file there.
            fs::rename(&path, &to).map_err(|source| FilesError::Rename { from: path.clone(), to, source })?;
        };
        let text = if ends_within_a_line(&log, &path)? { &text } else { &text[1..] };
        (&log.file).write_all(text.as_bytes()).map_err(|source| write_failed(&path, source))
    }
}

/// Waits for the lock, which ends with the file being closed.
pub(super) fn lock(log: &Opened, deadline: Instant) -> io::Result<()> {
    loop {
        match log.file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(LOOK_AGAIN),
            Err(TryLockError::WouldBlock) => {
                return Err(late("another writer holds it and does not end"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

fn late(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}

fn ends_within_a_line(log: &Opened, path: &Path) -> Result<bool, FilesError> {
    let Some(last) = log.len(path)?.checked_sub(1) else { return Ok(false) };
    Ok(log.read_at(path, last, 1)? != b"\n")
}
