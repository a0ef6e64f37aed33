//! One open, one read: a file that is replaced meanwhile is read whole, as it was or as it is.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use acecast_reconcile::escape;

use crate::LoadError;
use crate::document::MAX_LEN;

/// The path, fit to be shown.
pub(crate) fn name(path: &Path) -> String {
    escape(&path.to_string_lossy()).into_owned()
}

/// The whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let failed = |source| LoadError::Read { file: name(path), key: None, source };
    // Opening a pipe would wait for its writer, so what kind of file it is comes first.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(LoadError::NotAFile { file: name(path), key: None });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_LEN as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MAX_LEN {
        return Err(LoadError::TooLarge { file: name(path), key: None });
    }
    Ok(bytes)
}
