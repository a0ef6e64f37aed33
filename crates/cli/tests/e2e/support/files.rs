//! What is in a folder, down to modes and times.

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Mode, length and time of change of one file or folder.
pub(crate) type Entry = (u32, u64, SystemTime);

/// Everything below the folder. A folder's own time shows that something in it came or went.
pub(crate) fn listing(dir: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        found.insert(folder.clone(), entry(&folder));
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if fs::symlink_metadata(&path).unwrap().is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), entry(&path));
            }
        }
    }
    found
}

fn entry(path: &Path) -> Entry {
    let meta = fs::symlink_metadata(path).unwrap();
    (meta.permissions().mode(), meta.len(), meta.modified().unwrap())
}

/// The permissions of a file.
#[track_caller]
pub(crate) fn mode_of(path: &Path) -> u32 {
    let meta = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    meta.permissions().mode() & 0o7777
}

/// Asserts the permissions of a file.
#[track_caller]
pub(crate) fn mode(path: &Path, expected: u32) {
    let mode = mode_of(path);
    assert_eq!(mode, expected, "{} has mode {mode:o}, not {expected:o}", path.display());
}

/// Makes the file a minute older.
pub(crate) fn age(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    let then = SystemTime::now() - Duration::from_secs(60);
    file.set_times(FileTimes::new().set_modified(then).set_accessed(then)).unwrap();
}

/// Writes a file that is a minute old.
pub(crate) fn aged(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    age(path);
}
