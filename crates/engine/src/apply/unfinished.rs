//! Stops that a killed run left in the middle.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use acecast_config::AppConfig;
use acecast_reconcile::Port;

use super::NodeResult;
use super::stops::result;
use crate::realm::{Belongs, Realm};
use crate::scan;
use crate::stop::{Notes, Stopper, Target};
use crate::sweep::AT_ONCE;

/// An engine whose source cannot be reached takes up to a minute to end (seen on 3.0.5.1). What lives for longer after
/// it was noted ignores what it was told, or was never told: that is no reason to end a broadcast now.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// What an apply was stopping when it was killed, and what has not ended yet.
///
/// To be looked for and finished under the [`ApplyLock`](crate::lock::ApplyLock), before what runs is observed: an
/// engine takes some seconds to end, in which it looks like one to be kept. A program that goes on looking sees it end
/// then, and does not need this.
#[derive(Debug)]
#[must_use = "what is not finished may be taken for what stays"]
pub struct UnfinishedStops {
    targets: Vec<Target>,
    stopper: Stopper,
}

impl UnfinishedStops {
    /// Looks for what was being stopped in this realm no longer ago than an engine takes to end, or than
    /// `stop_timeout`. Where no run was killed, that is one file that is not there.
    ///
    /// # Errors
    ///
    /// If `/proc` cannot be read.
    pub fn find(app: &AppConfig, realm: &Realm, stop_timeout: Duration) -> io::Result<Self> {
        let notes = Notes::of(realm.path());
        let noted = notes.read(stop_timeout.max(ENDS_WITHIN));
        let engines = scan::engine_paths(app);
        let candidates = if noted.is_empty() { Vec::new() } else { scan::candidates(&engines, Some(realm))? };
        let here: Vec<_> = candidates.iter().filter(|candidate| candidate.belongs == Belongs::Here).collect();
        let nodes = scan::pair(&here);
        let targets = nodes
            .iter()
            .map(|node| Target { port: node.main.command.port, processes: node.processes })
            .filter(|target| target.processes.ids().any(|id| noted.contains(&(target.port, id))))
            .collect();
        let observed = nodes.iter().flat_map(|node| node.processes.ids()).collect();
        let (realm, timeout) = (realm.clone(), stop_timeout);
        let stopper = Stopper { realm, engines, timeout, at_once: AT_ONCE, observed, notes };
        Ok(UnfinishedStops { targets, stopper })
    }

    /// The ports of the nodes that have not ended.
    pub fn ports(&self) -> impl ExactSizeIterator<Item = Port> {
        self.targets.iter().map(|target| target.port)
    }

    /// Tells them to end once more, waits, kills those that have not ended within `stop_timeout`, and tells what became
    /// of each. At most `at_once` are worked on at the same time; each takes up to three descriptors.
    pub fn finish(mut self, at_once: NonZeroUsize) -> Vec<(Port, NodeResult)> {
        self.stopper.at_once = at_once;
        let ends = self.stopper.stop_all(&self.targets, &|_| ());
        self.stopper.notes.clear(self.targets.iter().flat_map(|target| target.processes.ids()));
        self.targets.iter().zip(&ends).map(|(target, end)| (target.port, result(end))).collect()
    }
}
