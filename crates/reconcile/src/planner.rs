//! The planner: a pure function from a snapshot of the world to decisions.
//!
//! It goes port by port, because a port is a node's identity: [`claim`] says which of several nodes on a port is
//! *the* node, [`decide`] compares it with what the config asks for, [`obstacle`] finds what stands in the way of a
//! start. What one decision means for others comes after: [`moves`] (a stream that cannot start at its new port is
//! not stopped at its old one), [`order`] (what a start waits for) and [`guard`] (is this too much to stop?).

mod claim;
mod decide;
mod guard;
mod moves;
mod obstacle;
mod order;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::plan::{Action, Decision, HeldReason, Plan};
use crate::policy::in_scope;
use crate::{
    Desired, DesiredNode, Listening, Observed, ObservedNode, Policy, Port, Role, StreamUid, Unknown,
    WrongEntry,
};

/// Decides what to do about every node that is wanted or runs.
///
/// Safe by construction: a node whose identity is not proven is held, never stopped; no port gets two nodes; a node
/// that is what the config asks for is kept. Applying a plan and planning again gives a plan without changes.
pub fn plan(desired: &Desired, observed: &Observed, policy: &Policy) -> Plan {
    let world = World::new(desired, observed, policy);
    let mut drafts: Vec<Draft<'_>> =
        world.ports().into_iter().flat_map(|port| decide::port(&world, port)).collect();
    moves::hold_what_cannot_move(&world, &mut drafts);
    order::add_waits(&world, &mut drafts);
    let refused = guard::refusal(&world, &drafts);
    let mut decisions: Vec<Decision> = drafts.into_iter().map(|draft| draft.decision).collect();
    decisions.sort_by_cached_key(|d| (d.role.is_none(), d.role, d.port, d.action.rank(), d.pid()));
    Plan { decisions, refused }
}

/// The snapshot, with the indexes that keep planning linear.
struct World<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    policy: &'a Policy,
    nodes: BTreeMap<Port, Vec<&'a ObservedNode>>,
    unknown: BTreeMap<Port, &'a Unknown>,
    wrong: BTreeMap<Port, (Role, &'a WrongEntry)>,
    /// Where the config wants each stream.
    homes: HashMap<&'a StreamUid, Port>,
    /// Who carries each stream.
    carriers: HashMap<&'a StreamUid, Vec<&'a ObservedNode>>,
    /// Nodes that listen on another port than their own, by that port.
    squatters: HashMap<Port, &'a ObservedNode>,
}

/// A decision in the making, with the nodes that it is about.
struct Draft<'a> {
    decision: Decision,
    wanted: Option<&'a DesiredNode>,
    running: Option<&'a ObservedNode>,
}

impl<'a> World<'a> {
    fn new(desired: &'a Desired, observed: &'a Observed, policy: &'a Policy) -> Self {
        let mut nodes: BTreeMap<Port, Vec<&ObservedNode>> = BTreeMap::new();
        let mut carriers: HashMap<&StreamUid, Vec<&ObservedNode>> = HashMap::new();
        let mut squatters = HashMap::new();
        for node in &observed.nodes {
            nodes.entry(node.port).or_default().push(node);
            if let Some(uid) = node.identity.spec().and_then(|spec| spec.stream.uid()) {
                carriers.entry(uid).or_default().push(node);
            }
            if let Listening::Elsewhere(port) = node.listening {
                squatters.insert(port, node);
            }
        }
        let wrong = Role::ALL.into_iter().filter_map(|role| Some((role, desired.list(role)?))).flat_map(
            |(role, list)| list.wrong().iter().filter_map(move |entry| Some((entry.port?, (role, entry)))),
        );
        let homes = desired.nodes().filter_map(|node| Some((node.spec.stream.uid()?, node.spec.port)));
        World {
            desired,
            observed,
            policy,
            nodes,
            unknown: observed.unknown.iter().map(|unknown| (unknown.port, unknown)).collect(),
            wrong: wrong.collect(),
            homes: homes.collect(),
            carriers,
            squatters,
        }
    }

    /// Every port that something must be decided about.
    fn ports(&self) -> BTreeSet<Port> {
        let wanted = self.desired.nodes().map(|node| node.spec.port);
        let running = self.observed.nodes.iter().filter(|node| self.in_scope(node)).map(|node| node.port);
        let unknown = self.unknown.keys().copied();
        let wrong = self.wrong.keys().copied();
        wanted
            .chain(running)
            .chain(unknown)
            .chain(wrong)
            .filter(|port| self.policy.scope.has(*port))
            .collect()
    }

    fn in_scope(&self, node: &ObservedNode) -> bool {
        in_scope(self.desired, node.identity.role())
    }

    fn nodes_on(&self, port: Port) -> &[&'a ObservedNode] {
        self.nodes.get(&port).map_or(&[], Vec::as_slice)
    }

    /// The role's list has entries that had to be left out.
    fn incomplete(&self, role: Role) -> bool {
        self.desired.list(role).is_some_and(|list| !list.wrong().is_empty())
    }

    /// The role's list has an entry of which not even the port is known.
    fn has_portless_entry(&self, role: Role) -> bool {
        self.desired.list(role).is_some_and(|list| list.wrong().iter().any(|entry| entry.port.is_none()))
    }
}

impl<'a> Draft<'a> {
    fn wanted(node: &'a DesiredNode, action: Action) -> Self {
        let decision = Decision {
            role: Some(node.spec.role()),
            port: node.spec.port,
            name: Some(node.spec.name()),
            action,
        };
        Draft { decision, wanted: Some(node), running: None }
    }

    fn running(node: &'a ObservedNode, action: Action) -> Self {
        let decision = Decision {
            role: node.identity.role(),
            port: node.port,
            name: node.identity.spec().map(crate::Spec::name),
            action,
        };
        Draft { decision, wanted: None, running: Some(node) }
    }

    fn both(wanted: &'a DesiredNode, running: &'a ObservedNode, action: Action) -> Self {
        Draft { running: Some(running), ..Draft::wanted(wanted, action) }
    }

    /// Turns the decision into a held one.
    fn hold(&mut self, reason: HeldReason, detail: String) {
        let pid = self.running.map(|node| node.processes.pid());
        let drift = self.decision.action.drift().to_vec();
        self.decision.action = Action::Held { reason, pid, detail, drift };
    }
}
