//! The names that transport files have until they are whole: `.STEM.new-XXXXXX.acelive`, beside their places.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempPath;

use crate::files::{self, FilesError, RANDOM, folder_of};

const MARK: &str = ".new-";
const SUFFIX: &str = ".acelive";

/// An empty file beside `target`, 0600, which is removed when dropped.
pub(super) fn beside(target: &Path) -> Result<TempPath, FilesError> {
    files::beside(folder_of(target), &prefix(target), SUFFIX)
        .map(tempfile::NamedTempFile::into_temp_path)
        .map_err(|error| files::write_failed(target, error))
}

/// Removes what a killed run left beside `target`. What cannot be removed is only in the way of tidiness.
pub(super) fn remove_stale(target: &Path) {
    let prefix = prefix(target);
    for entry in fs::read_dir(folder_of(target)).into_iter().flatten().flatten() {
        let is_stale = entry.file_name().to_str().is_some_and(|name| is_temporary(name, &prefix));
        if is_stale && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _: io::Result<()> = fs::remove_file(entry.path());
        }
    }
}

fn prefix(target: &Path) -> String {
    let name = target.file_stem().unwrap_or_default().to_string_lossy();
    format!(".{name}{MARK}")
}

/// Exactly such a name: a uid may itself hold dots and hyphens, and be the beginning of another one.
fn is_temporary(name: &str, prefix: &str) -> bool {
    let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_exactly() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("a.b.acelive");
        let temporary = beside(&target).unwrap();
        let name = temporary.file_name().unwrap().to_str().unwrap();
        assert!(is_temporary(name, ".a.b.new-"), "{name}");
        for other in [".a.new-", ".a.b_private.new-", ".b.new-"] {
            assert!(!is_temporary(name, other), "{other}");
        }
        assert!(!is_temporary(".a.new-b.new-abcdef.acelive", ".a.new-"));
        assert!(!is_temporary(".a.new-abcdefg.acelive", ".a.new-"));
        remove_stale(&dir.path().join("a.acelive"));
        assert!(temporary.exists());
        fs::write(&target, "x").unwrap();
        remove_stale(&target);
        assert!(!temporary.exists());
        assert!(target.exists());
    }
}
