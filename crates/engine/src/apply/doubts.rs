//! What has gone wrong in this run that speaks against touching nodes that run.
//!
//! A node that broadcasts is only stopped to be started again, elsewhere or with other settings, as long as starting
//! works. After a failure the rest keeps running as it is, also in the next run, which begins with the start of what
//! this one lost.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acecast_reconcile::{Channel, Port};

#[derive(Default)]
pub(super) struct Doubts {
    /// A restart or a move failed, before or after its old node was stopped, or gave no stream in time.
    change: Mutex<Option<String>>,
    /// Engines that ended at once, with an error.
    broken: Mutex<BTreeSet<Channel>>,
}

impl Doubts {
    /// Begins with engines that are doubted already.
    pub(super) fn about_these(broken: &BTreeSet<Channel>) -> Self {
        Doubts { broken: Mutex::new(broken.clone()), ..Doubts::default() }
    }

    /// Why a running node that is to be run by this engine had better be left alone.
    pub(super) fn about(&self, channel: Channel) -> Option<String> {
        if self.broken.lock().unwrap_or_else(PoisonError::into_inner).contains(&channel) {
            return Some(format!("the {channel} engine has just failed to start another node"));
        }
        self.change().clone()
    }

    pub(super) fn note_failed_change(&self) {
        self.change().get_or_insert_with(|| "another restart or move failed".to_owned());
    }

    /// This one was to be ready before the next one is touched.
    pub(super) fn note_not_ready(&self, port: Port) {
        self.change().get_or_insert_with(|| format!("the node on port {port} was not ready in time"));
    }

    fn change(&self) -> MutexGuard<'_, Option<String>> {
        self.change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note_broken(&self, channel: Channel) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).insert(channel);
    }
}
