//! From the arguments that `start` and `plan` share to a config and a policy.

use std::collections::BTreeSet;

use acecast_config::{Ask, Config, Entry};
use acecast_reconcile::{Policy, Port, Role, Scope, StreamUid};

use crate::args::PlanScope;
use crate::context::Context;
use crate::failure::{Failure, advice};

/// How many ports a message lists.
const LISTED: usize = 8;

/// Reads the lists in scope, and what the user allows.
pub(super) fn load(
    context: &Context,
    scope: &PlanScope,
    get_metadata: bool,
) -> Result<(Config, Policy), Failure> {
    let config = context.config(scope.role, get_metadata)?;
    context.out.problems(&config.problems);
    let policy = policy(context, scope, &config)?;
    let uids: BTreeSet<&str> =
        config.entries().filter_map(Entry::source).map(|node| node.uid.as_str()).collect();
    for uid in policy.new_keys.iter().filter(|uid| !uids.contains(uid.as_str())) {
        context.out.warning(&unknown_uid(uid, scope.role));
    }
    Ok((config, policy))
}

fn policy(context: &Context, scope: &PlanScope, config: &Config) -> Result<Policy, Failure> {
    let ports: BTreeSet<Port> = scope.ports.iter().copied().collect();
    let configured: BTreeSet<Port> = config.entries().filter_map(Entry::port).collect();
    if let Some(port) = ports.iter().find(|port| !configured.contains(port)) {
        let failure = unknown_port(*port, &configured, scope.role);
        return Err(match scope.role.and_then(|role| in_other_list(context, *port, role)) {
            Some(other) => of_other_role(*port, other),
            None => failure,
        });
    }
    let mut policy = Policy::default();
    policy.scope = if ports.is_empty() { Scope::Roles } else { Scope::Ports(ports) };
    policy.allow_mass_stop = scope.allow_mass_stop;
    policy.new_keys = scope.new_keys.iter().cloned().collect();
    Ok(policy)
}

/// The other role, if the port is in its list. A server is not asked only to word a message better.
fn in_other_list(context: &Context, port: Port, role: Role) -> Option<Role> {
    let other = match role {
        Role::Source => Role::Support,
        Role::Support => Role::Source,
    };
    context.app.controller.list(other).filter(|location| location.url().is_none())?;
    context.lists(Ask::of(other)).ok()?.entry(port).map(Entry::role)
}

fn of_other_role(port: Port, role: Role) -> Failure {
    let asked = match role {
        Role::Source => Role::Support,
        Role::Support => Role::Source,
    };
    let message = format_args!("port {port} is a {role} node's, and only {asked} nodes are asked for");
    Failure::config("port_not_in_config", message).hint(format!("use the role {role}, or leave it out"))
}

fn unknown_uid(uid: &StreamUid, role: Option<Role>) -> String {
    match role {
        Some(Role::Support) => {
            format!("--new-key {uid}: support nodes have no keys; nothing is allowed by it")
        }
        _ => format!(
            "--new-key {uid}: no source node in the list has this stream_uid; nothing is allowed by it"
        ),
    }
}

fn unknown_port(port: Port, configured: &BTreeSet<Port>, role: Option<Role>) -> Failure {
    let list = role.map_or("lists".to_owned(), |role| format!("{role} list"));
    let mut nearest: Vec<Port> = configured.iter().copied().collect();
    nearest.sort_by_key(|other| (other.get().abs_diff(port.get()), *other));
    let more = nearest.len().saturating_sub(LISTED);
    nearest.truncate(LISTED);
    let names: Vec<String> = nearest.iter().map(ToString::to_string).collect();
    let there_are = match (names.is_empty(), more) {
        (true, _) => "it has no nodes".to_owned(),
        (false, 0) => format!("the nearest are {}", names.join(", ")),
        (false, more) => format!("the nearest are {}, and there are {more} more", names.join(", ")),
    };
    Failure::config("port_not_in_config", format_args!("port {port} is not in the {list}: {there_are}"))
        .hint(advice::SEE_STATUS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_port_is_answered_with_the_nearest_ones() {
        let ports = |ports: &[u64]| ports.iter().map(|port| Port::try_from(*port).unwrap()).collect();
        let message = |configured: &[u64], role| {
            unknown_port(Port::try_from(8641).unwrap(), &ports(configured), role).error.to_string()
        };
        assert_eq!(
            message(&[80, 8640, 8650], Some(Role::Source)),
            "port 8641 is not in the source list: the nearest are 8640, 8650, 80"
        );
        assert_eq!(message(&[], None), "port 8641 is not in the lists: it has no nodes");
        let many: Vec<u64> = (8700..8720).collect();
        assert_eq!(
            message(&many, None),
            "port 8641 is not in the lists: the nearest are 8700, 8701, 8702, 8703, 8704, 8705, 8706, 8707, \
             and there are 12 more"
        );
    }
}
