//! A stream that cannot start at its new port is not stopped at its old one, and nothing starts beside what stays.
//!
//! One held node can hold others: it keeps its port, so the node that should start there is held, so that node's
//! stream stays where it runs, and so on. Each node is held at most once, so following the chain is linear.

use std::collections::HashMap;

use super::World;
use super::draft::Draft;
use crate::plan::{Action, HeldReason};
use crate::{Listening, ObservedNode, Port, StreamUid};

pub(super) fn hold_what_cannot_move<'a>(world: &World<'a>, drafts: &mut [Draft<'a>]) {
    let mut chain = Chain::new(world, drafts);
    loop {
        while let Some(node) = chain.staying.pop() {
            chain.hold_starts_beside(node);
        }
        let Some(uid) = chain.blocked.pop() else { break };
        chain.hold_stops_of(uid);
    }
}

/// What is still to be followed, and the decisions that can still be held.
struct Chain<'w, 'a> {
    world: &'w World<'a>,
    drafts: &'w mut [Draft<'a>],
    /// The starts, by port.
    starts: HashMap<Port, usize>,
    /// The stops, by the stream that the node carries and by port.
    stops_by_uid: HashMap<&'a StreamUid, Vec<usize>>,
    stops_by_port: HashMap<Port, Vec<usize>>,
    /// Nodes that stay where they may be in the way.
    staying: Vec<&'a ObservedNode>,
    /// Streams that neither run on their port in the config nor will be started there.
    blocked: Vec<&'a StreamUid>,
}

impl<'w, 'a> Chain<'w, 'a> {
    fn new(world: &'w World<'a>, drafts: &'w mut [Draft<'a>]) -> Self {
        let mut starts = HashMap::new();
        let mut stops_by_uid: HashMap<&StreamUid, Vec<usize>> = HashMap::new();
        let mut stops_by_port: HashMap<Port, Vec<usize>> = HashMap::new();
        let mut staying: Vec<&ObservedNode> =
            world.running().filter(|node| !world.decides_about(node)).collect();
        let mut blocked = Vec::new();
        for (at, draft) in drafts.iter().enumerate() {
            match &draft.decision.action {
                Action::Start { .. } => {
                    starts.insert(draft.decision.port, at);
                }
                Action::Stop { .. } => {
                    stops_by_port.entry(draft.decision.port).or_default().push(at);
                    if let Some(uid) = draft.running().and_then(ObservedNode::uid) {
                        stops_by_uid.entry(uid).or_default().push(at);
                    }
                }
                Action::Held { drift, .. } => {
                    staying.extend(draft.running());
                    // A restart that is held is no obstacle: the stream runs where it should.
                    blocked.extend(draft.wanted_uid().filter(|_| drift.is_empty()));
                }
                // What runs where it should is in nobody's way.
                Action::Restart { .. } | Action::Keep { .. } => {}
            }
        }
        Chain { world, drafts, starts, stops_by_uid, stops_by_port, staying, blocked }
    }

    /// Nothing can start on a port that the node uses, and its stream cannot start elsewhere.
    fn hold_starts_beside(&mut self, node: &ObservedNode) {
        let (port, pid) = (node.port, node.processes.pid());
        self.hold_start(port, HeldReason::PortTaken, || {
            format!("the node with pid {pid} stays on this port")
        });
        if let Listening::Elsewhere(actual) = node.listening {
            self.hold_start(actual, HeldReason::PortTaken, || {
                format!("the node of port {port} listens here (pid {pid})")
            });
        }
        if let Some(home) = node.uid().and_then(|uid| self.world.homes.get(uid)).copied() {
            self.hold_start(home, HeldReason::StreamRunning, || {
                format!("the stream still runs on port {port} (pid {pid})")
            });
        }
    }

    fn hold_start(&mut self, port: Port, reason: HeldReason, detail: impl FnOnce() -> String) {
        if let Some(at) = self.starts.remove(&port) {
            let draft = &mut self.drafts[at];
            draft.hold(reason, detail());
            self.blocked.extend(draft.wanted_uid());
        }
    }

    /// The stream cannot start where the config wants it, so it stays where it runs. If that is the very port, where
    /// another node has the claim, the port stays as it is: one step of the way would only be half a replacement.
    fn hold_stops_of(&mut self, uid: &StreamUid) {
        let home = self.world.homes[uid];
        let mut runs_at_home = false;
        for at in self.stops_by_uid.remove(uid).unwrap_or_default() {
            runs_at_home |= self.drafts[at].decision.port == home;
            self.hold_stop(at, format!("{uid} cannot be started on port {home}, so it stays here"));
        }
        if runs_at_home {
            for at in self.stops_by_port.remove(&home).unwrap_or_default() {
                self.hold_stop(at, format!("{uid} cannot be started here, so this port stays as it is"));
            }
        }
    }

    fn hold_stop(&mut self, at: usize, detail: String) {
        let draft = &mut self.drafts[at];
        if let Action::Stop { .. } = draft.decision.action {
            draft.hold(HeldReason::MoveBlocked, detail);
            self.staying.extend(draft.running());
        }
    }
}
