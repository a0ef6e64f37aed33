//! The names that files have until they are whole: `.acecast-XXXXXX.tmp`, beside their places.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::PRIVATE;

const PREFIX: &str = ".acecast-";
const SUFFIX: &str = ".tmp";
pub(crate) const RANDOM: usize = 6;

/// Such a file lives for as long as a few hundred bytes take to reach the disk. What is older than this was left by
/// a run that was killed.
const LEFT: Duration = Duration::from_secs(60);

/// An empty file in this folder, which is removed when dropped.
pub(super) fn create(dir: &Path) -> io::Result<NamedTempFile> {
    beside(dir, PREFIX, SUFFIX)
}

/// An empty file in this folder, 0600, which is removed when dropped: its name has six characters between these two.
///
/// What fails is said as the kernel says it: the name is nobody's business, and whoever asks knows for which file it is.
pub(crate) fn beside(dir: &Path, prefix: &str, suffix: &str) -> io::Result<NamedTempFile> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(PRIVATE);
    let mut named = tempfile::Builder::new();
    named.prefix(prefix).suffix(suffix).rand_bytes(RANDOM).make_in(dir, |path| options.open(path))
}

/// Removes what killed runs left in this folder. What cannot be removed is only in the way of tidiness.
pub fn remove_leftovers(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let is_left = entry.file_name().to_str().is_some_and(is_temporary)
            && entry.metadata().is_ok_and(|file| {
                file.is_file() && file.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age >= LEFT))
            });
        if is_left {
            let _: io::Result<()> = fs::remove_file(entry.path());
        }
    }
}

fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes};
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn only_what_is_old_and_has_such_a_name_goes() {
        let dir = tempfile::tempdir().unwrap();
        let young = create(dir.path()).unwrap();
        assert!(is_temporary(young.path().file_name().unwrap().to_str().unwrap()));
        let then = SystemTime::now() - 2 * LEFT;
        let names = [".acecast-abc123.tmp", ".acecast-abc12.tmp", ".acecast-abc-23.tmp", ".acecast.lock"];
        for name in names {
            let file = File::create(dir.path().join(name)).unwrap();
            file.set_times(FileTimes::new().set_modified(then)).unwrap();
        }
        fs::create_dir(dir.path().join(".acecast-abc124.tmp")).unwrap();
        remove_leftovers(dir.path());
        assert!(young.path().exists());
        assert!(!dir.path().join(names[0]).exists());
        assert!(names[1..].iter().all(|name| dir.path().join(name).exists()));
        assert!(dir.path().join(".acecast-abc124.tmp").exists());
        remove_leftovers(&dir.path().join("missing"));
    }

    #[test]
    fn what_fails_does_not_name_the_temporary_file() {
        let dir = tempfile::tempdir().unwrap();
        let error = create(&dir.path().join("missing")).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT), "{error}");
        let mode = create(dir.path()).unwrap().as_file().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }
}
