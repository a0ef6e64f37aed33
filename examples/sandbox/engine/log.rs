//! The node's log file, appended to.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::engine::clock::unix_seconds;

/// The log; without a file it keeps nothing.
pub(crate) struct Log(Option<File>);

impl Log {
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let open = |path| OpenOptions::new().create(true).append(true).open(path);
        path.map(open).transpose().map(Self)
    }

    /// One line, in one write. A full disk is not the node's concern.
    pub(crate) fn line(&self, text: &str) {
        if let Some(mut file) = self.0.as_ref() {
            let _ = file.write_all(format!("{}|MainThread|{text}\n", unix_seconds()).as_bytes());
        }
    }
}
