//! One open, one read: a file that is replaced meanwhile is read whole, as it was or as it is.

pub(crate) mod secret;

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read};
use std::path::Path;

use acecast_reconcile::escape;

use crate::LoadError;
use crate::reference::MAX_DOCUMENT;
use crate::text::document::Document;

/// A file's content, and who may do what with the file, as far as the system tells.
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: Option<u32>,
}

/// Why a file is not read.
pub(crate) enum Unread {
    /// It cannot be read.
    Failed(io::Error),
    /// It is a folder, a pipe or a device: this.
    NotAFile(&'static str),
    /// It is larger than was asked for.
    TooLarge,
}

/// The path, fit to be shown.
pub(crate) fn name(path: &Path) -> String {
    escape(&path.to_string_lossy()).into_owned()
}

/// The whole file as a document of this name.
pub(crate) fn document(path: &Path, name: String) -> Result<Document, LoadError> {
    let Content { bytes, mode } = content(path)?;
    Ok(Document::new(name, &bytes)?.with_mode(mode))
}

/// The whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    content(path).map(|content| content.bytes)
}

fn content(path: &Path) -> Result<Content, LoadError> {
    read_up_to(path, MAX_DOCUMENT).map_err(|why| match why {
        Unread::Failed(source) => LoadError::Read { file: name(path), key: None, source },
        Unread::NotAFile(what) => LoadError::NotAFile { file: name(path), what, key: None },
        Unread::TooLarge => LoadError::TooLarge { file: name(path), key: None },
    })
}

/// The whole file, if it is not longer than this.
pub(crate) fn read_up_to(path: &Path, max: usize) -> Result<Content, Unread> {
    // Opening a pipe would wait for its writer, so what kind of file it is comes first.
    let kind = fs::metadata(path).map_err(Unread::Failed)?.file_type();
    if !kind.is_file() {
        return Err(Unread::NotAFile(name_of(kind)));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Unread::Failed)?;
    let mode = mode(&file.metadata().map_err(Unread::Failed)?);
    file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    if bytes.len() > max {
        return Err(Unread::TooLarge);
    }
    Ok(Content { bytes, mode })
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "something else" }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "not every system has modes")]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(metadata.mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    None
}
