//! A stream that cannot start at its new port is not stopped at its old one.
//!
//! One held node can hold others: it keeps its port, so the node that should start there is held, so that node's
//! stream stays where it runs, and so on. Each node is held at most once, so following the chain is linear.

use std::collections::HashMap;

use super::{Draft, World};
use crate::plan::{Action, HeldReason, StopReason};
use crate::{Port, Processes, StreamUid};

pub(super) fn hold_what_cannot_move(world: &World<'_>, drafts: &mut [Draft<'_>]) {
    let mut starts: HashMap<Port, usize> = HashMap::new();
    let mut moves: HashMap<StreamUid, Vec<usize>> = HashMap::new();
    let mut stopped: HashMap<Processes, usize> = HashMap::new();
    // Streams whose node on the wanted port is held: nothing of them may be stopped elsewhere.
    let mut blocked: Vec<StreamUid> = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let uid = draft.wanted.and_then(|node| node.spec.stream.uid());
        match &draft.decision.action {
            Action::Start { .. } => {
                starts.insert(draft.decision.port, at);
            }
            Action::Stop { reason, node } => {
                stopped.insert(*node, at);
                let uid = draft.running.and_then(|node| node.identity.spec()?.stream.uid());
                if let (StopReason::Moved, Some(uid)) = (reason, uid) {
                    moves.entry(uid.clone()).or_default().push(at);
                }
            }
            Action::Held { .. } => blocked.extend(uid.cloned()),
            Action::Restart { .. } | Action::Keep { .. } => {}
        }
    }
    // What runs and stays is the beginning of every chain; the port of a node to be stopped becomes free.
    let mut staying: Vec<_> =
        world.observed.nodes.iter().filter(|node| !stopped.contains_key(&node.processes)).collect();
    loop {
        while let Some(node) = staying.pop() {
            let by = format!("the node with pid {} stays on this port", node.processes.pid());
            hold_start(drafts, &mut blocked, starts.remove(&node.port), HeldReason::PortTaken, by);
            let uid = node.identity.spec().and_then(|spec| spec.stream.uid());
            if let Some(home) = uid.and_then(|uid| world.homes.get(uid)).filter(|home| **home != node.port) {
                let by =
                    format!("the stream still runs on port {} (pid {})", node.port, node.processes.pid());
                hold_start(drafts, &mut blocked, starts.remove(home), HeldReason::StreamRunning, by);
            }
        }
        let Some(uid) = blocked.pop() else { break };
        for at in moves.remove(&uid).unwrap_or_default() {
            drafts[at].hold(
                HeldReason::MoveBlocked,
                format!("{uid} cannot be started on its new port, so it stays here"),
            );
            staying.extend(drafts[at].running);
        }
    }
}

fn hold_start(
    drafts: &mut [Draft<'_>],
    blocked: &mut Vec<StreamUid>,
    at: Option<usize>,
    reason: HeldReason,
    detail: String,
) {
    if let Some(at) = at {
        drafts[at].hold(reason, detail);
        blocked.extend(drafts[at].wanted.and_then(|node| node.spec.stream.uid()).cloned());
    }
}
