//! Keys that are lost while their nodes run: told once, and once more when they can be used again.
//!
//! A look that proves nothing of a node is no news of its key: one that is starting may be about to write it, and a look
//! that asks nobody knows only by its pid file that it is past that.

use std::collections::BTreeMap;

use acecast_engine::events::{By, Event, What};
use acecast_engine::observe::Snapshot;
use acecast_reconcile::{HeldReason, ObservedNode, StreamUid};

use crate::output::Output;

/// The streams that run and whose key cannot be used any more. Of one that does not run, the plan tells.
pub(super) type LostKeys = BTreeMap<StreamUid, HeldReason>;

/// What a look shows of the keys, and the events of what is new in that.
pub(super) fn told(out: &Output, snapshot: &Snapshot, before: &LostKeys) -> (LostKeys, Vec<Event>) {
    let (mut lost, mut events) = (LostKeys::new(), Vec::new());
    for node in &snapshot.observed.nodes {
        let Some(uid) = node.identity.spec().and_then(|spec| spec.stream.uid()) else { continue };
        if !node.was_ready() {
            if let Some(reason) = before.get(uid) {
                lost.insert(uid.clone(), *reason);
            }
            continue;
        }
        match snapshot.observed.lost_key(node) {
            Some((_, reason, why)) => {
                if before.get(uid) != Some(&reason) && !lost.contains_key(uid) {
                    events.push(event(out, What::KeyWrong, node, uid, reason.code(), &why));
                }
                lost.insert(uid.clone(), reason);
            }
            None if before.contains_key(uid) => {
                events.push(event(out, What::KeyGood, node, uid, "key_usable", "its key can be used again"));
            }
            None => {}
        }
    }
    (lost, events)
}

fn event(out: &Output, what: What, node: &ObservedNode, uid: &StreamUid, reason: &str, why: &str) -> Event {
    let mut event = Event::now(what, By::Run).with_detail(out.clean(why));
    (event.port, event.role) = (Some(node.port), node.identity.role());
    event.name = Some(out.clean(uid.as_str()));
    event.pid = Some(node.processes.pid());
    event.reason = Some(reason.to_owned());
    event
}
