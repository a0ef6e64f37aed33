//! A realm: the pid dir, which says whose nodes these are.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::process::Proc;

/// The pid dir as a canonical path, and as the directory that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm {
    path: PathBuf,
    directory: (u64, u64),
}

/// Whose a process with this pid dir is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Belongs {
    /// Its pid dir is this directory, and its pids are this namespace's.
    Here,
    /// Its pid dir is this directory, but its pids are another namespace's: its pid files mean nothing here.
    SharesDirectory,
    /// Another directory.
    Elsewhere,
    /// This user may not know, though the path is the same.
    Hidden,
}

impl Realm {
    /// The realm of this pid dir; `None` if the dir does not exist, so that nothing can run in it.
    ///
    /// # Errors
    ///
    /// If it cannot be looked at, or is no folder.
    pub fn open(pid_dir: &Path) -> io::Result<Option<Self>> {
        let path = match fs::canonicalize(pid_dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let meta = fs::metadata(&path)?;
        if !meta.is_dir() {
            return Err(io::Error::from(io::ErrorKind::NotADirectory));
        }
        Ok(Some(Realm { path, directory: (meta.dev(), meta.ino()) }))
    }

    /// The canonical path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a process whose `--pid-file-dir` is `dir` belongs to this realm. The same path in a container is
    /// another directory, so the path alone says nothing where the process's root can be read.
    pub(crate) fn belongs(&self, process: &Proc, dir: &Path) -> Belongs {
        if let Some(seen) = process.resolve(dir) {
            let same = fs::metadata(seen).is_ok_and(|meta| (meta.dev(), meta.ino()) == self.directory);
            return match (same, process.same_namespace("pid")) {
                (false, _) => Belongs::Elsewhere,
                (true, Some(true)) => Belongs::Here,
                (true, Some(false)) => Belongs::SharesDirectory,
                (true, None) => Belongs::Hidden,
            };
        }
        let same_path = fs::canonicalize(dir).is_ok_and(|path| path == self.path);
        if same_path && !process.in_nested_pid_namespace() { Belongs::Hidden } else { Belongs::Elsewhere }
    }
}
