//! Whether a stream's key can be used for a start, and what to do where it cannot.
//!
//! What helps depends on whether the stream runs. An engine that runs has the key in memory and gives it to nobody, so a
//! restore could not prove that it writes the same one: the node is the stream's best copy then, and is kept.

use std::fmt;

use crate::reason::HeldReason;
use crate::{KeyFacts, KeyState, Port, Restore, StreamUid};

pub(super) type Obstacle = (HeldReason, String);

/// Whether the engine would make a new key, or why it must not. `running` is where the stream is on air, and `allowed`
/// that its user lets it have a new key.
pub(super) fn usable_key(
    uid: &StreamUid,
    facts: &KeyFacts,
    running: Option<Port>,
    allowed: bool,
) -> Result<bool, Obstacle> {
    let KeyFacts { key, traces, restore, runs_with } = facts;
    if allowed {
        let kept = *key == KeyState::Present
            || (*restore == Restore::Fits && !matches!(key, KeyState::Unreadable(_)));
        return Ok(!kept);
    }
    if let Some(path) = runs_with {
        let detail = format!(
            "the stream runs with the key {path}, which is not in its new metadata dir; copy it there, or let the \
             stream change its key, and lose its viewers, with `acecast start --new-key {uid}`"
        );
        return Err((HeldReason::KeyConflict, detail));
    }
    let advice = Advice { uid, running };
    match (key, restore) {
        (_, Restore::Conflict { local, remote }) => {
            Err((HeldReason::KeyConflict, conflict(uid, local, remote, running)))
        }
        // Nothing is wrong with the key as far as is known: a new one is no cure.
        (KeyState::Unreadable(why), _) => Err((
            HeldReason::KeyUnreadable,
            format!(
                "{uid}.sauth cannot be read: {why}; it has to be a file that the user who runs acecast can read"
            ),
        )),
        (_, Restore::Fits) | (KeyState::Present, Restore::Nothing) => Ok(false),
        (KeyState::Empty, Restore::Nothing) => Err((HeldReason::KeyDamaged, empty(uid, facts, running))),
        (KeyState::Damaged(why), Restore::Nothing) => {
            Err((HeldReason::KeyDamaged, format!("{uid}.sauth is damaged: {why}; {advice}")))
        }
        (KeyState::Missing, Restore::Nothing) => {
            let known = match (running, traces.first()) {
                (Some(_), _) => "the stream runs".to_owned(),
                (None, Some(trace)) => format!("{} is there", trace.as_str()),
                (None, None) => return Ok(true),
            };
            Err((HeldReason::KeyMissing, format!("{uid}.sauth is missing although {known}; {advice}")))
        }
    }
}

/// What to do about a key that is lost.
struct Advice<'a> {
    uid: &'a StreamUid,
    running: Option<Port>,
}

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Advice { uid, running } = self;
        let restore = Restored(uid);
        match running {
            None => write!(
                f,
                "restore it with {restore}, or give the stream a new key, and lose its viewers, with \
                 `acecast start --new-key {uid}`"
            ),
            Some(port) => write!(
                f,
                "its engine has the key in memory: keep it running, and put {uid}.sauth back from a backup by hand \
                 (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the \
                 viewers, `acecast stop {port}`, {restore}, `acecast start`; without a backup, only a new key is left, \
                 which loses all viewers: `acecast stop {port}`, `acecast start --new-key {uid}`"
            ),
        }
    }
}

/// The commands that restore a stream's key. Which of them works, the planner does not know: there may be no controller.
struct Restored<'a>(&'a StreamUid);

impl fmt::Display for Restored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uid = self.0;
        write!(f, "`acecast restore-metadata {uid} --from DIR` (from a controller: without --from DIR)")
    }
}

/// Another key is to be restored than the one that is there.
fn conflict(uid: &StreamUid, local: &str, remote: &str, running: Option<Port>) -> String {
    let what = format!(
        "{uid}.sauth is another key (SHA-256 {local}) than the one to be restored (SHA-256 {remote})"
    );
    let which = format!(
        "to keep the key that is here, leave --get-remote-metadata out, or the entry's `metadata`; if the other one is \
         the right one, `acecast restore-metadata {uid} --replace-key {uid}` (from a folder: with --from DIR)"
    );
    match running {
        None => format!("{what}; {which}"),
        Some(_) => format!(
            "{what}; {which}, while the node does not run: its viewers know the stream by the key here"
        ),
    }
}

/// A file without a key in it holds nothing that could be lost, but nobody knows whether it once did: a restore on a
/// full disk leaves the same. So the node is held all the same, and the user is told what tells the two apart.
fn empty(uid: &StreamUid, facts: &KeyFacts, running: Option<Port>) -> String {
    let what = format!("{uid}.sauth is damaged: it is empty");
    let restore = Restored(uid);
    match (running, facts.traces.first()) {
        (Some(_), _) => {
            let advice = Advice { uid, running };
            format!("{what} although the stream runs; see that there is room on the disk; {advice}")
        }
        (None, None) => format!(
            "{what}, as an engine leaves it that finds the disk full at a stream's first start, and nothing else of \
             this stream is here; if it was never on air, see that there is room on the disk and give it its first key \
             with `acecast start --new-key {uid}`; if it was, restore its key with {restore}"
        ),
        (None, Some(trace)) => format!(
            "{what} although {} is there; see that there is room on the disk and restore it with {restore}; a stream \
             that was never on air has nothing to lose (a disk that was full at its first start leaves this, too) and \
             gets its first key with `acecast start --new-key {uid}`, any other would lose its viewers by it",
            trace.as_str()
        ),
    }
}
