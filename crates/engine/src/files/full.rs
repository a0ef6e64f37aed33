//! Whether there is room, and where there is none, what is full and what to do about it.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::{FilesError, shown, temporary};
use crate::failpoint::pass;

/// The same error; where there was no room for a file at this path, it says which file system that is. What the path
/// says is only where acecast wanted to write.
pub(crate) fn explained(error: io::Error, path: &Path) -> io::Error {
    let (what, full) = match error.kind() {
        ErrorKind::StorageFull => ("No space left on device", "is full"),
        ErrorKind::QuotaExceeded => ("Disk quota exceeded", "has no more room for this user"),
        _ => return error,
    };
    let Some(place) = file_system(path) else { return error };
    let full = if error.kind() == ErrorKind::StorageFull && has_bytes_only(&place) {
        "has room, but for no more files (inodes)"
    } else {
        full
    };
    let place = shown(&place);
    let text = format!(
        "{what}: the file system at {place} {full}; make room there (`acecast cleanup` removes logs and caches of \
         nodes that do not run)"
    );
    io::Error::new(error.kind(), text)
}

/// Makes sure that a file of this size fits into the folder, by writing one that is removed at once: what is free is not
/// all for this user, and a quota shows in no other way.
pub(crate) fn require_room(dir: &Path, bytes: usize) -> Result<(), FilesError> {
    let tried = temporary::create(dir).and_then(|mut file| {
        pass("the file that tries the room is there");
        file.as_file_mut().write_all(&vec![b'.'; bytes])?;
        file.as_file().sync_all()
    });
    let failed = |error| FilesError::Write { path: dir.to_owned(), source: explained(error, dir) };
    tried.map_err(failed)
}

/// Where the file system begins on which this path is, or would be.
fn file_system(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find_map(|path| fs::canonicalize(path).ok())?;
    let device = |path: &Path| fs::metadata(path).ok().map(|file| file.dev());
    let its = device(&there)?;
    there.ancestors().take_while(|path| device(path) == Some(its)).last().map(Path::to_owned)
}

fn has_bytes_only(place: &Path) -> bool {
    rustix::fs::statvfs(place).is_ok_and(|says| says.f_bavail > 0 && says.f_files > 0 && says.f_favail == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_is_named_with_what_to_do() {
        let full = || io::Error::from_raw_os_error(libc::ENOSPC);
        let error = explained(full(), Path::new("/proc/self/no/such/file"));
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let text = error.to_string();
        assert!(text.starts_with("No space left on device: the file system at /proc is full; "), "{text}");
        assert!(text.contains("`acecast cleanup`"), "{text}");
        // As whoever makes a temporary file says it.
        let placed = io::Error::new(full().kind(), format!("{} at path \"/proc/x\"", full()));
        assert_eq!(explained(placed, Path::new("/proc/x")).to_string(), text);
        let quota = explained(io::Error::from_raw_os_error(libc::EDQUOT), Path::new("/proc"));
        assert!(quota.to_string().contains("has no more room for this user"), "{quota}");
        let denied = explained(io::Error::from_raw_os_error(libc::EACCES), Path::new("/proc"));
        assert_eq!(denied.raw_os_error(), Some(libc::EACCES), "nothing else is touched");
    }
}
