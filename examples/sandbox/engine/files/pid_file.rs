//! `acestreamengine-PORT.pid`: the pid in decimal, no newline.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The pid file, present as long as this value is not removed. A KILL leaves it behind.
pub(crate) struct PidFile(PathBuf);

impl PidFile {
    /// A stale one is overwritten.
    pub(crate) fn write(dir: &Path, port: u16) -> io::Result<Self> {
        let path = dir.join(format!("acestreamengine-{port}.pid"));
        fs::write(&path, std::process::id().to_string())?;
        Ok(Self(path))
    }

    pub(crate) fn remove(self) {
        let _ = fs::remove_file(self.0);
    }
}
