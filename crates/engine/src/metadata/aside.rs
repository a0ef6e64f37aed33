//! Second names for files that are about to be replaced: `NAME.WHAT-TIME`, or with the next number that is free.
//!
//! One idea: a file that is kept stays where it is, too, until its successor is renamed over it. If a key were gone for
//! a moment and acecast killed in it, the next run would see a stream that never had a key, and give it a new one.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::files::{FilesError, PRIVATE, WITHOUT_WAITING, explained, folder_of, sync_dir};

/// What the second name of a damaged key ends with, before the time.
pub(super) const DAMAGED: &str = "damaged";

/// Keeps a file as `PATH.WHAT-TIME`, or with the next number that is free, and says what that is. The file stays where
/// it is, too. Where there are no hard links, it is copied, for its owner only. The time is in seconds since 1970.
///
/// # Errors
///
/// If the file is missing or no regular file, or cannot be given a second name.
pub fn keep_aside(path: &Path, what: &str, unix_time: u64) -> Result<PathBuf, FilesError> {
    keep_with(path, what, unix_time, &|from, to| fs::hard_link(from, to))
}

fn keep_with(
    path: &Path,
    what: &str,
    unix_time: u64,
    link: &dyn Fn(&Path, &Path) -> io::Result<()>,
) -> Result<PathBuf, FilesError> {
    let mut time = unix_time;
    loop {
        let to = aside_name(path, what, time);
        let kept = match link(path, &to) {
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return Err(FilesError::Rename { from: path.to_owned(), to, source });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // Some file systems know no links.
            Err(_) => copy(path, &to),
            Ok(()) => Ok(()),
        };
        match kept {
            Ok(()) => return Ok(to),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => time = time.wrapping_add(1),
            Err(error) => {
                let source = explained(error, folder_of(path));
                return Err(FilesError::Write { path: to, source });
            }
        }
    }
}

/// Copies a file to a name that is free.
fn copy(path: &Path, to: &Path) -> io::Result<()> {
    let mut from = OpenOptions::new().read(true).custom_flags(WITHOUT_WAITING).open(path)?;
    if !from.metadata()?.is_file() {
        return Err(io::Error::other("what is to be copied is not a regular file"));
    }
    let mut copy = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(to)?;
    io::copy(&mut from, &mut copy).and_then(|_| copy.sync_all()).inspect_err(|_| {
        // Half of a file helps nobody.
        let _ = fs::remove_file(to);
    })
}

/// Renames a key that cannot be used to such a name.
pub(super) fn set_aside(path: &Path, unix_time: u64) -> Result<PathBuf, FilesError> {
    let to = aside_name(path, DAMAGED, free_time(&[path], DAMAGED, unix_time));
    let failed = |source| FilesError::Rename { from: path.to_owned(), to: to.clone(), source };
    fs::rename(path, &to).map_err(failed)?;
    sync_dir(folder_of(path)).map_err(failed)?;
    Ok(to)
}

/// `PATH.WHAT-TIME`
pub(super) fn aside_name(path: &Path, what: &str, time: u64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{what}-{time}"));
    PathBuf::from(name)
}

/// This time or the next one with which all these files have names that are free.
pub(super) fn free_time(paths: &[&Path], what: &str, unix_time: u64) -> u64 {
    // The caller holds the lock, so nobody takes the names after this look.
    let is_taken =
        |time: u64| paths.iter().any(|path| fs::symlink_metadata(aside_name(path, what, time)).is_ok());
    let mut time = unix_time;
    while is_taken(time) {
        time = time.wrapping_add(1);
    }
    time
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn where_there_are_no_links_it_is_copied_to_the_next_free_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("news.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(dir.path().join("news.json.replaced-7"), "first").unwrap();
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(io::ErrorKind::PermissionDenied));
        let kept = keep_with(&path, "replaced", 7, &no_links).unwrap();
        assert_eq!(kept, dir.path().join("news.json.replaced-8"));
        assert_eq!(keep_aside(&path, "replaced", 7).unwrap(), dir.path().join("news.json.replaced-9"));
        assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o7777, PRIVATE);
        for (name, text) in
            [("", "old"), (".replaced-7", "first"), (".replaced-8", "old"), (".replaced-9", "old")]
        {
            assert_eq!(fs::read_to_string(format!("{}{name}", path.display())).unwrap(), text, "{name}");
        }
    }

    #[test]
    fn what_is_no_file_is_not_copied() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("news.json");
        assert!(matches!(keep_aside(&path, "replaced", 7), Err(FilesError::Rename { .. })));
        fs::create_dir(&path).unwrap();
        assert!(matches!(keep_aside(&path, "replaced", 7), Err(FilesError::Write { .. })));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
