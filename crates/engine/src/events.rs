//! The log of what happened: `events.jsonl` in the state dir, one JSON object a line.
//!
//! One idea: a line is written whole or is nobody's business. All lines of one moment go in one write to the end of the
//! file, under a lock, and never straight behind a line that a crash or a full disk has cut. Readers take whole lines
//! only, skip what they do not understand, and look at a bounded piece of the file.
//!
//! At 4 MiB the file is renamed to `events.jsonl.1`, in place of the one that was there, and begun anew. Nothing is
//! decided by what it says: it is for people and their tools, and may be deleted at any time.

mod event;
mod follow;
mod line;
mod log;
mod open;
mod parse;
mod read;

use std::path::{Path, PathBuf};

pub use event::{By, Event, What};
pub use follow::Follower;
pub use log::EventLog;
pub use parse::{ReadEvent, parse};
pub use read::read;

/// The log's name in the state dir.
const FILE_NAME: &str = "events.jsonl";

/// The name of the part before, which is replaced when the log has grown again.
const OLD_NAME: &str = "events.jsonl.1";

/// How long the log may be before it is begun anew, in bytes: about twenty thousand events.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// The longest line, in bytes. No event's is as long, so a longer one is not acecast's and is skipped.
const MAX_LINE: usize = 32 * 1024;

fn current(dir: &Path) -> PathBuf {
    dir.join(FILE_NAME)
}

fn old(dir: &Path) -> PathBuf {
    dir.join(OLD_NAME)
}

#[cfg(test)]
mod tests;
