//! Opening the log's two files, which may be anything by now and change places meanwhile.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

use super::{current, old};
use crate::files::{FilesError, open_own, open_to_append, require_own};

/// How often the two files are opened anew because they changed places. Even once is rare.
const TRIES: usize = 100;

/// Which file it is, as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    device: u64,
    inode: u64,
}

/// A file that is open.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) id: Id,
}

/// The log, and the part before it.
#[derive(Debug)]
pub(super) struct Both {
    pub(super) current: Option<Opened>,
    pub(super) old: Option<Opened>,
}

impl Both {
    /// Both as they are at one moment: no line is in both, and none between them.
    pub(super) fn open(dir: &Path) -> Result<Both, FilesError> {
        let path = current(dir);
        let mut tries = 0;
        loop {
            let both = Both { current: to_read(&path)?, old: to_read(&old(dir))? };
            tries += 1;
            // Whatever happens to the files while they are replaced for ever, a reader has an end.
            if tries == TRIES || both.current.as_ref().map(|opened| opened.id) == id_at(&path)? {
                return Ok(both);
            }
        }
    }
}

impl Opened {
    /// It is still the one at this path.
    pub(super) fn is_at(&self, path: &Path) -> Result<bool, FilesError> {
        Ok(id_at(path)? == Some(self.id))
    }

    /// Its length now.
    pub(super) fn len(&self, path: &Path) -> Result<u64, FilesError> {
        self.file.metadata().map(|file| file.len()).map_err(|source| read_failed(path, source))
    }

    /// What is at this place of the file, as much as there is of it.
    pub(super) fn read_at(&self, path: &Path, from: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        let mut bytes = vec![0; len];
        let mut have = 0;
        while have < len {
            match self.file.read_at(&mut bytes[have..], from + have as u64) {
                Ok(0) => break,
                Ok(more) => have += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(read_failed(path, source)),
            }
        }
        bytes.truncate(have);
        Ok(bytes)
    }
}

/// The log to append to, which is made if it is missing.
pub(super) fn to_append(path: &Path) -> Result<Opened, FilesError> {
    opened(path, open_to_append(path)?)
}

fn to_read(path: &Path) -> Result<Option<Opened>, FilesError> {
    match open_own(path, OpenOptions::new().read(true)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(read_failed(path, source)),
        Ok(file) => opened(path, file).map(Some),
    }
}

fn opened(path: &Path, file: File) -> Result<Opened, FilesError> {
    let about = require_own(path, &file)?;
    Ok(Opened { file, id: Id { device: about.dev(), inode: about.ino() } })
}

fn id_at(path: &Path) -> Result<Option<Id>, FilesError> {
    match fs::symlink_metadata(path) {
        Ok(there) => Ok(Some(Id { device: there.dev(), inode: there.ino() })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(read_failed(path, source)),
    }
}

pub(super) fn read_failed(path: &Path, source: io::Error) -> FilesError {
    FilesError::Read { path: path.to_owned(), source }
}
