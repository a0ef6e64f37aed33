//! Places at which a test can have acecast die.
//!
//! Every step of an apply passes points before and after whatever it changes. In a build with the feature `failpoints`
//! somebody may [`watch`] them and say at which one the process is to be killed; in any other build they are nothing
//! at all.

#[cfg(feature = "failpoints")]
mod watched {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use rustix::process::{Signal, getpid, kill_process};

    /// Hears of each point, by its number from 1 and its name, and says whether the process is to die there.
    pub type Watcher = fn(u64, &'static str) -> bool;

    static WATCHER: OnceLock<Watcher> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    /// From now on, points are told to this watcher. The first one stays.
    pub fn watch(watcher: Watcher) {
        let _ = WATCHER.set(watcher);
    }

    /// The process gets here, and no further if the watcher says so.
    pub(crate) fn pass(name: &'static str) {
        if strikes(name) {
            // As an operator's `kill -9` does it: nothing is cleaned up.
            let _ = kill_process(getpid(), Signal::KILL);
            std::process::abort();
        }
    }

    /// The same for whoever has to die in a way of its own.
    pub(crate) fn strikes(name: &'static str) -> bool {
        let Some(watcher) = WATCHER.get() else { return false };
        watcher(PASSED.fetch_add(1, Ordering::SeqCst) + 1, name)
    }

    /// For a child between fork and exec: kills the parent, and gives the next run time to meet this moment.
    pub(crate) fn orphan_this_child() {
        if let Some(parent) = rustix::process::getppid() {
            let _ = kill_process(parent, Signal::KILL);
            // Only system calls here, as after any fork.
            let pause = rustix::time::Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
            let _ = rustix::thread::nanosleep(&pause);
        }
    }
}

#[cfg(feature = "failpoints")]
pub use watched::{Watcher, watch};
#[cfg(feature = "failpoints")]
pub(crate) use watched::{orphan_this_child, pass, strikes};

/// Nothing, in a build without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub(crate) fn pass(_name: &'static str) {}
