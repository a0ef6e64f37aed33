//! Streams that move to another port: each prepared before its old node is touched, the first ones alone.

use acecast_reconcile::{Action, Role};

use super::groups::Group;
use super::jobs::Run;
use super::prepare::{Prepared, prepare};
use super::ready::launch;
use super::{NodeResult, Outcome, Step, stops};
use crate::sweep::side_by_side;

/// Carries the moves out. Only source nodes move: a support node has nothing that it could take along.
pub(super) fn carry_out(run: &Run<'_>, role: Role, groups: &[Group]) {
    let Some((first, rest)) = groups.split_first().filter(|_| role == Role::Source) else { return };
    move_group(run, first);
    side_by_side(rest, run.options.parallel, |group| move_group(run, group));
}

fn move_group(run: &Run<'_>, group: &Group) {
    let decisions = &run.plan.decisions;
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
    let mut prepared: Vec<(usize, Prepared<'_>)> = Vec::new();
    for at in &group.starts {
        run.step(*at, Step::Prepare);
        match prepare(run, &decisions[*at]) {
            Ok(ready) => prepared.push((*at, ready)),
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
    for (at, prepared) in prepared {
        let result = match &decisions[at].action {
            Action::Start { after, new_key, .. } => match run.failed_stop(after) {
                Some(stop) => stops::not_stopped(stop),
                None => launch(run, at, prepared, *new_key).unless_ready("the stream is down"),
            },
            _ => NodeResult::failed("not a start"),
        };
        if result.outcome == Outcome::Failed {
            run.doubts.note_failed_change();
        }
        run.finish(at, result);
    }
}
