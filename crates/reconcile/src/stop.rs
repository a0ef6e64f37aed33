//! The plan of `acecast stop`: what the user names is stopped, and nothing else is looked at.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Action, Decision, Plan};
use crate::reason::{HeldReason, StopReason};
use crate::{Observed, ObservedNode, Port, Spec, Unknown};

/// Which nodes the user names, to have them stopped or restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopScope {
    /// All nodes of the realm.
    All,
    /// The nodes on these ports.
    Ports(BTreeSet<Port>),
}

impl StopScope {
    pub(crate) fn has(&self, port: Port) -> bool {
        match self {
            StopScope::All => true,
            StopScope::Ports(ports) => ports.contains(&port),
        }
    }
}

/// Stops every proven node in the scope, whatever it was asked to be. Where nothing can be proven, it is held.
pub fn plan_stop(observed: &Observed, scope: &StopScope) -> Plan {
    let unknown: BTreeMap<Port, &Unknown> =
        observed.unknown.iter().filter(|unknown| scope.has(unknown.port)).map(|u| (u.port, u)).collect();
    let nodes = || observed.nodes.iter().filter(|node| scope.has(node.port));
    let occupied: BTreeSet<Port> = nodes().map(|node| node.port).collect();
    let bare = unknown.values().filter(|unknown| !occupied.contains(&unknown.port));
    let decisions = nodes()
        .map(|node| match unknown.get(&node.port) {
            Some(unknown) => decision(node, hold(unknown, Some(node))),
            None => decision(node, Action::Stop { reason: StopReason::Requested, node: node.processes }),
        })
        .chain(bare.map(|unknown| Decision {
            role: None,
            port: unknown.port,
            name: None,
            action: hold(unknown, None),
        }));
    Plan::sorted(decisions.collect(), None)
}

fn decision(node: &ObservedNode, action: Action) -> Decision {
    Decision {
        role: node.identity.role(),
        port: node.port,
        name: node.identity.spec().map(Spec::name),
        action,
    }
}

fn hold(unknown: &Unknown, node: Option<&ObservedNode>) -> Action {
    Action::Held {
        reason: HeldReason::PidUnknown,
        pid: node.map(|node| node.processes.pid()).or(unknown.pid),
        detail: unknown.reason.to_string(),
        drift: Vec::new(),
    }
}
