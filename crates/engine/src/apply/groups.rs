//! Which of a plan's moves wait for each other, and in which order they can be carried out.
//!
//! A move is a stop at one port and a start at another one. Where it goes to a port that another move leaves, the other
//! one goes first: a chain goes from its free end, and one of its streams is down at a time. Only streams that change
//! places in a ring have all to be stopped before any of them can start.

use std::collections::{BTreeMap, BTreeSet};

use acecast_reconcile::{Action, Decision, Processes, Role, StopReason};

use super::jobs::Run;

/// What is carried out as one, by its places in the plan: a ring of moves, or a single one. Without stops it is a start
/// that waits for what others stop.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) stops: Vec<usize>,
    pub(super) starts: Vec<usize>,
}

/// The moves of a plan.
#[derive(Debug)]
pub(super) struct Moves {
    /// Nothing in one chain waits for another chain, and in a chain nothing waits for what comes later.
    pub(super) chains: Vec<Vec<Group>>,
    places: BTreeSet<usize>,
}

impl Moves {
    /// The decision at this place of the plan is part of a move, or waits for one.
    pub(super) fn has(&self, at: usize) -> bool {
        self.places.contains(&at)
    }
}

/// The moves of a plan.
pub(super) fn of_moves(run: &Run<'_>) -> Moves {
    find(&run.plan.decisions)
}

fn find(decisions: &[Decision]) -> Moves {
    let waits = waits(decisions);
    let is_moved =
        |stop: &usize| matches!(decisions[*stop].action, Action::Stop { reason: StopReason::Moved, .. });
    let moves: BTreeMap<usize, &Vec<usize>> = waits
        .iter()
        .filter(|(_, stops)| stops.iter().any(is_moved))
        .map(|(at, stops)| (*at, stops))
        .collect();
    let of_a_move = || moves.iter().flat_map(|(start, stops)| stops.iter().map(|stop| (*start, *stop)));
    // A stream's own start waits for it, too: it is the one of the same name.
    let goes_on =
        |(start, stop): &(usize, usize)| is_moved(stop) && decisions[*start].name == decisions[*stop].name;
    let home: BTreeMap<usize, usize> =
        of_a_move().filter(goes_on).map(|(start, stop)| (stop, start)).collect();
    let mut needs: BTreeMap<usize, Vec<usize>> = moves.keys().map(|start| (*start, Vec::new())).collect();
    for (start, stop) in of_a_move() {
        let other = home.get(&stop).filter(|other| **other != start);
        needs.entry(start).or_default().extend(other);
    }
    let mut chains = Chains::default();
    for starts in in_order(&needs) {
        let stops = starts.iter().flat_map(|start| &waits[start]).copied().collect();
        chains.push(starts, stops);
    }
    for (start, stops) in waits.iter().filter(|(start, _)| !moves.contains_key(start)) {
        // What only it waits for is stopped long before.
        let stops: BTreeSet<usize> =
            stops.iter().copied().filter(|stop| chains.taken.contains_key(stop)).collect();
        if !stops.is_empty() {
            chains.push(vec![*start], stops);
        }
    }
    chains.into_moves()
}

/// The stops that each start of a source node waits for.
fn waits(decisions: &[Decision]) -> BTreeMap<usize, Vec<usize>> {
    let stop = |(at, decision): (usize, &Decision)| match &decision.action {
        Action::Stop { node, .. } => Some((*node, at)),
        _ => None,
    };
    let stops: BTreeMap<Processes, usize> = decisions.iter().enumerate().filter_map(stop).collect();
    let start = |(at, decision): (usize, &Decision)| match &decision.action {
        Action::Start { after, .. } if decision.role == Some(Role::Source) => {
            Some((at, after.iter().filter_map(|node| stops.get(node).copied()).collect()))
        }
        _ => None,
    };
    decisions.iter().enumerate().filter_map(start).collect()
}

/// Everything after what it needs; what needs each other comes together.
fn in_order(needs: &BTreeMap<usize, Vec<usize>>) -> Vec<Vec<usize>> {
    let mut order = Vec::new();
    let mut done = BTreeSet::new();
    for start in needs.keys() {
        // Each step needs the next one. A way back to an earlier step makes all from there on one step.
        let mut path = if done.contains(start) { vec![] } else { vec![vec![*start]] };
        while let Some(step) = path.last() {
            let is_open = |other: &usize| !done.contains(other) && !step.contains(other);
            let open = step.iter().flat_map(|start| &needs[start]).copied().find(is_open);
            let back = open.and_then(|open| path.iter().position(|step| step.contains(&open)));
            match (open, back) {
                (Some(_), Some(back)) => {
                    let ring = path.split_off(back).concat();
                    path.push(ring);
                }
                (Some(open), None) => path.push(vec![open]),
                (None, _) => {
                    let mut ring = path.pop().unwrap_or_default();
                    ring.sort_unstable();
                    done.extend(ring.iter().copied());
                    order.push(ring);
                }
            }
        }
    }
    order
}

/// Groups in an order in which they can be carried out, being joined to chains.
#[derive(Default)]
struct Chains {
    /// Each with the number of its chain.
    groups: Vec<(usize, Group)>,
    /// Which group carries each stop out.
    taken: BTreeMap<usize, usize>,
}

impl Chains {
    /// Adds a group that waits for these stops, of which it carries out those that nobody before it does.
    fn push(&mut self, starts: Vec<usize>, waits: BTreeSet<usize>) {
        let before: BTreeSet<usize> =
            waits.iter().filter_map(|stop| Some(self.groups[*self.taken.get(stop)?].0)).collect();
        let at = self.groups.len();
        let chain = before.first().copied().unwrap_or(at);
        for (other, _) in self.groups.iter_mut().filter(|(other, _)| before.contains(other)) {
            *other = chain;
        }
        let stops: Vec<usize> = waits.into_iter().filter(|stop| !self.taken.contains_key(stop)).collect();
        self.taken.extend(stops.iter().map(|stop| (*stop, at)));
        self.groups.push((chain, Group { stops, starts }));
    }

    fn into_moves(self) -> Moves {
        let places = self.groups.iter().flat_map(|(_, group)| group.stops.iter().chain(&group.starts));
        let places = places.copied().collect();
        let mut chains: BTreeMap<usize, Vec<Group>> = BTreeMap::new();
        for (chain, group) in self.groups {
            chains.entry(chain).or_default().push(group);
        }
        Moves { chains: chains.into_values().collect(), places }
    }
}

#[cfg(test)]
mod tests;
