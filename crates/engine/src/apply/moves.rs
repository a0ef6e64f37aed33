//! Streams that move to another port: each prepared before its old node is touched, the first one alone.
//!
//! Chains go side by side, and each of them one by one, so that an engine that does not work is seen before the next
//! stream is stopped. The streams of a ring have all to be stopped before one of them can start.

mod slots;

use std::sync::{Mutex, PoisonError};

use acecast_reconcile::{Action, Decision, Processes, Role};

use super::groups::{Group, Moves};
use super::jobs::Run;
use super::prepare::{Prepared, prepare};
use super::ready::launch;
use super::{NodeResult, Outcome, Step, starts, stops};
use crate::sweep::side_by_side;
use slots::Slots;

/// Carries the moves out. Only source nodes move: a support node has nothing that it could take along.
pub(super) fn carry_out(run: &Run<'_>, role: Role, moves: &Moves) {
    let mut chains: Vec<&[Group]> = moves.chains.iter().map(Vec::as_slice).collect();
    let Some(chain) = chains.first_mut().filter(|_| role == Role::Source) else { return };
    let Some((first, rest)) = chain.split_first() else { return };
    let slots = Slots::new(run.options.parallel);
    move_group(run, first, &slots);
    *chain = rest;
    side_by_side(&chains, run.options.parallel, |chain| {
        for group in *chain {
            move_group(run, group, &slots);
        }
    });
}

fn move_group(run: &Run<'_>, group: &Group, slots: &Slots) {
    let decisions = &run.plan.decisions;
    if group.stops.is_empty() {
        // Nothing runs that it could take down, so it is a start like any other.
        for at in &group.starts {
            let _slot = slots.take();
            starts::start(run, *at, &decisions[*at]);
        }
        return;
    }
    let skip = |why: &str| {
        for at in group.stops.iter().chain(&group.starts).filter(|at| run.outcome(**at).is_none()) {
            run.finish(*at, NodeResult::skipped(format!("{why}; what runs keeps running")));
        }
    };
    if run.cancelled() {
        return skip("interrupted");
    }
    let channels = group.starts.iter().filter_map(|at| Some(run.node(&decisions[*at])?.common().channel));
    if let Some(doubt) = channels.into_iter().find_map(|channel| run.doubts.about(channel)) {
        return skip(&doubt);
    }
    if let Some(stop) = not_left(run, group) {
        return skip(&stops::still_runs(stop));
    }
    let mut prepared: Vec<(usize, Mutex<Option<Prepared<'_>>>)> = Vec::new();
    for at in &group.starts {
        run.step(*at, Step::Prepare);
        match prepare(run, &decisions[*at]) {
            Ok(ready) => prepared.push((*at, Mutex::new(Some(ready)))),
            Err(error) => {
                let result = error.into_result("; the stream keeps running on its old port");
                if result.outcome == Outcome::Failed {
                    run.doubts.note_failed_change();
                }
                run.finish(*at, result);
                return skip("the move cannot be prepared");
            }
        }
    }
    stops::stop(run, &group.stops);
    side_by_side(&prepared, run.options.parallel, |(at, prepared)| {
        let _slot = slots.take();
        let prepared = prepared.lock().unwrap_or_else(PoisonError::into_inner).take();
        let result = match (&decisions[*at].action, prepared) {
            (Action::Start { after, new_key, .. }, Some(prepared)) => match run.failed_stop(after) {
                Some(stop) => stops::not_stopped(stop),
                None => launch(run, *at, prepared, *new_key).unless_ready("the stream is down"),
            },
            _ => NodeResult::failed("not a start"),
        };
        if result.outcome == Outcome::Failed {
            run.doubts.note_failed_change();
        }
        run.finish(*at, result);
    });
}

/// What had to be stopped by the moves before these, and was not.
fn not_left<'a>(run: &Run<'a>, group: &Group) -> Option<&'a Decision> {
    let decisions = &run.plan.decisions;
    let waits = group.starts.iter().filter_map(|at| match &decisions[*at].action {
        Action::Start { after, .. } => Some(after),
        _ => None,
    });
    let own = group.stops.iter().filter_map(|at| match &decisions[*at].action {
        Action::Stop { node, .. } => Some(*node),
        _ => None,
    });
    let own: Vec<Processes> = own.collect();
    let others: Vec<Processes> = waits.flatten().filter(|node| !own.contains(node)).copied().collect();
    run.failed_stop(&others)
}
