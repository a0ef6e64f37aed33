//! Opening the log's two files, which may be anything by now and change places meanwhile.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::{current, old};
use crate::files::{FilesError, PRIVATE, WITHOUT_WAITING, folder_of, give_to_owner_of, write_failed};

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
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(PRIVATE);
    let file = open(path, &mut options).map_err(|source| write_failed(path, source))?;
    let opened = regular(path, file)?;
    give_to_owner_of(folder_of(path), &opened.file);
    Ok(opened)
}

fn to_read(path: &Path) -> Result<Option<Opened>, FilesError> {
    match open(path, OpenOptions::new().read(true)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(read_failed(path, source)),
        Ok(file) => regular(path, file).map(Some),
    }
}

/// A link could lead anywhere, so it is not followed; a FIFO is not waited for.
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.custom_flags(WITHOUT_WAITING | libc::O_NOFOLLOW).open(path)
}

/// What it is is asked of the open file, as the path may be something else a moment later.
fn regular(path: &Path, file: File) -> Result<Opened, FilesError> {
    let about = file.metadata().map_err(|source| read_failed(path, source))?;
    let kind = about.file_type();
    if kind.is_file() && about.nlink() > 1 {
        return Err(FilesError::NotAFile { path: path.to_owned(), what: "a file with a second name" });
    }
    if kind.is_file() {
        return Ok(Opened { file, id: Id { device: about.dev(), inode: about.ino() } });
    }
    let what = match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a FIFO",
        _ => "a device",
    };
    Err(FilesError::NotAFile { path: path.to_owned(), what })
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
