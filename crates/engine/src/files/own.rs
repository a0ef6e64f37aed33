//! Files of acecast's own, in folders where others may have put something under their names.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::{FilesError, PRIVATE, WITHOUT_WAITING, folder_of, give_to_owner_of, write_failed};

/// The file to append to, which is made if it is missing, and may be read.
pub(crate) fn open_to_append(path: &Path) -> Result<File, FilesError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(PRIVATE);
    let file = open_own(path, &mut options).map_err(|source| write_failed(path, source))?;
    require_own(path, &file)?;
    give_to_owner_of(folder_of(path), &file);
    Ok(file)
}

/// A link could lead anywhere, so it is not followed; a FIFO is not waited for.
pub(crate) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.custom_flags(WITHOUT_WAITING | libc::O_NOFOLLOW).open(path)
}

/// What it is is asked of the open file, as the path may be something else a moment later.
pub(crate) fn require_own(path: &Path, file: &File) -> Result<Metadata, FilesError> {
    let about = file.metadata().map_err(|source| FilesError::Read { path: path.to_owned(), source })?;
    let what = match about.file_type() {
        kind if kind.is_file() && about.nlink() > 1 => "a file with a second name",
        kind if kind.is_file() => return Ok(about),
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a FIFO",
        _ => "a device",
    };
    Err(FilesError::NotAFile { path: path.to_owned(), what })
}
