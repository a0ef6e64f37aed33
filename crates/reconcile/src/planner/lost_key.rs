//! A key that is lost while its node runs: the node goes on, and does not show it.
//!
//! An engine makes a stream's first key while it starts, so a key that is not there yet is not lost. Only what is known
//! to have been on air counts as a stream that has a key.

use super::usable_key::usable_key;
use crate::reason::HeldReason;
use crate::{Health, KeyState, Observed, ObservedNode, Restore, StreamUid};

impl ObservedNode {
    /// The node has been ready at least once, as far as this look proves: an engine writes its pid file when it is (seen on
    /// 3.2.3), which a look that asks nobody sees, too; or it has just said so.
    pub fn was_ready(&self) -> bool {
        self.in_pid_file || matches!(self.health, Health::Answering | Health::NoInput)
    }
}

impl Observed {
    /// The stream of a running node whose key was lost meanwhile, and why the node could not be started again. The engine
    /// has the key in memory, so the node itself does not show it. Of a node that is starting and was not ready yet,
    /// nothing is said: its engine may be writing the key at this moment.
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
        let facts = self.keys.get(uid)?;
        let may_be_written = matches!(facts.key, KeyState::Missing | KeyState::Empty | KeyState::Damaged(_));
        if may_be_written && !node.was_ready() && node.health == Health::Starting {
            return None;
        }
        // Of one that has never reached its source, only what else is there tells that the stream has a key.
        let running = node.was_ready().then_some(node.port);
        let (reason, why) = usable_key(uid, facts, running, false).err()?;
        let so = if matches!(facts.restore, Restore::Conflict { .. }) {
            "if it ends, a start that restores the other key does not start it again"
        } else {
            "if it ends, it cannot be started again"
        };
        Some((uid, reason, format!("{so}: {why}")))
    }
}
