//! One apply at a time.
//!
//! One idea: the kernel holds the lock on an open file, and it ends with its holder, however that ends. The file
//! itself stays for ever: deleting it at the end would be the race in which two runs hold two files of one name.
//!
//! Somebody else may delete it all the same while it is held. So whoever has got a lock looks whether the file that
//! it opened is still the one at the path, and starts again if not.
//!
//! The descriptor is closed on exec but is inherited over fork, so between the fork of a node and its exec the lock
//! holds even if acecast dies there. That gap is the one in which a node's environment does not yet tell what it is.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use acecast_reconcile::Pid;

use crate::failpoint::pass;
use crate::files::{WITHOUT_WAITING, explained, folder_of, give_to_owner_of, shown};

/// The lock's file in the pid dir.
const FILE_NAME: &str = ".acecast.lock";

/// How often a waiting run tries again: short to a person, nothing to a processor.
const POLL: Duration = Duration::from_millis(50);

/// The right to change what runs in one realm. Dropping it gives it back.
#[derive(Debug)]
#[must_use]
pub struct ApplyLock {
    /// Closing it unlocks it.
    _file: File,
    path: PathBuf,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run has it, and had it until the end of the time to wait.
    #[error("another run{} holds the lock {}", pid_of(.holder.as_ref()), shown(.path))]
    Held {
        /// The other run, if it wrote down who it is.
        holder: Option<Pid>,
        /// The lock's file.
        path: PathBuf,
    },
    /// The waiting was called off.
    #[error("interrupted while waiting for the lock {}", shown(.path))]
    Cancelled {
        /// The lock's file.
        path: PathBuf,
    },
    /// Something else is at the lock's path.
    #[error("the lock {} is not a regular file", shown(.path))]
    NotAFile {
        /// The lock's file.
        path: PathBuf,
    },
    /// The file can neither be opened nor made, or not locked.
    #[error("cannot take the lock {}", shown(.path))]
    Io {
        /// The lock's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ApplyLock {
    /// Takes the lock of this pid dir, which must exist, and waits up to `timeout` for another run to end; zero
    /// tries once. `cancelled` is asked while waiting; `on_wait` is told once who is being waited for.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] if the time is up, [`LockError::Cancelled`] if the waiting was called off, and others if
    /// there can be no lock at that place.
    pub fn acquire(
        pid_dir: &Path,
        timeout: Duration,
        cancelled: &dyn Fn() -> bool,
        on_wait: &mut dyn FnMut(Option<Pid>),
    ) -> Result<Self, LockError> {
        Self::acquire_opened(pid_dir.join(FILE_NAME), &open, timeout, cancelled, on_wait)
    }

    fn acquire_opened(
        path: PathBuf,
        open: &dyn Fn(&Path) -> Result<File, LockError>,
        timeout: Duration,
        cancelled: &dyn Fn() -> bool,
        on_wait: &mut dyn FnMut(Option<Pid>),
    ) -> Result<Self, LockError> {
        let started = Instant::now();
        let mut told = false;
        loop {
            let file = open(&path)?;
            pass("the lock's file is open");
            match file.try_lock() {
                Ok(()) if is_at(&file, &path)? => {
                    pass("the lock is taken");
                    write_holder(&file);
                    pass("the lock says who holds it");
                    return Ok(ApplyLock { _file: file, path });
                }
                // The file was deleted or replaced between open and lock: lock the one that is there now.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let holder = read_holder(&file);
                    let left = timeout.saturating_sub(started.elapsed());
                    if left.is_zero() {
                        return Err(LockError::Held { holder, path });
                    }
                    if !told {
                        told = true;
                        on_wait(holder);
                    }
                    thread::sleep(left.min(POLL));
                }
                Err(TryLockError::Error(source)) => return Err(LockError::Io { path, source }),
            }
            if cancelled() {
                return Err(LockError::Cancelled { path });
            }
        }
    }

    /// The lock's file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn open(path: &Path) -> Result<File, LockError> {
    let failed = |source| LockError::Io { path: path.to_owned(), source };
    let not_a_file = || LockError::NotAFile { path: path.to_owned() };
    // A link could lead anywhere, so it is not followed.
    let flags = WITHOUT_WAITING | libc::O_NOFOLLOW;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
    let file = options.open(path).map_err(|error| match fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => not_a_file(),
        _ => failed(explained(error, folder_of(path))),
    })?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(not_a_file());
    }
    give_to_owner_of(folder_of(path), &file);
    Ok(file)
}

/// Whether the open file is still the one at the path.
fn is_at(file: &File, path: &Path) -> Result<bool, LockError> {
    let failed = |source| LockError::Io { path: path.to_owned(), source };
    let ours = file.metadata().map_err(failed)?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok(there.dev() == ours.dev() && there.ino() == ours.ino()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

/// Says who holds the lock. It is only said to be helpful, so on a full disk it is left out: the lock holds.
fn write_holder(file: &File) {
    let _ =
        file.set_len(0).and_then(|()| file.write_all_at(format!("{}\n", std::process::id()).as_bytes(), 0));
}

fn read_holder(file: &File) -> Option<Pid> {
    let mut bytes = [0; 16];
    let len = file.read_at(&mut bytes, 0).ok()?;
    let number: i64 = str::from_utf8(&bytes[..len]).ok()?.trim_end().parse().ok()?;
    Pid::try_from(number).ok()
}

fn pid_of(holder: Option<&Pid>) -> String {
    holder.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
