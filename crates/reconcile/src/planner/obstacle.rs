//! What stands in the way of a start, as far as the port itself and the stream's key can tell.

use super::World;
use crate::reason::HeldReason;
use crate::{DesiredNode, KeyFacts, KeyState, Observed, ObservedNode, Restore, Rival, Spec, StreamUid};

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
    key(world, wanted).err().map(|(_, why)| not_again(&why))
}

impl Observed {
    /// The stream of a running node whose key was lost meanwhile, and why the node could not be started again. The engine
    /// has the key in memory, so the node itself does not show it.
    ///
    /// ```
    /// # #[cfg(feature = "testing")] {
    /// use acecast_reconcile::testing::{World, source};
    /// use acecast_reconcile::{HeldReason, KeyFacts, KeyState};
    ///
    /// let world = World::new().runs(source(8640, "news")).key("news", KeyFacts::new(KeyState::Empty));
    /// let (uid, reason, why) = world.observed.lost_key(&world.observed.nodes[0]).unwrap();
    /// assert_eq!((uid.as_str(), reason), ("news", HeldReason::KeyDamaged));
    /// assert!(why.starts_with("if it ends, it cannot be started again: news.sauth is damaged: it is empty"));
    /// # }
    /// ```
    pub fn lost_key<'a>(&self, node: &'a ObservedNode) -> Option<(&'a StreamUid, HeldReason, String)> {
        let spec = node.identity.spec().filter(|spec| !spec.is_hls())?;
        let uid = spec.stream.uid()?;
        let (reason, why) = judge(uid, self.keys.get(uid)?, true, false).err()?;
        Some((uid, reason, not_again(&why)))
    }
}

fn not_again(why: &str) -> String {
    format!("if it ends, it cannot be started again: {why}")
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
        (KeyState::Empty, Restore::Nothing) => Err((HeldReason::KeyDamaged, empty(uid, facts, runs))),
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

/// A file without a key in it holds nothing that could be lost, but nobody knows whether it once did: a restore on a
/// full disk leaves the same. So the node is held all the same, and the user is told what tells the two apart.
fn empty(uid: &StreamUid, facts: &KeyFacts, runs: bool) -> String {
    let what = format!("{uid}.sauth is damaged: it is empty");
    match facts.traces.first() {
        None if !runs => format!(
            "{what}, as an engine leaves it that finds the disk full at a stream's first start, and nothing else of \
             this stream is here; if it was never on air, see that there is room on the disk and give it its first key \
             with `acecast start --new-key {uid}`; if it was, restore its key with `acecast restore-metadata {uid}`"
        ),
        trace => {
            let known = trace
                .filter(|_| !runs)
                .map_or("the stream runs".to_owned(), |trace| format!("{} is there", trace.as_str()));
            format!(
                "{what} although {known}; see that there is room on the disk and restore it with \
                 `acecast restore-metadata {uid}`; a stream that was never on air has nothing to lose (a disk that was \
                 full at its first start leaves this, too) and gets its first key with `acecast start --new-key {uid}`, \
                 any other would lose its viewers by it"
            )
        }
    }
}
