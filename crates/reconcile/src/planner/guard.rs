//! The guard: a list that lost most of its nodes is more likely broken than meant.

use super::{Draft, World};
use crate::plan::{Action, Refusal, StopReason};
use crate::{List, Role};

/// Fewer running nodes than this may all be stopped: hosts that small change as a whole.
const SMALL: usize = 4;

/// The first role whose stops are too many. Only stops as not in the config count.
pub(super) fn refusal(world: &World<'_>, drafts: &[Draft<'_>]) -> Option<Refusal> {
    if world.policy.allow_mass_stop {
        return None;
    }
    Role::ALL.into_iter().find_map(|role| {
        let list = world.desired.list(role)?;
        let of_role = |draft: &&Draft<'_>| draft.decision.role == Some(role);
        let not_in_config = |draft: &&Draft<'_>| {
            matches!(draft.decision.action, Action::Stop { reason: StopReason::NotInConfig, .. })
        };
        let stops = drafts.iter().filter(of_role).filter(not_in_config).count();
        let running = drafts.iter().filter(of_role).filter(|draft| draft.running.is_some()).count();
        judge(role, list, stops, running)
    })
}

fn judge(role: Role, list: &List, stops: usize, running: usize) -> Option<Refusal> {
    if stops == 0 {
        None
    } else if list.is_empty() {
        Some(Refusal::EmptyList { role, stops })
    } else if running >= SMALL && stops * 2 > running {
        Some(Refusal::MassStop { role, stops, running })
    } else {
        None
    }
}
