//! Whether there is room, and where there is none, what is full.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::{FilesError, shown, temporary};
use crate::failpoint::pass;

/// The same error; where there was no room for a file at this path, it says which file system that is. What the path
/// says is only where acecast wanted to write.
pub(crate) fn explained(error: io::Error, path: &Path) -> io::Error {
    let [is_full, no_quota, no_inodes] = FULL;
    let (what, full) = match error.kind() {
        ErrorKind::StorageFull => ("No space left on device", is_full),
        ErrorKind::QuotaExceeded => ("Disk quota exceeded", no_quota),
        _ => return error,
    };
    let Some(place) = file_system(path) else { return error };
    let is_out_of_inodes = error.kind() == ErrorKind::StorageFull && has_bytes_only(&place);
    let full = if is_out_of_inodes { no_inodes } else { full };
    let place = shown(&place);
    io::Error::new(error.kind(), format!("{what}: {FILE_SYSTEM}{place}{full}{MAKE_ROOM}"))
}

const FILE_SYSTEM: &str = "the file system at ";
const MAKE_ROOM: &str = "; make room there";

/// How full a file system may be, at the end of what is said of it.
const FULL: [&str; 3] =
    [" is full", " has no more room for this user", " has room, but for no more files (inodes)"];

/// Where the file system begins that has no room, if that is what this text of an error says: for whoever knows what could
/// be removed there.
pub fn full_file_system(text: &str) -> Option<&Path> {
    let (before, _) = text.split_once(MAKE_ROOM)?;
    let (_, place) = before.rsplit_once(FILE_SYSTEM)?;
    FULL.iter().find_map(|full| place.strip_suffix(full)).map(Path::new)
}

/// Bytes that have to fit into the metadata dir before a stream's first start: a key has 690 to 3,300, and a number.
pub(crate) const ROOM_FOR_A_KEY: usize = 16 * 1024;

/// Why a stream's first start would fail for want of room in this metadata dir, as far as can be told without trying: a
/// quota does not show.
pub fn lacks_room_for_a_key(dir: &Path) -> Option<io::Error> {
    lacks_room(dir, ROOM_FOR_A_KEY as u64)
}

/// A folder that is missing would be made in the nearest one above it.
fn lacks_room(dir: &Path, bytes: u64) -> Option<io::Error> {
    let place = dir.ancestors().find(|path| path.exists())?;
    let says = rustix::fs::statvfs(place).ok()?;
    // What is kept back is kept for root.
    let is_root = rustix::process::geteuid().is_root();
    let (blocks, files) = if is_root { (says.f_bfree, says.f_ffree) } else { (says.f_bavail, says.f_favail) };
    // Some file systems count no files, and some nothing at all.
    let no_files = says.f_files > 0 && files == 0;
    let no_bytes = says.f_blocks > 0 && blocks.saturating_mul(says.f_frsize) < bytes;
    (no_files || no_bytes).then(|| explained(io::Error::from_raw_os_error(libc::ENOSPC), dir))
}

/// Whether both are on one file system, be they there or not; false if that cannot be told.
pub fn on_same_file_system(a: &Path, b: &Path) -> bool {
    let device =
        |path: &Path| path.ancestors().find_map(|path| fs::metadata(path).ok()).map(|file| file.dev());
    device(a).zip(device(b)).is_some_and(|(a, b)| a == b)
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
        assert_eq!(text, "No space left on device: the file system at /proc is full; make room there");
        // As whoever makes a temporary file says it.
        let placed = io::Error::new(full().kind(), format!("{} at path \"/proc/x\"", full()));
        assert_eq!(explained(placed, Path::new("/proc/x")).to_string(), text);
        let quota = explained(io::Error::from_raw_os_error(libc::EDQUOT), Path::new("/proc"));
        assert!(quota.to_string().contains("has no more room for this user"), "{quota}");
        let denied = explained(io::Error::from_raw_os_error(libc::EACCES), Path::new("/proc"));
        assert_eq!(denied.raw_os_error(), Some(libc::EACCES), "nothing else is touched");
    }

    #[test]
    fn what_is_full_can_be_told_from_the_text() {
        for error in [libc::ENOSPC, libc::EDQUOT] {
            let text = explained(io::Error::from_raw_os_error(error), Path::new("/proc/self")).to_string();
            for text in [text.clone(), format!("cannot write /proc/x: {text}; and more")] {
                assert_eq!(full_file_system(&text), Some(Path::new("/proc")), "{text}");
            }
        }
        assert_eq!(full_file_system("the file system at /proc is slow; make room there"), None);
        assert_eq!(full_file_system("cannot write /proc/x: Permission denied"), None);
    }

    #[test]
    fn one_file_system_is_told_from_another() {
        let dir = tempfile::tempdir().unwrap();
        let [missing, other] = ["no/such", "other"].map(|name| dir.path().join(name));
        assert!(on_same_file_system(&missing, &other));
        assert!(!on_same_file_system(&missing, Path::new("/proc/self/no/such")));
    }

    #[test]
    fn what_is_larger_than_what_is_free_lacks_room() {
        let dir = tempfile::tempdir().unwrap();
        assert!(lacks_room(&dir.path().join("to/be/made"), 1).is_none());
        let error = lacks_room(&dir.path().join("to/be/made"), u64::MAX).unwrap();
        assert!(full_file_system(&error.to_string()).is_some(), "{error}");
        assert!(lacks_room(Path::new("/proc/self"), u64::MAX).is_none(), "it holds no files that take room");
    }
}
