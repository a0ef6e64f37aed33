//! The stops of a plan, side by side.

use acecast_reconcile::Action;

use super::jobs::Run;
use super::{NodeResult, Outcome, Step};
use crate::chain::chain;
use crate::stop::{StopError, Stopped, Target};

pub(super) fn carry_out(run: &Run<'_>) {
    let stops: Vec<(usize, Target)> = run
        .decisions()
        .filter_map(|(at, decision)| match &decision.action {
            Action::Stop { node, .. } => Some((at, Target { port: decision.port, processes: *node })),
            _ => None,
        })
        .collect();
    if run.cancelled() || stops.is_empty() {
        return;
    }
    for (at, _) in &stops {
        run.step(*at, Step::Stop);
    }
    let targets: Vec<Target> = stops.iter().map(|(_, target)| *target).collect();
    let place = |target: Target| stops.iter().find(|(_, stop)| *stop == target).map(|(at, _)| *at);
    let killing = |target: Target| {
        if let Some(at) = place(target) {
            run.step(at, Step::Kill);
        }
    };
    let ends = run.stopper.stop_all(&targets, &killing);
    for ((at, _), end) in stops.iter().zip(ends) {
        run.finish(*at, result(&end));
    }
}

pub(super) fn result(end: &Result<Stopped, StopError>) -> NodeResult {
    match end {
        Ok(Stopped::Ended) => NodeResult::of(Outcome::Stopped),
        Ok(Stopped::Killed) => NodeResult::of(Outcome::Killed),
        Err(error) => NodeResult::failed(chain(error)),
    }
}
