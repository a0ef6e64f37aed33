//! The planner: a pure function from a snapshot of the world to decisions.
//!
//! It goes port by port, because a port is a node's identity: [`site`] says what is wanted and what runs on each,
//! [`claim`] which of several nodes on a port is *the* node, [`decide`] compares it with what the config asks for,
//! [`obstacle`] finds what stands in the way of a start, and [`usable_key`] whether that is the key. What one decision
//! means for others comes after: [`moves`] (a stream that cannot start at its new port is not stopped at its old one),
//! [`order`] (what a start waits for) and [`guard`] (is this too much to stop?).

mod claim;
mod decide;
mod draft;
mod guard;
mod lost_key;
mod moves;
mod obstacle;
mod order;
mod site;
mod usable_key;

use std::collections::{BTreeMap, HashMap};

use crate::plan::Plan;
use crate::{Desired, Listening, Observed, ObservedNode, Policy, Port, Role, StreamUid, Unknown, WrongEntry};
use site::Site;

/// Decides what to do about every node that is wanted or runs.
///
/// Safe by construction: a node whose identity is not proven is held, never stopped; no port gets two nodes; a node
/// that is what the config asks for is kept. Applying a plan and planning again gives a plan without changes. The
/// order of what was observed makes no difference.
pub fn plan(desired: &Desired, observed: &Observed, policy: &Policy) -> Plan {
    let nodes = site::by_port(&observed.nodes);
    let world = World::new(desired, observed, policy, &nodes);
    let mut drafts = Vec::with_capacity(world.sites.len());
    for site in world.sites.iter().filter(|site| world.concerns(site)) {
        decide::site(&world, site, &mut drafts);
    }
    moves::hold_what_cannot_move(&world, &mut drafts);
    order::wait_for_sources(&world, &mut drafts);
    let refused = guard::refusal(&world, &drafts);
    Plan::sorted(drafts.into_iter().map(|draft| draft.decision).collect(), refused)
}

/// The snapshot, with the indexes that keep planning linear.
struct World<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    policy: &'a Policy,
    /// What runs, by port and there in the order of claims, so that the order of the snapshot makes no difference.
    nodes: &'a [&'a ObservedNode],
    /// Every port that anything is known of, in order.
    sites: Vec<Site<'a>>,
    unknown: BTreeMap<Port, &'a Unknown>,
    wrong: BTreeMap<Port, (Role, &'a WrongEntry)>,
    /// Streams that run on a port where the config does not want them.
    strays: HashMap<&'a StreamUid, Stray<'a>>,
    /// Nodes that listen on another port than their own, by that port.
    squatters: HashMap<Port, Vec<&'a ObservedNode>>,
}

/// A stream that runs where the config does not want it.
#[derive(Default)]
struct Stray<'a> {
    /// Where it runs like that.
    nodes: Vec<&'a ObservedNode>,
    /// Where the config wants it.
    home: Option<Port>,
}

impl<'a> World<'a> {
    /// The nodes are those observed, by port and there in the order of claims.
    fn new(
        desired: &'a Desired,
        observed: &'a Observed,
        policy: &'a Policy,
        nodes: &'a [&'a ObservedNode],
    ) -> Self {
        let sites = site::all(desired, observed, nodes);
        let astray: Vec<(&StreamUid, &ObservedNode)> = sites.iter().flat_map(Site::astray).collect();
        // Hashing again as the map grows would be most of its cost.
        let mut strays: HashMap<&StreamUid, Stray<'_>> = HashMap::with_capacity(astray.len());
        for (uid, node) in astray {
            strays.entry(uid).or_default().nodes.push(node);
        }
        for site in &sites {
            if let Some(stray) = site.wanted_uid().and_then(|uid| strays.get_mut(uid)) {
                stray.home = Some(site.port);
            }
        }
        let mut squatters: HashMap<Port, Vec<&ObservedNode>> = HashMap::new();
        for node in nodes {
            if let Listening::Elsewhere(port) = node.listening {
                squatters.entry(port).or_default().push(node);
            }
        }
        let lists = Role::ALL.into_iter().filter_map(|role| Some((role, desired.list(role)?)));
        let wrong = lists.flat_map(|(role, list)| {
            list.wrong().iter().filter_map(move |entry| Some((entry.port?, (role, entry))))
        });
        World {
            desired,
            observed,
            policy,
            nodes,
            sites,
            unknown: observed.unknown.iter().map(|unknown| (unknown.port, unknown)).collect(),
            wrong: wrong.collect(),
            strays,
            squatters,
        }
    }

    /// Something must be decided about the port.
    fn concerns(&self, site: &Site<'_>) -> bool {
        self.policy.scope.has(site.port)
            && (site.wanted.is_some()
                || site.nodes.iter().any(|node| self.in_scope(node))
                || self.unknown.contains_key(&site.port)
                || self.wrong.contains_key(&site.port))
    }

    /// Every node that runs, by port.
    fn running(&self) -> impl Iterator<Item = &'a ObservedNode> {
        self.nodes.iter().copied()
    }

    fn nodes_on(&self, port: Port) -> &'a [&'a ObservedNode] {
        let site = self.sites.binary_search_by_key(&port, |site| site.port);
        site.map_or(&[], |at| self.sites[at].nodes)
    }

    /// The nodes that carry the stream on another port than its own in the config.
    fn strays_of(&self, uid: &StreamUid) -> &[&'a ObservedNode] {
        self.strays.get(uid).map_or(&[], |stray| &stray.nodes)
    }

    /// Where the config wants a stream that runs elsewhere.
    fn home_of(&self, uid: &StreamUid) -> Option<Port> {
        self.strays.get(uid)?.home
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
