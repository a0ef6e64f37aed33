//! Streams that move to another port: each prepared before its old node is touched, the first ones alone.
//!
//! A move is a stop at one port and a start at another one, and may wait for other moves: two streams that change
//! places have both to be stopped before either can start. So what hangs together is carried out together.

use std::collections::BTreeMap;

use acecast_reconcile::{Action, Decision, Processes, Role, StopReason};

use super::jobs::Run;
use super::prepare::{Prepared, prepare};
use super::ready::launch;
use super::{NodeResult, Outcome, Step, stops};
use crate::sweep::side_by_side;

/// Moves that hang together, by their places in the plan.
#[derive(Debug, Default)]
pub(super) struct Group {
    stops: Vec<usize>,
    starts: Vec<usize>,
}

impl Group {
    /// The decision at this place is part of it.
    pub(super) fn has(&self, at: usize) -> bool {
        self.stops.contains(&at) || self.starts.contains(&at)
    }
}

/// The moves of a plan.
pub(super) fn groups(run: &Run<'_>) -> Vec<Group> {
    let stop = |(at, decision): (usize, &Decision)| match &decision.action {
        Action::Stop { reason, node } => Some((*node, (at, *reason == StopReason::Moved))),
        _ => None,
    };
    let stops: BTreeMap<Processes, (usize, bool)> = run.decisions().filter_map(stop).collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, decision) in run.decisions().filter(|(_, decision)| decision.role == Some(Role::Source)) {
        let Action::Start { after, .. } = &decision.action else { continue };
        let waits: Vec<(usize, bool)> = after.iter().filter_map(|node| stops.get(node).copied()).collect();
        if !waits.iter().any(|(_, moved)| *moved) {
            continue;
        }
        let mut group = Group { stops: Vec::new(), starts: vec![at] };
        for (stop, _) in waits {
            match group_of.get(&stop) {
                Some(other) => {
                    let other = std::mem::take(&mut groups[*other]);
                    group.stops.extend(other.stops);
                    group.starts.extend(other.starts);
                }
                None => group.stops.push(stop),
            }
        }
        group.stops.sort_unstable();
        group.stops.dedup();
        group_of.extend(group.stops.iter().map(|stop| (*stop, groups.len())));
        groups.push(group);
    }
    groups.retain(|group| !group.starts.is_empty());
    groups
}

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
                return skip("the move could not be prepared");
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
