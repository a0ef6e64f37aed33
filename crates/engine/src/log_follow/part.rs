//! One file of a log, held open, and how far it is read.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::PIECE;
use crate::files::{FilesError, WITHOUT_WAITING};

/// Lines are looked for no farther back than this, bytes: a log may be one line of a gigabyte.
const FARTHEST: u64 = 16 * 1024 * 1024;

/// Which file it is, as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    device: u64,
    inode: u64,
}

/// A file of a log.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    file: File,
    pub(super) id: Id,
    /// Behind the last byte that was read.
    at: u64,
    /// How long it was when it was looked at last.
    len: u64,
}

impl Part {
    /// The file at this path, from its beginning; `None` if there is none.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, FilesError> {
        let failed = |source| FilesError::Read { path: path.to_owned(), source };
        let flags = WITHOUT_WAITING | libc::O_NOFOLLOW;
        let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => {
                return Err(FilesError::NotAFile { path: path.to_owned(), what: "a link" });
            }
            other => other.map_err(failed)?,
        };
        // What it is is asked of the open file, as the path may be something else a moment later.
        let about = file.metadata().map_err(failed)?;
        let what = match about.file_type() {
            kind if kind.is_file() => None,
            kind if kind.is_dir() => Some("a folder"),
            kind if kind.is_fifo() => Some("a FIFO"),
            _ => Some("a device"),
        };
        if let Some(what) = what {
            return Err(FilesError::NotAFile { path: path.to_owned(), what });
        }
        let id = Id { device: about.dev(), inode: about.ino() };
        Ok(Some(Part { path: path.to_owned(), file, id, at: 0, len: about.len() }))
    }

    /// The same file, once more.
    pub(super) fn again(&self) -> Result<Self, FilesError> {
        let file = self.file.try_clone().map_err(|source| self.failed(source))?;
        Ok(Part { path: self.path.clone(), file, id: self.id, at: 0, len: self.len })
    }

    /// Which file is at this path now, whatever it is.
    pub(super) fn id_at(path: &Path) -> Result<Option<Id>, FilesError> {
        match fs::symlink_metadata(path) {
            Ok(there) => Ok(Some(Id { device: there.dev(), inode: there.ino() })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(FilesError::Read { path: path.to_owned(), source }),
        }
    }

    /// When it was written to last.
    pub(super) fn modified(&self) -> Result<SystemTime, FilesError> {
        self.file.metadata().and_then(|file| file.modified()).map_err(|source| self.failed(source))
    }

    /// Goes to the beginning of its last `most` lines, and says how many those are. With none, to where the last line
    /// begins that has no end yet.
    pub(super) fn seek_last(&mut self, most: usize) -> Result<usize, FilesError> {
        self.len = self.len_now()?;
        let mut found = 0;
        let mut end = self.len;
        let first = self.len.saturating_sub(FARTHEST);
        while end > first {
            let start = end.saturating_sub(PIECE as u64);
            let bytes = self.read_at(start, usize::try_from(end - start).unwrap_or(PIECE))?;
            for (back, _) in bytes.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n') {
                self.at = start + back as u64 + 1;
                if most == 0 {
                    return Ok(0);
                }
                // The line end at the very end belongs to the last line.
                found += usize::from(self.at < self.len);
                if found == most {
                    return Ok(found);
                }
            }
            end = start;
        }
        self.at = end;
        Ok(if most > 0 && self.len > 0 { found + 1 } else { 0 })
    }

    /// Leaves out what is there.
    pub(super) fn seek_end(&mut self) -> Result<(), FilesError> {
        self.len = self.len_now()?;
        self.at = self.len;
        Ok(())
    }

    pub(super) fn is_at_its_end(&self) -> bool {
        self.at >= self.len
    }

    /// As much as this of what is before the place where it is read.
    pub(super) fn lines_before(&self, most: usize) -> Result<String, FilesError> {
        let start = self.at.saturating_sub(most as u64);
        let bytes = self.read_at(start, usize::try_from(self.at - start).unwrap_or(most))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// It is shorter than what was read of it, or has something else where the last line ended.
    pub(super) fn was_emptied(&self, between_lines: bool) -> Result<bool, FilesError> {
        let Some(last) = self.at.checked_sub(1) else { return Ok(false) };
        let byte = self.read_at(last, 1)?;
        Ok(byte.is_empty() || between_lines && byte != b"\n")
    }

    pub(super) fn begin_anew(&mut self) {
        self.at = 0;
    }

    /// What comes next, up to this many bytes; nothing at the end.
    pub(super) fn read_on(&mut self, most: usize) -> Result<Vec<u8>, FilesError> {
        let bytes = self.read_at(self.at, most)?;
        self.at += bytes.len() as u64;
        self.len = self.len.max(self.at);
        Ok(bytes)
    }

    fn len_now(&self) -> Result<u64, FilesError> {
        self.file.metadata().map(|file| file.len()).map_err(|source| self.failed(source))
    }

    fn read_at(&self, from: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        let mut bytes = vec![0; len];
        let mut have = 0;
        while have < len {
            match self.file.read_at(&mut bytes[have..], from + have as u64) {
                Ok(0) => break,
                Ok(more) => have += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(self.failed(source)),
            }
        }
        bytes.truncate(have);
        Ok(bytes)
    }

    fn failed(&self, source: io::Error) -> FilesError {
        FilesError::Read { path: self.path.clone(), source }
    }
}
