//! One open, one read: a file that is replaced meanwhile is read whole, as it was or as it is.

mod open;
pub(crate) mod secret;

use std::io::{self, Read as _};
use std::path::Path;

use crate::LoadError;
use crate::file::open::{Opened, open};
use crate::mask::shown_path;
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
        Unread::Failed(source) => LoadError::Read { file: shown_path(path), key: None, source },
        Unread::NotAFile(what) => LoadError::NotAFile { file: shown_path(path), what, key: None },
        Unread::TooLarge => LoadError::TooLarge { file: shown_path(path), key: None },
    })
}

/// The whole file, if it is not longer than this.
pub(crate) fn read_up_to(path: &Path, max: usize) -> Result<Content, Unread> {
    let Opened { file, mode } = open(path)?;
    let mut bytes = Vec::new();
    if let Some(file) = file {
        file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(Unread::Failed)?;
    }
    if bytes.len() > max {
        return Err(Unread::TooLarge);
    }
    Ok(Content { bytes, mode })
}
