//! The guard: a list that lost most of its nodes is more likely broken than meant.

use super::World;
use super::draft::Draft;
use crate::Role;
use crate::plan::Action;
use crate::reason::{Refusal, StopReason};

/// Fewer running nodes than this may all be stopped: hosts that small change as a whole.
const SMALL: usize = 4;

/// The first role whose stops are too many. Only stops as not in the config count.
pub(super) fn refusal(world: &World<'_>, drafts: &[Draft<'_>]) -> Option<Refusal> {
    if world.policy.allow_mass_stop {
        return None;
    }
    Role::ALL.into_iter().find_map(|role| {
        let list = world.desired.list(role)?;
        let (running, stops) = count(drafts, role);
        if stops == 0 {
            None
        } else if list.is_empty() {
            Some(Refusal::EmptyList { role, stops })
        } else if running >= SMALL && stops * 2 > running {
            Some(Refusal::MassStop { role, stops, running })
        } else {
            None
        }
    })
}

/// How many nodes of the role run, duplicates left out, and how many of those would stop as not in the config.
fn count(drafts: &[Draft<'_>], role: Role) -> (usize, usize) {
    let (mut running, mut stops) = (0, 0);
    for draft in drafts {
        if draft.running().and_then(|node| node.identity.role()) != Some(role) {
            continue;
        }
        match &draft.decision.action {
            Action::Stop { reason: StopReason::Duplicate, .. } => {}
            Action::Stop { reason: StopReason::NotInConfig, .. } => {
                running += 1;
                stops += 1;
            }
            _ => running += 1,
        }
    }
    (running, stops)
}
