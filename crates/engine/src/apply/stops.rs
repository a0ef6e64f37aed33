//! The stops of a plan, side by side.

use acecast_reconcile::{Action, Decision};

use super::groups::Moves;
use super::jobs::Run;
use super::{NodeResult, Outcome, Step};
use crate::chain::chain;
use crate::stop::{StopError, Stopped, Target};

/// Carries out the stops that no move hangs on.
pub(super) fn carry_out(run: &Run<'_>, moves: &Moves) {
    let is_stop = |decision: &Decision| matches!(decision.action, Action::Stop { .. });
    let stops = run.decisions().filter(|(at, decision)| is_stop(decision) && !moves.has(*at));
    let stops: Vec<usize> = stops.map(|(at, _)| at).collect();
    if !run.cancelled() {
        stop(run, &stops);
    }
}

/// Carries out these stops, by their places in the plan.
pub(super) fn stop(run: &Run<'_>, stops: &[usize]) {
    let target = |at: usize| match &run.plan.decisions[at].action {
        Action::Stop { node, .. } => {
            Some((at, Target { port: run.plan.decisions[at].port, processes: *node }))
        }
        _ => None,
    };
    let stops: Vec<(usize, Target)> = stops.iter().filter_map(|at| target(*at)).collect();
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

/// What becomes of a start that waited for this stop.
pub(super) fn not_stopped(stop: &Decision) -> NodeResult {
    NodeResult::skipped(still_runs(stop))
}

/// Why what waited for this stop cannot be done.
pub(super) fn still_runs(stop: &Decision) -> String {
    let name = stop.name.as_deref().unwrap_or("the node");
    format!("{name} on port {} had to be stopped first, and was not", stop.port)
}

pub(super) fn result(end: &Result<Stopped, StopError>) -> NodeResult {
    match end {
        Ok(Stopped::Ended) => NodeResult::of(Outcome::Stopped),
        Ok(Stopped::Killed) => NodeResult::of(Outcome::Killed),
        Err(error) => NodeResult::failed(chain(error)),
    }
}
