//! Giving a stream another key than the whole one that it has.
//!
//! Step by step, and each can be the last one before a crash:
//!
//! 1. the old key is written under a second name,
//! 2. so is the old number, which counts that key's pieces and no other's,
//! 3. the new number is put into its place,
//! 4. the new key is renamed over the old one.
//!
//! There is never a moment without a key. The number goes first: a run that is killed between 3 and 4 leaves the old
//! key, so the next one sees that it has to replace it and sets the number again. The other way round it would meet the
//! new key beside a number of the old one, and could not know that this number, if it is the higher one, means nothing.

use std::fs;
use std::path::Path;

use super::aside::{aside_name, free_time};
use super::{KeyFile, Previous, Progress, Restored, fingerprint, read_key, read_restart};
use crate::failpoint::pass;
use crate::files::{FilesError, PRIVATE, write_atomic};

/// What becomes of a stream's files.
pub(super) struct Replacement<'a> {
    pub(super) key: &'a Path,
    pub(super) restart: &'a Path,
    /// The key that is there, whole.
    pub(super) local: &'a [u8],
    /// The key that is to be there.
    pub(super) remote: &'a [u8],
    /// Its number.
    pub(super) last_seq: u64,
}

/// What the second names of replaced files end with, before the time.
const REPLACED: &str = "replaced";

/// Replaces key and number, and says what that was.
pub(super) fn replace(its: &Replacement<'_>, unix_time: u64) -> Result<Vec<Restored>, FilesError> {
    let previous = match read_restart(its.restart) {
        Progress::At(number) => Previous::At(number),
        Progress::Missing => Previous::Missing,
        Progress::Damaged => Previous::Damaged,
        Progress::Unreadable(why) => Previous::Unreadable(why),
    };
    let time = free_time(&[its.key, its.restart], REPLACED, unix_time);
    let to = aside_name(its.key, REPLACED, time);
    let kept_number = match previous {
        Previous::At(number) => Some((aside_name(its.restart, REPLACED, time), number)),
        _ => None,
    };
    let asides = Asides { key: &to, number: kept_number.as_ref().map(|(path, _)| path.as_path()) };
    let done = replace_files(its, &asides, kept_number.as_ref().map(|(_, number)| *number));
    if let Err(error) = done {
        undo(its, &asides);
        return Err(error);
    }
    let mut restored = Vec::new();
    if previous != Previous::At(its.last_seq) {
        let (path, number) = (its.restart.to_owned(), its.last_seq);
        restored.push(Restored::Number { path, number, previous });
    }
    restored.push(Restored::KeyReplaced {
        from: its.key.to_owned(),
        to,
        local: fingerprint(its.local),
        remote: fingerprint(its.remote),
    });
    Ok(restored)
}

/// The second names of what is replaced.
struct Asides<'a> {
    key: &'a Path,
    number: Option<&'a Path>,
}

fn replace_files(its: &Replacement<'_>, asides: &Asides<'_>, number: Option<u64>) -> Result<(), FilesError> {
    // Not linked: so it is on the disk and nobody else's, whatever the old file's mode is and whatever it is a link to.
    write_atomic(asides.key, its.local, PRIVATE)?;
    pass("a key that is replaced is kept under another name");
    if let (Some(path), Some(number)) = (asides.number, number) {
        write_atomic(path, number.to_string().as_bytes(), PRIVATE)?;
        pass("the number of a key that is replaced is kept under another name");
    }
    if number != Some(its.last_seq) {
        write_atomic(its.restart, its.last_seq.to_string().as_bytes(), PRIVATE)?;
        pass("the number is that of a key that is not there yet");
    }
    write_atomic(its.key, its.remote, PRIVATE)?;
    pass("a key is replaced");
    Ok(())
}

/// Puts back what was there, as far as that goes; tried again and again, second names would pile up.
fn undo(its: &Replacement<'_>, asides: &Asides<'_>) {
    // A write may fail after the rename: then the second name is the only one that the old key has left.
    let still_there = matches!(read_key(its.key), KeyFile::Whole(key) if key.reveal() == its.local);
    if !still_there {
        return;
    }
    let back =
        asides.number.is_none_or(|number| !is_there(number) || fs::rename(number, its.restart).is_ok());
    if back {
        let _ = fs::remove_file(asides.key);
    }
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests;
