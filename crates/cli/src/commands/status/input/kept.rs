//! A plan of nodes that are kept, in the words of a status: the planner does not know what an input is.

use acecast_config::Config;
use acecast_engine::Snapshot;
use acecast_reconcile::{Action, Health, ObservedNode, Plan};

use super::lack_of;

/// Says of each node that is kept, and gives nothing, what it lacks. `snapshot` is what the plan was made from.
pub(in crate::commands) fn name_sources(plan: &mut Plan, snapshot: &Snapshot, config: &Config) {
    let nodes = &snapshot.observed.nodes;
    for decision in &mut plan.decisions {
        let Action::Keep { node, detail, .. } = &mut decision.action else { continue };
        let Some(node) = nodes.iter().find(|other| other.processes == *node) else { continue };
        if let Some(lack) = lack_of(node, snapshot, config) {
            *detail = Some(with_lack(detail.as_deref().unwrap_or_default(), node, &lack));
        }
    }
}

/// The detail begins with the node's health, unless it answers; what follows is about something else.
fn with_lack(detail: &str, node: &ObservedNode, lack: &str) -> String {
    let health = node.health.to_string();
    let more = detail.strip_prefix(&health).unwrap_or(detail).trim_start_matches("; ");
    let state = match &node.health {
        Health::Answering => None,
        Health::Silent(_) => Some("silent"),
        _ => Some(health.as_str()),
    };
    let said = state.map_or_else(|| lack.to_owned(), |state| format!("{state}: {lack}"));
    if more.is_empty() { said } else { format!("{said}; {more}") }
}

#[cfg(test)]
mod tests {
    use acecast_reconcile::{Identity, Pid, ProcessId, Processes, Unidentified};

    use super::*;

    #[track_caller]
    fn check(health: Health, detail: &str, expected: &str) {
        let processes = Processes::WrapperOnly(ProcessId { pid: Pid::try_from(42).unwrap(), start_ticks: 1 });
        let identity = Identity::Unidentified { role: None, why: Unidentified::NewerSpec(9) };
        let mut node = ObservedNode::new(8640.try_into().unwrap(), processes, identity);
        node.health = health;
        assert_eq!(with_lack(detail, &node, "no data comes"), expected);
    }

    #[test]
    fn the_lack_takes_the_place_of_the_raw_reason_only() {
        let silent = || Health::Silent("connection refused".to_owned());
        check(silent(), "silent: connection refused", "silent: no data comes");
        check(silent(), "silent: connection refused; key lost", "silent: no data comes; key lost");
        check(Health::Starting, "starting", "starting: no data comes");
        check(Health::NoInput, "no-input; key lost", "no-input: no data comes; key lost");
        check(Health::Answering, "", "no data comes");
        check(Health::Answering, "key lost", "no data comes; key lost");
    }
}
