//! Reading a file that may be anything by now, and a folder's names.

use std::ffi::OsString;
use std::fs::{self, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::{FilesError, WITHOUT_WAITING};

/// The whole file, or `None` if there is none.
///
/// # Errors
///
/// If it has more than `limit` bytes, is no regular file, or cannot be read.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FilesError> {
    let failed = |source| FilesError::Read { path: path.to_owned(), source };
    // What it is is asked of the open file, as the path may be something else a moment later.
    let file = match OpenOptions::new().read(true).custom_flags(WITHOUT_WAITING).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let kind = file.metadata().map_err(failed)?.file_type();
    if !kind.is_file() {
        return Err(FilesError::NotAFile { path: path.to_owned(), what: name_of(kind) });
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(FilesError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(Some(bytes))
}

/// The names of what is in this folder, in their order. A folder that is missing holds nothing.
pub(crate) fn names_in(dir: &Path) -> Result<Vec<OsString>, FilesError> {
    let failed = |source| FilesError::Read { path: dir.to_owned(), source };
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let names: io::Result<Vec<OsString>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    let mut names = names.map_err(failed)?;
    names.sort();
    Ok(names)
}

/// What is no folder at this path, or at the nearest one above it where anything is.
pub(super) fn in_the_way(dir: &Path) -> Option<(PathBuf, &'static str)> {
    let nearest = dir.ancestors().find(|path| fs::symlink_metadata(path).is_ok())?;
    let what = match fs::metadata(nearest) {
        Ok(there) if there.is_dir() => return None,
        Ok(there) => name_of(there.file_type()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => "a link to nothing",
        Err(_) => return None,
    };
    Some((nearest.to_owned(), what))
}

fn name_of(kind: FileType) -> &'static str {
    if kind.is_file() {
        "a file"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}
