//! What stands in the way of a start.

use super::World;
use crate::plan::HeldReason;
use crate::{DesiredNode, Field, KeyFacts, KeyState, Restore, Rival, StreamUid};

type Obstacle = (HeldReason, String);

/// Whether the start makes a new key, or what stands in its way.
pub(super) fn to_start(world: &World<'_>, wanted: &DesiredNode) -> Result<bool, Obstacle> {
    let port = wanted.spec.port;
    if let Some(rival) = world.observed.rivals.get(&port) {
        return Err((HeldReason::OtherRealm, rival_text(rival)));
    }
    if let Some(foreign) = world.observed.taken.get(&port) {
        return Err((HeldReason::PortTaken, format!("port {port} is taken by {foreign}")));
    }
    if let Some(squatter) = squatter(world, wanted) {
        return Err((HeldReason::PortTaken, squatter));
    }
    if world.policy.scope.only_starts()
        && let Some(elsewhere) = runs_elsewhere(world, wanted)
    {
        let detail = format!("still runs on port {elsewhere}, and --port only starts nodes");
        return Err((HeldReason::StopNotInScope, detail));
    }
    key(world, wanted, false)
}

/// Whether the restart makes a new key, or what stands in its way. The node's port is its own already.
pub(super) fn to_restart(world: &World<'_>, wanted: &DesiredNode) -> Result<bool, Obstacle> {
    if let Some(rival @ Rival::Key(_)) = world.observed.rivals.get(&wanted.spec.port) {
        return Err((HeldReason::OtherRealm, rival_text(rival)));
    }
    key(world, wanted, true)
}

fn rival_text(rival: &Rival) -> String {
    match rival {
        Rival::Port(pid) => format!("an engine with another pid dir uses this port (pid {pid})"),
        Rival::Key(pid) => format!("an engine with another pid dir uses this stream's files (pid {pid})"),
    }
}

/// A node of this realm that had to take this port because its own was busy.
fn squatter(world: &World<'_>, wanted: &DesiredNode) -> Option<String> {
    let port = wanted.spec.port;
    let node = world.squatters.get(&port)?;
    Some(format!("the node of port {} listens here (pid {})", node.port, node.processes.pid()))
}

fn runs_elsewhere(world: &World<'_>, wanted: &DesiredNode) -> Option<crate::Port> {
    let uid = wanted.spec.stream.uid()?;
    world.carriers.get(uid)?.iter().map(|node| node.port).find(|port| *port != wanted.spec.port)
}

/// A ts node must not be started where the engine would replace a known stream's key.
fn key(world: &World<'_>, wanted: &DesiredNode, runs: bool) -> Result<bool, Obstacle> {
    let (Some(uid), Some(true)) =
        (wanted.spec.stream.uid(), wanted.spec.settings.get(&Field::Type).map(|kind| *kind == "ts".into()))
    else {
        return Ok(false);
    };
    let facts = world.observed.keys.get(uid).cloned().unwrap_or_default();
    let allowed = world.policy.new_keys.contains(uid);
    judge(uid, &facts, runs, allowed)
}

fn judge(uid: &StreamUid, facts: &KeyFacts, runs: bool, allowed: bool) -> Result<bool, Obstacle> {
    let KeyFacts { key, traces, restore } = facts;
    let advice = format!("put {uid}.sauth back from a backup, or allow a new stream with --new-key {uid}");
    match (key, restore) {
        (KeyState::Present, _) | (KeyState::Missing | KeyState::Damaged(_), Restore::Fits) if allowed => {
            Ok(false)
        }
        _ if allowed => Ok(true),
        (_, Restore::Conflict { local, remote }) => Err((
            HeldReason::KeyConflict,
            format!(
                "{uid}.sauth is another key (SHA-256 {local}) than the one to be restored (SHA-256 {remote})"
            ),
        )),
        (KeyState::Unreadable(why), _) => {
            Err((HeldReason::KeyUnreadable, format!("{uid}.sauth cannot be read: {why}; {advice}")))
        }
        (_, Restore::Fits) | (KeyState::Present, Restore::Nothing) => Ok(false),
        (KeyState::Damaged(why), Restore::Nothing) => {
            Err((HeldReason::KeyDamaged, format!("{uid}.sauth is damaged: {why}; {advice}")))
        }
        (KeyState::Missing, Restore::Nothing) => {
            let known = match (runs, traces.first()) {
                (true, _) => "the stream runs".to_owned(),
                (false, Some(trace)) => format!("{} is there", trace.as_str()),
                (false, None) => return Ok(true),
            };
            Err((HeldReason::KeyMissing, format!("{uid}.sauth is missing although {known}; {advice}")))
        }
    }
}
