//! Which of a plan's moves hang together.
//!
//! A move is a stop at one port and a start at another one, and may wait for other moves: two streams that change
//! places have both to be stopped before either can start. So what hangs together is carried out together.

use std::collections::BTreeMap;

use acecast_reconcile::{Action, Decision, Processes, Role, StopReason};

use super::jobs::Run;

/// Moves that hang together, by their places in the plan.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) stops: Vec<usize>,
    pub(super) starts: Vec<usize>,
}

impl Group {
    /// The decision at this place is part of it.
    pub(super) fn has(&self, at: usize) -> bool {
        self.stops.contains(&at) || self.starts.contains(&at)
    }
}

/// The moves of a plan.
pub(super) fn of_moves(run: &Run<'_>) -> Vec<Group> {
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
