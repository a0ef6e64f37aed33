//! A stream that cannot start at its new port is not stopped at its old one, and nothing starts beside what stays.
//!
//! One held node can hold others: it keeps its port, so the node that should start there is held, so that node's
//! stream stays where it runs, and so on. Each node is held at most once, so following the chain is linear in the
//! nodes, of which few share one port.

use std::ops::Range;

use super::World;
use super::draft::Draft;
use crate::plan::Action;
use crate::reason::HeldReason;
use crate::{Listening, ObservedNode, Port, StreamUid};

pub(super) fn hold_what_cannot_move<'a>(world: &World<'a>, drafts: &mut [Draft<'a>]) {
    let mut chain = Chain::new(world, drafts);
    loop {
        while let Some(node) = chain.staying.pop() {
            chain.hold_starts_beside(node);
        }
        let Some((uid, home)) = chain.blocked.pop() else { break };
        chain.hold_stops_of(uid, home);
    }
}

/// What is still to be followed.
struct Chain<'w, 'a> {
    world: &'w World<'a>,
    /// In the order of their ports.
    drafts: &'w mut [Draft<'a>],
    /// Their ports once more: looking for one reads a small part of what the drafts take.
    ports: Vec<Port>,
    /// Nodes that stay where they may be in the way.
    staying: Vec<&'a ObservedNode>,
    /// Streams that neither run on their port in the config nor will be started there, with that port.
    blocked: Vec<(&'a StreamUid, Port)>,
}

impl<'w, 'a> Chain<'w, 'a> {
    fn new(world: &'w World<'a>, drafts: &'w mut [Draft<'a>]) -> Self {
        let ports = drafts.iter().map(|draft| draft.decision.port).collect();
        let mut staying: Vec<&ObservedNode> =
            world.running().filter(|node| !world.decides_about(node)).collect();
        let mut blocked = Vec::new();
        for draft in &*drafts {
            if let Action::Held { .. } = &draft.decision.action {
                staying.extend(draft.running());
                // A restart that is held is no obstacle: the stream runs where it should.
                blocked.extend(draft.home().filter(|_| !draft.is_held_restart()));
            }
        }
        Chain { world, drafts, ports, staying, blocked }
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
        if let Some(home) = node.uid().and_then(|uid| self.world.home_of(uid)) {
            self.hold_start(home, HeldReason::StreamRunning, || {
                format!("the stream still runs on port {port} (pid {pid})")
            });
        }
    }

    fn hold_start(&mut self, port: Port, reason: HeldReason, detail: impl FnOnce() -> String) {
        let on_port = self.on_port(port);
        let mut drafts = self.drafts[on_port].iter_mut();
        if let Some(draft) = drafts.find(|draft| matches!(draft.decision.action, Action::Start { .. })) {
            draft.hold(reason, detail());
            self.blocked.extend(draft.home());
        }
    }

    /// The stream cannot start where the config wants it, so it stays where it runs. If that is the very port, where
    /// another node has the claim, the port stays as it is: one step of the way would only be half a replacement.
    fn hold_stops_of(&mut self, uid: &StreamUid, home: Port) {
        let carries = |draft: &Draft<'_>| draft.running().and_then(ObservedNode::uid) == Some(uid);
        let stays = || format!("{uid} cannot be started on port {home}, so it stays here");
        let mut ports: Vec<Port> = self.world.strays_of(uid).iter().map(|node| node.port).collect();
        ports.push(home);
        ports.sort_unstable();
        ports.dedup();
        let mut runs_at_home = false;
        for port in ports {
            runs_at_home |= self.hold_stops(port, carries, stays) && port == home;
        }
        if runs_at_home {
            let stays = || format!("{uid} cannot be started here, so this port stays as it is");
            self.hold_stops(home, |_| true, stays);
        }
    }

    /// Holds those stops on the port, and says whether there are any.
    fn hold_stops(
        &mut self,
        port: Port,
        which: impl Fn(&Draft<'_>) -> bool,
        detail: impl Fn() -> String,
    ) -> bool {
        let mut any = false;
        let on_port = self.on_port(port);
        for draft in &mut self.drafts[on_port] {
            if matches!(draft.decision.action, Action::Stop { .. }) && which(draft) {
                any = true;
                draft.hold(HeldReason::MoveBlocked, detail());
                self.staying.extend(draft.running());
            }
        }
        any
    }

    /// Which drafts are about the port.
    fn on_port(&self, port: Port) -> Range<usize> {
        let start = self.ports.partition_point(|other| *other < port);
        let len = self.ports[start..].iter().take_while(|other| **other == port).count();
        start..start + len
    }
}
