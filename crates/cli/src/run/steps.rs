//! What is heard of an apply while it goes on: only that it does.

use acecast_engine::apply::{NodeResult, Progress, Step};
use acecast_reconcile::Decision;

/// Feeds the watchdog with every step: an apply may take longer than the watchdog waits.
pub(super) struct Steps;

impl Progress for Steps {
    fn step(&self, decision: &Decision, step: Step) {
        tracing::debug!(port = %decision.port, step = step.as_str(), "apply");
        super::notify::alive();
    }

    fn done(&self, decision: &Decision, result: &NodeResult) {
        tracing::debug!(port = %decision.port, outcome = %result.outcome, "apply");
        super::notify::alive();
    }
}
