//! What must outlive a server: a stream's key and the number of its last piece.
//!
//! One idea: a key is never replaced by accident. The engine replaces an empty or damaged key by a new one without a
//! word, and the stream becomes another stream (seen on engine 3.2.3); so a key is judged before each start
//! ([`key_facts`]), a damaged one is kept under a second name before it is overwritten, and a key that the config brings
//! is refused where another one is there ([`restore()`]), unless somebody asked for just that ([`RestoreOptions`]).
//! What is there may also be looked through whole ([`inventory()`]) and compared with a backup ([`against()`]).
//!
//! The engine rewrites these files in place while it runs. A reader may meet a cut text, so whatever looks damaged
//! is looked at twice.

mod against;
mod damaged;
mod error;
mod facts;
mod inventory;
mod judge;
mod progress;
mod read;
mod replace;
mod report;
mod restore;

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::failpoint::pass;
use crate::files::{FilesError, PRIVATE, folder_of, sync_dir};

pub use against::{Verdict, against};
pub use damaged::{DamagedProgress, damaged_progress};
pub use error::MetadataError;
pub use facts::{key_facts, runs_with};
pub use inventory::{Inventory, StoredFiles, StreamFiles, Trouble, inventory};
pub use judge::{Damage, fingerprint, judge_key};
pub use progress::{Progress, read_restart, read_sequence};
#[cfg(feature = "fuzzing")]
pub(crate) use progress::{restart_number, sequence_number};
pub use read::{KeyFile, read_key};
pub use report::{Previous, RestoreReport, Restored};
pub use restore::{
    RestoreOptions, check_restore, check_stream, require_key, restore, restore_stream, set_aside_for_new_key,
};

/// Takes a key file away from everybody but its owner. True if that was necessary; a file that is missing, or no
/// regular file, is left alone.
pub fn tighten_mode(path: &Path) -> Result<bool, FilesError> {
    let failed = |source| FilesError::Mode { path: path.to_owned(), source };
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    if !file.is_file() || file.permissions().mode() & 0o7777 == PRIVATE {
        return Ok(false);
    }
    pass("before a key's mode is set");
    fs::set_permissions(path, Permissions::from_mode(PRIVATE)).map_err(failed)?;
    Ok(true)
}

/// Keeps a damaged key as `NAME.damaged-UNIXTIME`, or with the next number that is free, and says what that is.
///
/// The key stays where it is, too, until its successor is renamed over it. If it were gone for a moment and acecast
/// killed in it, the next run would see a stream that never had a key, and give it a new one.
fn copy_aside(path: &Path, unix_time: u64) -> Result<PathBuf, FilesError> {
    let to = free_name(path, unix_time);
    match fs::hard_link(path, &to) {
        // Some file systems know no links.
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let failed = |source| FilesError::Write { path: to.clone(), source };
            fs::copy(path, &to).map_err(failed)?;
            fs::set_permissions(&to, Permissions::from_mode(PRIVATE)).map_err(failed)?;
        }
        Err(source) => return Err(FilesError::Rename { from: path.to_owned(), to, source }),
        Ok(()) => {}
    }
    Ok(to)
}

/// Renames a key that cannot be used to such a name.
fn set_aside(path: &Path, unix_time: u64) -> Result<PathBuf, FilesError> {
    let to = free_name(path, unix_time);
    let failed = |source| FilesError::Rename { from: path.to_owned(), to: to.clone(), source };
    fs::rename(path, &to).map_err(failed)?;
    sync_dir(folder_of(path)).map_err(failed)?;
    Ok(to)
}

fn free_name(path: &Path, unix_time: u64) -> PathBuf {
    aside_name(path, DAMAGED, free_time(&[path], DAMAGED, unix_time))
}

/// What the second name of a damaged key ends with, before the time.
const DAMAGED: &str = "damaged";

/// `PATH.WHAT-TIME`
fn aside_name(path: &Path, what: &str, time: u64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{what}-{time}"));
    PathBuf::from(name)
}

/// This time or the next one with which all these files have names that are free.
fn free_time(paths: &[&Path], what: &str, unix_time: u64) -> u64 {
    // The caller holds the lock, so nobody takes the names after this look.
    let is_taken =
        |time: u64| paths.iter().any(|path| fs::symlink_metadata(aside_name(path, what, time)).is_ok());
    let mut time = unix_time;
    while is_taken(time) {
        time = time.wrapping_add(1);
    }
    time
}

#[cfg(test)]
mod tests;
