//! The planner: a pure function from a snapshot of the world to decisions.
//!
//! It goes port by port, because a port is a node's identity: [`claim`] says which of several nodes on a port is
//! *the* node, [`decide`] compares it with what the config asks for, [`obstacle`] finds what stands in the way of a
//! start. What one decision means for others comes after: [`moves`] (a stream that cannot start at its new port is
//! not stopped at its old one), [`order`] (what a start waits for) and [`guard`] (is this too much to stop?).

mod claim;
mod decide;
mod draft;
mod guard;
mod moves;
mod obstacle;
mod order;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::plan::Plan;
use crate::{
    Desired, List, Listening, Observed, ObservedNode, Policy, Port, Role, StreamUid, Unknown, WrongEntry,
};

/// Decides what to do about every node that is wanted or runs.
///
/// Safe by construction: a node whose identity is not proven is held, never stopped; no port gets two nodes; a node
/// that is what the config asks for is kept. Applying a plan and planning again gives a plan without changes. The
/// order of what was observed makes no difference.
pub fn plan(desired: &Desired, observed: &Observed, policy: &Policy) -> Plan {
    let world = World::new(desired, observed, policy);
    let mut drafts = Vec::with_capacity(observed.nodes.len());
    for port in world.ports() {
        decide::port(&world, port, &mut drafts);
    }
    moves::hold_what_cannot_move(&world, &mut drafts);
    order::add_waits(&world, &mut drafts);
    let refused = guard::refusal(&world, &drafts);
    Plan::sorted(drafts.into_iter().map(|draft| draft.decision).collect(), refused)
}

/// The snapshot, with the indexes that keep planning linear.
struct World<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    policy: &'a Policy,
    /// What runs, by port and there in the order of claims, so that the order of the snapshot makes no difference.
    nodes: Vec<&'a ObservedNode>,
    /// Which of them are on each port.
    on_port: BTreeMap<Port, Range<usize>>,
    unknown: BTreeMap<Port, &'a Unknown>,
    wrong: BTreeMap<Port, (Role, &'a WrongEntry)>,
    /// Where the config wants each stream.
    homes: HashMap<&'a StreamUid, Port>,
    /// Nodes that carry a stream on a port where the config does not want it.
    strays: HashMap<&'a StreamUid, Vec<&'a ObservedNode>>,
    /// Nodes that listen on another port than their own, by that port.
    squatters: HashMap<Port, Vec<&'a ObservedNode>>,
}

impl<'a> World<'a> {
    fn new(desired: &'a Desired, observed: &'a Observed, policy: &'a Policy) -> Self {
        let mut nodes: Vec<&ObservedNode> = observed.nodes.iter().collect();
        nodes.sort_by_cached_key(|node| (node.port, claim::by_claim(node)));
        let mut strays: HashMap<&StreamUid, Vec<&ObservedNode>> = HashMap::new();
        let mut squatters: HashMap<Port, Vec<&ObservedNode>> = HashMap::new();
        for node in &nodes {
            let wanted_here = desired.get(node.port).and_then(|wanted| wanted.spec.stream.uid());
            if let Some(uid) = node.uid().filter(|uid| wanted_here != Some(uid)) {
                strays.entry(uid).or_default().push(node);
            }
            if let Listening::Elsewhere(port) = node.listening {
                squatters.entry(port).or_default().push(node);
            }
        }
        let lists = Role::ALL.into_iter().filter_map(|role| Some((role, desired.list(role)?)));
        let wrong = lists.flat_map(|(role, list)| {
            list.wrong().iter().filter_map(move |entry| Some((entry.port?, (role, entry))))
        });
        // Hashing again as the map grows would be most of its cost.
        let mut homes = HashMap::with_capacity(desired.list(Role::Source).map_or(0, List::len));
        homes.extend(desired.nodes().filter_map(|node| Some((node.spec.stream.uid()?, node.spec.port))));
        World {
            desired,
            observed,
            policy,
            on_port: ranges(&nodes),
            nodes,
            unknown: observed.unknown.iter().map(|unknown| (unknown.port, unknown)).collect(),
            wrong: wrong.collect(),
            homes,
            strays,
            squatters,
        }
    }

    /// Every port that something must be decided about.
    fn ports(&self) -> Vec<Port> {
        let wanted = self.desired.nodes().map(|node| node.spec.port);
        let running = self.running().filter(|node| self.in_scope(node)).map(|node| node.port);
        let unknown = self.unknown.keys().copied();
        let wrong = self.wrong.keys().copied();
        let ports = wanted.chain(running).chain(unknown).chain(wrong);
        let mut ports: Vec<Port> = ports.filter(|port| self.policy.scope.has(*port)).collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// Every node that runs, by port.
    fn running(&self) -> impl Iterator<Item = &'a ObservedNode> {
        self.nodes.iter().copied()
    }

    fn nodes_on(&self, port: Port) -> &[&'a ObservedNode] {
        self.on_port.get(&port).map_or(&[], |range| &self.nodes[range.clone()])
    }

    /// The nodes that carry the stream on another port than its own in the config.
    fn strays_of(&self, uid: &StreamUid) -> &[&'a ObservedNode] {
        self.strays.get(uid).map_or(&[], Vec::as_slice)
    }

    /// The nodes that listen on the port although it is not theirs.
    fn squatters_on(&self, port: Port) -> &[&'a ObservedNode] {
        self.squatters.get(&port).map_or(&[], Vec::as_slice)
    }

    /// The node's role has a list. A node whose role is not known may belong to any list that is there.
    fn in_scope(&self, node: &ObservedNode) -> bool {
        match node.identity.role() {
            Some(role) => self.desired.list(role).is_some(),
            None => Role::ALL.into_iter().any(|role| self.desired.list(role).is_some()),
        }
    }

    /// The node's role and its port are in scope.
    fn decides_about(&self, node: &ObservedNode) -> bool {
        self.in_scope(node) && self.policy.scope.has(node.port)
    }

    /// The role's list has entries that had to be left out.
    fn is_incomplete(&self, role: Role) -> bool {
        self.desired.list(role).is_some_and(|list| !list.wrong().is_empty())
    }

    /// The role's list has an entry of which not even the port is known.
    fn has_portless_entry(&self, role: Role) -> bool {
        self.desired.list(role).is_some_and(|list| list.wrong().iter().any(|entry| entry.port.is_none()))
    }
}

/// Which of the nodes are on each port. They are in the order of their ports.
fn ranges(nodes: &[&ObservedNode]) -> BTreeMap<Port, Range<usize>> {
    let mut start = 0;
    let on_one_port = nodes.chunk_by(|a, b| a.port == b.port);
    let ranges = on_one_port.map(|nodes| {
        let range = start..start + nodes.len();
        start = range.end;
        (nodes[0].port, range)
    });
    ranges.collect()
}
