//! What stands in the way of a start, as far as the port itself and the stream's key can tell.

use super::World;
use super::usable_key::{Obstacle, usable_key};
use crate::reason::HeldReason;
use crate::{DesiredNode, KeyFacts, Rival, Spec, StreamUid};

/// Whether the start makes a new key, or what stands in its way.
pub(super) fn to_start(world: &World<'_>, wanted: &DesiredNode) -> Result<bool, Obstacle> {
    let port = wanted.spec.port;
    if let Some(rival) = world.observed.rivals.get(&port) {
        return Err((HeldReason::OtherRealm, rival_text(rival)));
    }
    if let Some(foreign) = world.observed.taken.get(&port) {
        return Err((HeldReason::PortTaken, format!("port {port} is taken by {foreign}")));
    }
    if world.policy.scope.only_starts()
        && let Some(uid) = wanted.spec.stream.uid()
        && let Some(stray) = world.strays_of(uid).first()
    {
        let detail = format!("still runs on port {}, and --port only starts nodes", stray.port);
        return Err((HeldReason::StopNotInScope, detail));
    }
    key(world, wanted)
}

/// Whether the restart makes a new key, or what stands in its way. The node's port is its own already.
pub(super) fn to_restart(world: &World<'_>, wanted: &DesiredNode) -> Result<bool, Obstacle> {
    if let Some(rival @ Rival::Key(_)) = world.observed.rivals.get(&wanted.spec.port) {
        return Err((HeldReason::OtherRealm, rival_text(rival)));
    }
    key(world, wanted)
}

fn rival_text(rival: &Rival) -> String {
    match rival {
        Rival::Port(pid) => format!("an engine with another pid dir uses this port (pid {pid})"),
        Rival::Key(pid) => format!("an engine with another pid dir uses this stream's files (pid {pid})"),
    }
}

/// Whether the engine would make a new key, or why it must not. Only ts nodes have a key.
pub(super) fn key(world: &World<'_>, wanted: &DesiredNode) -> Result<bool, Obstacle> {
    let Some(uid) = wanted.spec.stream.uid().filter(|_| !wanted.spec.is_hls()) else {
        return Ok(false);
    };
    let mut nodes = world.nodes_on(wanted.spec.port).iter().chain(world.strays_of(uid));
    let running = nodes.find(|node| node.identity.spec().is_some_and(|spec| is_ts_node_of(spec, uid)));
    let none = KeyFacts::default();
    let facts = world.observed.keys.get(uid).unwrap_or(&none);
    usable_key(uid, facts, running.map(|node| node.port), world.policy.new_keys.contains(uid))
}

fn is_ts_node_of(spec: &Spec, uid: &StreamUid) -> bool {
    spec.stream.uid() == Some(uid) && !spec.is_hls()
}
