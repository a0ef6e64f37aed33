//! What stands in the way of a start, as far as the port itself and the stream's key can tell.

use super::World;
use crate::reason::HeldReason;
use crate::{DesiredNode, KeyFacts, KeyState, Restore, Rival, Spec, StreamUid};

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
    let runs = nodes.any(|node| node.identity.spec().is_some_and(|spec| is_ts_node_of(spec, uid)));
    let none = KeyFacts::default();
    let facts = world.observed.keys.get(uid).unwrap_or(&none);
    judge(uid, facts, runs, world.policy.new_keys.contains(uid))
}

/// What would stand in the way of starting the node again, as far as its key is known: worth a word while it runs.
pub(super) fn key_warning(world: &World<'_>, wanted: &DesiredNode) -> Option<String> {
    let facts = world.observed.keys.get(wanted.spec.stream.uid()?)?;
    let fine =
        facts.key == KeyState::Present && facts.restore == Restore::Nothing && facts.runs_with.is_none();
    if fine {
        return None;
    }
    key(world, wanted).err().map(|(_, why)| format!("if it ends, it cannot be started again: {why}"))
}

fn is_ts_node_of(spec: &Spec, uid: &StreamUid) -> bool {
    spec.stream.uid() == Some(uid) && !spec.is_hls()
}

fn judge(uid: &StreamUid, facts: &KeyFacts, runs: bool, allowed: bool) -> Result<bool, Obstacle> {
    let KeyFacts { key, traces, restore, runs_with } = facts;
    if allowed {
        let kept = *key == KeyState::Present
            || (*restore == Restore::Fits && !matches!(key, KeyState::Unreadable(_)));
        return Ok(!kept);
    }
    if let Some(path) = runs_with {
        let detail = format!(
            "the stream runs with the key {path}, which is not in its new metadata dir; copy it there, or let the \
             stream change its key, and lose its viewers, with --new-key {uid}"
        );
        return Err((HeldReason::KeyConflict, detail));
    }
    let advice = format!(
        "restore it with `acecast restore-metadata {uid}`, or give the stream a new key, and lose its viewers, \
         with --new-key {uid}"
    );
    match (key, restore) {
        (_, Restore::Conflict { local, remote }) => Err((
            HeldReason::KeyConflict,
            format!(
                "{uid}.sauth is another key (SHA-256 {local}) than the one to be restored (SHA-256 {remote})"
            ),
        )),
        // Nothing is wrong with the key as far as is known: a new one is no cure.
        (KeyState::Unreadable(why), _) => Err((
            HeldReason::KeyUnreadable,
            format!(
                "{uid}.sauth cannot be read: {why}; it has to be a file that the user who runs acecast can read"
            ),
        )),
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
