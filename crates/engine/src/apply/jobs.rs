//! One apply while it goes on: the plan, what became of each decision so far, and what the steps share.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acecast_reconcile::{Action, Decision, Desired, Field, Plan, Port, Processes, Role, Secret};

use super::doubts::Doubts;
use super::node::NodeRef;
use super::{Host, NodeResult, Options, Outcome, Progress, Report, Step};
use crate::chain::chain;
use crate::memory;
use crate::observe::Snapshot;
use crate::scan;
use crate::stop::{Notes, Stopper};

/// Everything that the steps of one apply share.
pub(super) struct Run<'a> {
    pub(super) host: &'a Host<'a>,
    pub(super) plan: &'a Plan,
    pub(super) snapshot: &'a Snapshot,
    pub(super) options: &'a Options,
    pub(super) desired: Desired,
    pub(super) stopper: Stopper,
    /// The memory cache of each node that is started, bytes; or why that cannot be told.
    pub(super) cache_size: Result<u64, String>,
    /// What speaks against touching more nodes that run.
    pub(super) doubts: Doubts,
    progress: &'a dyn Progress,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    results: Mutex<Vec<Option<NodeResult>>>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        host: &'a Host<'a>,
        plan: &'a Plan,
        snapshot: &'a Snapshot,
        options: &'a Options,
        progress: &'a dyn Progress,
        cancelled: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let nodes = &snapshot.observed.nodes;
        let stopper = Stopper {
            realm: host.realm.clone(),
            engines: scan::engine_paths(&host.config.app),
            timeout: options.stop_timeout,
            at_once: host.at_once,
            observed: nodes.iter().flat_map(|node| node.processes.ids()).collect::<BTreeSet<_>>(),
            notes: Notes::of(host.realm.path()),
        };
        let desired = host.config.desired();
        Run {
            host,
            plan,
            snapshot,
            options,
            cache_size: memory::cache_size(&desired, &snapshot.observed)
                .map_err(|error| format!("cannot read the size of the memory: {}", chain(&error))),
            desired,
            stopper,
            doubts: Doubts::about_these(host.doubted),
            progress,
            cancelled,
            results: Mutex::new(plan.decisions.iter().map(|_| None).collect()),
        }
    }

    /// The decisions about nodes of this role, with their places in the plan.
    pub(super) fn decisions_of(&self, role: Role) -> impl Iterator<Item = (usize, &'a Decision)> {
        self.decisions().filter(move |(_, decision)| decision.role == Some(role))
    }

    /// All decisions, with their places in the plan.
    pub(super) fn decisions(&self) -> impl Iterator<Item = (usize, &'a Decision)> {
        self.plan.decisions.iter().enumerate()
    }

    pub(super) fn step(&self, at: usize, step: Step) {
        self.progress.step(&self.plan.decisions[at], step);
    }

    /// Writes down what became of a decision.
    pub(super) fn finish(&self, at: usize, result: NodeResult) {
        self.progress.done(&self.plan.decisions[at], &result);
        self.results()[at] = Some(result);
    }

    /// What became of a decision so far.
    pub(super) fn outcome(&self, at: usize) -> Option<Outcome> {
        self.results()[at].as_ref().map(|result| result.outcome)
    }

    pub(super) fn cancelled(&self) -> bool {
        (self.cancelled)()
    }

    /// The config's entry for a decision that starts something.
    pub(super) fn node(&self, decision: &Decision) -> Option<NodeRef<'a>> {
        NodeRef::find(self.host.config, decision.port)
    }

    /// The decision about the source node on this port.
    pub(super) fn source_on(&self, port: Port) -> Option<(usize, &'a Decision)> {
        let is_source = |decision: &Decision| decision.role == Some(Role::Source) && decision.port == port;
        // A port may have two decisions: one stop, and one start that counts here.
        let stop = |decision: &Decision| matches!(decision.action, Action::Stop { .. });
        self.decisions().find(|(_, decision)| is_source(decision) && !stop(decision))
    }

    /// The token that a running node is asked with: its own.
    pub(super) fn token_of(&self, port: Port) -> Option<&Secret> {
        let nodes = &self.snapshot.observed.nodes;
        let secrets = &nodes.iter().find(|node| node.port == port)?.secrets;
        secrets.get(&Field::NodeAccessToken)?.as_ref()
    }

    /// A stop that a start waits for has not come about.
    pub(super) fn failed_stop(&self, after: &[Processes]) -> Option<&'a Decision> {
        let waited_for = |decision: &Decision| matches!(&decision.action, Action::Stop { node, .. } if after.contains(node));
        let good = |at| self.outcome(at).is_some_and(Outcome::is_good);
        self.decisions()
            .find(|(at, decision)| waited_for(decision) && !good(*at))
            .map(|(_, decision)| decision)
    }

    /// What needs no work gets its outcome; what was not begun was skipped.
    pub(super) fn keep_the_rest(&self) {
        for (at, decision) in self.decisions() {
            if self.outcome(at).is_some() {
                continue;
            }
            let result = match &decision.action {
                Action::Keep { .. } => NodeResult::of(Outcome::Kept),
                Action::Held { detail, .. } => NodeResult::held(detail),
                Action::Start { .. } | Action::Stop { .. } | Action::Restart { .. } => {
                    NodeResult::skipped("interrupted")
                }
            };
            self.finish(at, result);
        }
    }

    pub(super) fn into_report(self, problems: Vec<String>) -> Report {
        let results = self.results.into_inner().unwrap_or_else(PoisonError::into_inner);
        let missing = || NodeResult::skipped("not carried out");
        Report {
            results: results.into_iter().map(|result| result.unwrap_or_else(missing)).collect(),
            problems,
            interrupted: (self.cancelled)(),
        }
    }

    fn results(&self) -> MutexGuard<'_, Vec<Option<NodeResult>>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
