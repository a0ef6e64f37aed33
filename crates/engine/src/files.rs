//! Files that are either whole or not there.
//!
//! One idea: what others read is written beside its place, synced, and renamed, so a crash, a full disk or a second
//! reader never meets a file cut short. Reading is bounded and refuses whatever is no regular file, so a FIFO or a
//! device at a path that somebody else may write to can never hang a run.

mod access;
mod full;
mod log;
mod own;
mod owner;
mod read;
mod temporary;

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::failpoint::pass;

pub use access::{may_make_files_in, may_run, may_write};
pub(crate) use full::{ROOM_FOR_A_KEY, explained, require_room};
pub use full::{full_file_system, lacks_room_for_a_key, on_same_file_system};
pub(crate) use log::{open_log, renew_log};
pub(crate) use own::{open_own, open_to_append, require_own};
pub(crate) use owner::give_to_owner_of;
pub use owner::{refuse_foreign_owner, refuse_root_for_another};
pub(crate) use read::names_in;
pub use read::read_bounded;
pub use temporary::remove_leftovers;
pub(crate) use temporary::{RANDOM, beside};

/// How to open what may be anything by now: a FIFO is not waited for, and a terminal does not become this process's.
pub(crate) const WITHOUT_WAITING: libc::c_int = libc::O_NONBLOCK | libc::O_NOCTTY;

/// The mode of files with secrets, and of those that are nobody else's business.
pub const PRIVATE: u32 = 0o600;

/// The mode of files that other programs serve or read.
pub const PUBLIC: u32 = 0o644;

/// Why a file or folder could not be used. The cause is in `source()`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesError {
    /// It cannot be opened or read.
    #[error("cannot read {}", shown(.path))]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is a folder, a FIFO, a socket or a device.
    #[error("{} is {what}, not a regular file", shown(.path))]
    NotAFile {
        /// Which.
        path: PathBuf,
        /// What it is, with its article.
        what: &'static str,
    },
    /// It is larger than anything that belongs there.
    #[error("{} has more than {limit} bytes", shown(.path))]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// How many bytes would have been read.
        limit: u64,
    },
    /// It cannot be written. What was there before is still there, whole.
    #[error("cannot write {}", shown(.path))]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its mode cannot be set.
    #[error("cannot set the mode of {}", shown(.path))]
    Mode {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It cannot be renamed.
    #[error("cannot rename {} to {}", shown(.from), shown(.to))]
    Rename {
        /// Which.
        from: PathBuf,
        /// What it was to be called.
        to: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder cannot be made.
    #[error("cannot create the folder {}", shown(.path))]
    CreateDir {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something else is where a folder has to be.
    #[error("{} is {what}, not a folder", shown(.path))]
    NotADir {
        /// What is in the way: the path itself, or one above it.
        path: PathBuf,
        /// What it is, with its article.
        what: &'static str,
    },
    /// The folder is another user's. Files written there now could not be read by that user's engines.
    #[error("{} belongs to user {owner}: run as {owner}", shown(.path))]
    ForeignOwner {
        /// Which.
        path: PathBuf,
        /// The user's name, or number if it has none.
        owner: String,
    },
}

/// Puts `bytes` at `path` with this mode, all or nothing. The folder must exist; a link at the path is replaced.
///
/// # Errors
///
/// If it cannot be written. What was there before is still there, unless the folder alone could not be synced.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FilesError> {
    write(path, bytes, mode).map_err(|error| write_failed(path, error))
}

/// [`write_atomic`], unless the file holds these bytes with this mode already. True if it was written.
pub fn write_if_changed(path: &Path, bytes: &[u8], mode: u32) -> Result<bool, FilesError> {
    let same_mode = fs::symlink_metadata(path).is_ok_and(|file| {
        file.is_file() && file.permissions().mode() & 0o7777 == mode && file.len() == bytes.len() as u64
    });
    // What cannot be read is not what is wanted: writing it says why if that fails, too.
    if same_mode && matches!(read_bounded(path, bytes.len() as u64), Ok(Some(there)) if there == bytes) {
        return Ok(false);
    }
    write_atomic(path, bytes, mode).map(|()| true)
}

/// Makes the folder and those above it, if they are missing.
pub fn create_dir_all(path: &Path) -> Result<(), FilesError> {
    fs::create_dir_all(path).map_err(|source| match read::in_the_way(path) {
        // "File exists" would read as if all were well.
        Some((path, what)) => FilesError::NotADir { path, what },
        None => FilesError::CreateDir { path: path.to_owned(), source: explained(source, path) },
    })?;
    pass("after a folder was made");
    Ok(())
}

/// Makes the folder if it is missing, and makes sure that files can be made in it. Whether there is room for them is
/// another question.
pub(crate) fn require_writable(path: &Path) -> Result<(), FilesError> {
    create_dir_all(path)?;
    may_make_files_in(path).map_err(|source| FilesError::Write { path: path.to_owned(), source })
}

/// Makes the entries of a folder, and so the renames in it, survive a power cut.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    match File::open(dir)?.sync_all() {
        // Some file systems cannot sync a folder, and do not need to.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        other => other,
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The file at this path could not be written; of a disk that is full, it says which.
pub(crate) fn write_failed(path: &Path, error: io::Error) -> FilesError {
    FilesError::Write { path: path.to_owned(), source: explained(error, folder_of(path)) }
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let dir = folder_of(path);
    let mut file = temporary::create(dir)?;
    pass("the file beside its place is empty");
    file.as_file_mut().write_all(bytes)?;
    pass("the file beside its place is written");
    // The file was created 0600: the mode that is meant comes last, and does not pass through the umask.
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    pass("before a file is renamed");
    file.persist(path).map_err(|error| error.error)?;
    pass("after a file was renamed");
    sync_dir(dir)
}

/// A path in a message: one line, without terminal control.
pub(crate) fn shown(path: &Path) -> String {
    acecast_reconcile::escape(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests;
