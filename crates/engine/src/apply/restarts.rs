//! The restarts of a plan: each prepared before its old node is touched, the first one alone.

use std::num::NonZeroUsize;

use acecast_reconcile::{Action, Decision, Role};

use super::jobs::Run;
use super::ready::launch;
use super::starts::await_source;
use super::{NodeResult, Outcome, Step, prepare};
use crate::chain::chain;
use crate::stop::{Stopped, Target};
use crate::sweep::side_by_side;

/// Restarts the nodes of this role. All their sources have been seen to before.
pub(super) fn carry_out(run: &Run<'_>, role: Role) {
    let is_restart = |decision: &Decision| matches!(decision.action, Action::Restart { .. });
    let jobs: Vec<(usize, &Decision)> = run.decisions_of(role).filter(|(_, d)| is_restart(d)).collect();
    let Some((first, rest)) = jobs.split_first() else { return };
    // A new engine version that does not work shows here, while all other nodes still broadcast.
    restart(run, *first);
    let parallel = if run.options.one_by_one { NonZeroUsize::MIN } else { run.options.parallel };
    side_by_side(rest, parallel, |job| restart(run, *job));
}

fn restart(run: &Run<'_>, (at, decision): (usize, &Decision)) {
    let doubt = run.node(decision).and_then(|node| run.doubts.about(node.common().channel));
    let result = match doubt {
        _ if run.cancelled() => NodeResult::skipped("interrupted; the node keeps running as it was"),
        Some(doubt) => NodeResult::skipped(format!("{doubt}; the node keeps running as it was")),
        None => restarted(run, at, decision),
    };
    match result.outcome {
        Outcome::Failed => run.doubts.note_failed_change(),
        Outcome::Starting if run.options.one_by_one => run.doubts.note_not_ready(decision.port),
        _ => {}
    }
    run.finish(at, result);
}

fn restarted(run: &Run<'_>, at: usize, decision: &Decision) -> NodeResult {
    let Action::Restart { node, needs, new_key, .. } = &decision.action else {
        return NodeResult::failed("not a restart");
    };
    if let Err(why) = needs.map_or(Ok(()), |port| await_source(run, at, port)) {
        return NodeResult::skipped(why);
    }
    run.step(at, Step::Prepare);
    let prepared = match prepare::prepare(run, decision) {
        Ok(prepared) => prepared,
        Err(error) => return error.into_result("; the node keeps running as it was"),
    };
    run.step(at, Step::Stop);
    let target = Target { port: decision.port, processes: *node };
    let ends = run.stopper.stop_all(&[target], &|_| run.step(at, Step::Kill));
    let killed = match ends.into_iter().next() {
        Some(Ok(end)) => end == Stopped::Killed,
        Some(Err(error)) => return NodeResult::failed(chain(&error)),
        None => return NodeResult::failed("not stopped"),
    };
    let mut result = launch(run, at, prepared, *new_key).unless_ready("the node is down");
    if killed {
        result.notes.push("the old node did not end in time and was killed".to_owned());
    }
    result
}
