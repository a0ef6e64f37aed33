//! Who keeps nodes running here, for whoever wants them to stay down.
//!
//! Each `acecast run` holds its pid dir itself, as one of many that may, and the kernel ends that with it, however it
//! ends. It is no lock on anything: what changes nodes takes the one of `lock.rs`. It only lets `stop` know that what it
//! ends will not stay so.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::context::Context;

/// What is said where two runs share a pid dir.
const ANOTHER_RUN: &str = "another `acecast run` is at work on this pid dir: that is of use only where each of them has \
                           a role of its own, as `run source` beside `run support`";

/// The mark of a run that is at work. Dropping it takes it away.
#[derive(Debug, Default)]
pub(super) struct AtWork {
    dir: Option<File>,
}

impl AtWork {
    /// Says so at the start of a run. Two do no harm to each other, and one for each role may be meant.
    pub(super) fn begin(&mut self, context: &Context) {
        let pid_dir = &context.app.dirs.pid;
        if is_run_at_work(pid_dir) {
            context.out.warning(ANOTHER_RUN);
        }
        self.say(pid_dir);
    }

    /// Says that a run is at work on this pid dir, which may have been made anew or be another one than before. It is only
    /// said to be helpful, so where it cannot be, it is left out.
    pub(super) fn say(&mut self, pid_dir: &Path) {
        if !self.dir.as_ref().is_some_and(|dir| is_at(dir, pid_dir)) {
            self.dir = File::open(pid_dir).ok().filter(|dir| dir.try_lock_shared().is_ok());
        }
    }
}

/// A run is at work on this pid dir.
pub(super) fn is_run_at_work(pid_dir: &Path) -> bool {
    let Ok(dir) = File::open(pid_dir) else { return false };
    // Whoever wants the folder for itself alone is no run.
    matches!(dir.try_lock(), Err(TryLockError::WouldBlock)) && dir.try_lock_shared().is_ok()
}

/// The open folder is still the one at the path.
fn is_at(dir: &File, path: &Path) -> bool {
    let same =
        |ours: fs::Metadata, there: fs::Metadata| (ours.dev(), ours.ino()) == (there.dev(), there.ino());
    dir.metadata().ok().zip(fs::metadata(path).ok()).is_some_and(|(ours, there)| same(ours, there))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_show_as_long_as_they_live() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_run_at_work(&dir.path().join("none")) && !is_run_at_work(dir.path()));
        let [mut one, mut two] = [AtWork::default(), AtWork::default()];
        one.say(dir.path());
        two.say(dir.path());
        assert!(is_run_at_work(dir.path()) && is_run_at_work(dir.path()));
        drop(one);
        assert!(is_run_at_work(dir.path()));
        drop(two);
        assert!(!is_run_at_work(dir.path()));
    }

    #[test]
    fn a_folder_that_was_made_anew_is_marked_anew() {
        let dir = tempfile::tempdir().unwrap();
        let (pid_dir, away) = (dir.path().join("run"), dir.path().join("away"));
        fs::create_dir(&pid_dir).unwrap();
        let mut run = AtWork::default();
        run.say(&pid_dir);
        fs::rename(&pid_dir, &away).unwrap();
        fs::create_dir(&pid_dir).unwrap();
        assert!(!is_run_at_work(&pid_dir));
        run.say(&pid_dir);
        assert!(is_run_at_work(&pid_dir) && !is_run_at_work(&away));
    }

    #[test]
    fn who_has_the_folder_alone_is_no_run() {
        let dir = tempfile::tempdir().unwrap();
        let alone = File::open(dir.path()).unwrap();
        alone.lock().unwrap();
        assert!(!is_run_at_work(dir.path()));
    }
}
