//! Learning at once that a process has ended, whoever started it.
//!
//! One idea: a pidfd becomes readable when its process ends, and one `poll` waits for any number of them, without
//! a clock. One side ([`Deaths`]) says which processes matter from now on, and the other ([`Watcher`]), in a thread of
//! its own, waits for their ends; an eventfd wakes it when there is something new to wait for.
//!
//! Each watched process takes one descriptor, and a look at the host needs some, too. So at most half of those that
//! this process may have are used for watching. What is beyond that, and whatever cannot be opened right now, is looked
//! at every second instead, so a shortage makes news late, but loses none ([`Watcher::looked_at`] tells how many).

mod reap;
mod watcher;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use acecast_reconcile::{Port, ProcessId};
use nix::sys::resource::{Resource, getrlimit};
use rustix::event::{EventfdFlags, eventfd};

pub use reap::reap_children;
pub use watcher::Watcher;

/// Says which processes are watched. Clones are the same watch; with the last of them, the watching ends.
#[derive(Clone, Debug)]
pub struct Deaths(Arc<Voice>);

/// A pair that belongs together. It takes one descriptor, and one more for each watched process, up to half of the
/// soft limit of open files as it is now: raise the limit first.
///
/// # Errors
///
/// If the kernel has no descriptor left.
pub fn pair() -> io::Result<(Deaths, Watcher)> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    pair_of(usize::try_from(soft / 2).unwrap_or(usize::MAX))
}

/// A pair that holds at most so many processes.
fn pair_of(most: usize) -> io::Result<(Deaths, Watcher)> {
    let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
    let shared = Arc::new(Shared { said: Mutex::new(Said::Nothing), wake });
    Ok((Deaths(Arc::new(Voice(Arc::clone(&shared)))), Watcher::new(shared, most)))
}

impl Deaths {
    /// From now on exactly these are watched. Those that are gone already are reported at once. What ended before and
    /// was not reported yet is not reported any more, unless it is among them.
    pub fn watch(&self, nodes: BTreeMap<ProcessId, Port>) {
        self.0.0.say(Said::Watch(nodes));
    }
}

/// The last one that is dropped says so.
#[derive(Debug)]
struct Voice(Arc<Shared>);

impl Drop for Voice {
    fn drop(&mut self) {
        self.0.say(Said::End);
    }
}

/// What one side says to the other. Only the last word counts.
#[derive(Debug)]
enum Said {
    Nothing,
    Watch(BTreeMap<ProcessId, Port>),
    End,
}

#[derive(Debug)]
struct Shared {
    said: Mutex<Said>,
    /// Readable while something was said that was not heard.
    wake: OwnedFd,
}

impl Shared {
    fn say(&self, word: Said) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = word;
        // It fails only if it has been said a great many times and not been heard: then it is readable anyway.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }

    /// What was said since the last time. The end stays said.
    fn hear(&self) -> Said {
        // Silenced first: what is said in between makes a noise again.
        let _ = rustix::io::read(&self.wake, &mut [0; 8]);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let left = if matches!(*said, Said::End) { Said::End } else { Said::Nothing };
        std::mem::replace(&mut said, left)
    }
}

#[cfg(test)]
mod tests;
