//! What key files held when they were last read, for those who look at them again and again.
//!
//! One idea: a key is read when its file has changed, and never kept. What is remembered is whether it is whole, beside
//! the file's identity, size and times. A file that was written a moment ago is read again in any case: two changes
//! within one tick of the file system's clock look like one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acecast_reconcile::KeyState;

use super::read_key;

/// A file that was changed within this time is not believed to be at rest; the coarsest clocks of file systems count in
/// steps of 2 s.
const RECENT: Duration = Duration::from_secs(3);

/// Remembers what key files held, for as many looks as there are. It holds no key.
#[derive(Debug, Default)]
pub struct KeyLooks(Mutex<BTreeMap<PathBuf, (Stamp, KeyState)>>);

/// What shows that a file was changed or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds since 1970.
    modified: (i64, i64),
    /// The same; nobody can set it back.
    changed: (i64, i64),
}

impl KeyLooks {
    /// What the file holds, read only if it has changed since it was read last.
    pub(crate) fn state(&self, path: &Path) -> KeyState {
        self.state_by(path, SystemTime::now(), |path| read_key(path).state())
    }

    fn state_by(&self, path: &Path, now: SystemTime, read: impl FnOnce(&Path) -> KeyState) -> KeyState {
        let before = Stamp::of(path);
        if let Some((stamp, state)) = self.lock().get(path)
            && Some(*stamp) == before
        {
            return state.clone();
        }
        let state = read(path);
        // What cannot be read now can be in a moment, without a change of the file.
        let keeps = matches!(state, KeyState::Present | KeyState::Damaged(_) | KeyState::Empty);
        let at_rest = before.filter(|stamp| keeps && stamp.is_old(now) && Stamp::of(path) == before);
        match at_rest {
            Some(stamp) => drop(self.lock().insert(path.to_owned(), (stamp, state.clone()))),
            None => drop(self.lock().remove(path)),
        }
        state
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, (Stamp, KeyState)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stamp {
    /// Of the file that a link leads to: that is what is read.
    fn of(path: &Path) -> Option<Stamp> {
        let file = fs::metadata(path).ok()?;
        Some(Stamp {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }

    /// A clock that was set back makes files of the future: those are read each time.
    fn is_old(&self, now: SystemTime) -> bool {
        let newest = self.modified.0.max(self.changed.0);
        let Ok(newest) = u64::try_from(newest) else { return true };
        now.duration_since(UNIX_EPOCH + Duration::from_secs(newest)).is_ok_and(|age| age > RECENT)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::tests::pem;
    use super::*;

    struct World {
        dir: tempfile::TempDir,
        looks: KeyLooks,
        reads: Cell<usize>,
        /// How old the files are taken to be.
        age: Duration,
    }

    impl World {
        fn new() -> Self {
            let (dir, looks) = (tempfile::tempdir().unwrap(), KeyLooks::default());
            World { dir, looks, reads: Cell::new(0), age: RECENT * 2 }
        }

        fn path(&self) -> PathBuf {
            self.dir.path().join("news.sauth")
        }

        /// The state, and how often the file has been read by now.
        fn look(&self) -> (KeyState, usize) {
            let read = |path: &Path| {
                self.reads.set(self.reads.get() + 1);
                read_key(path).state()
            };
            let state = self.looks.state_by(&self.path(), SystemTime::now() + self.age, read);
            (state, self.reads.get())
        }
    }

    #[test]
    fn a_key_is_read_when_it_has_changed_and_not_before() {
        let world = World::new();
        fs::write(world.path(), pem(7)).unwrap();
        assert_eq!(world.look(), (KeyState::Present, 1));
        assert_eq!(world.look(), (KeyState::Present, 1));
        // Another file of the same size, with the same time of writing.
        let modified = fs::metadata(world.path()).unwrap().modified().unwrap();
        let beside = world.dir.path().join("beside");
        fs::write(&beside, "x".repeat(pem(7).len())).unwrap();
        fs::File::options().write(true).open(&beside).unwrap().set_modified(modified).unwrap();
        fs::rename(&beside, world.path()).unwrap();
        let (state, reads) = world.look();
        assert!(matches!(state, KeyState::Damaged(_)) && reads == 2, "{state:?} {reads}");
        assert_eq!(world.look().1, 2);
        fs::write(world.path(), "").unwrap();
        assert_eq!(world.look(), (KeyState::Empty, 3));
        fs::remove_file(world.path()).unwrap();
        assert_eq!(world.look(), (KeyState::Missing, 4));
        assert_eq!(world.look(), (KeyState::Missing, 5), "what is missing costs no more");
    }

    #[test]
    fn what_was_written_a_moment_ago_or_in_the_future_is_read_again() {
        let world = World { age: Duration::ZERO, ..World::new() };
        fs::write(world.path(), pem(7)).unwrap();
        assert_eq!((world.look().1, world.look().1), (1, 2));
    }

    #[test]
    fn what_could_not_be_read_is_tried_again() {
        let world = World::new();
        fs::create_dir(world.path()).unwrap();
        assert!(matches!(world.look(), (KeyState::Unreadable(_), 1)));
        assert_eq!(world.look().1, 2);
    }
}
