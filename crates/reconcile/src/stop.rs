//! The plan of `acecast stop`: what the user names is stopped, and nothing else is looked at.

use std::collections::BTreeSet;

use crate::plan::{Action, Decision, HeldReason, Plan, StopReason};
use crate::{Observed, Port};

/// Which nodes the user wants stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopScope {
    /// All nodes of the realm.
    All,
    /// The nodes on these ports.
    Ports(BTreeSet<Port>),
}

impl StopScope {
    fn has(&self, port: Port) -> bool {
        match self {
            StopScope::All => true,
            StopScope::Ports(ports) => ports.contains(&port),
        }
    }
}

/// Stops every proven node in the scope, whatever it was asked to be. Where nothing can be proven, it is held.
pub fn plan_stop(observed: &Observed, scope: &StopScope) -> Plan {
    let held: BTreeSet<Port> = observed.unknown.iter().map(|unknown| unknown.port).collect();
    let stops =
        observed.nodes.iter().filter(|node| scope.has(node.port) && !held.contains(&node.port)).map(|node| {
            Decision {
                role: node.identity.role(),
                port: node.port,
                name: node.identity.spec().map(crate::Spec::name),
                action: Action::Stop { reason: StopReason::Requested, node: node.processes },
            }
        });
    let unknown = observed.unknown.iter().filter(|unknown| scope.has(unknown.port)).map(|unknown| Decision {
        role: None,
        port: unknown.port,
        name: None,
        action: Action::Held {
            reason: HeldReason::PidUnknown,
            pid: unknown.pid,
            detail: unknown.reason.to_string(),
            drift: Vec::new(),
        },
    });
    let mut decisions: Vec<Decision> = stops.chain(unknown).collect();
    decisions.sort_by_cached_key(|d| (d.role.is_none(), d.role, d.port, d.action.rank(), d.pid()));
    Plan { decisions, refused: None }
}
