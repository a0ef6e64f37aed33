//! The plan of `acecast restart`: what the user names is restarted as the config asks for, and nothing else is touched.

use std::collections::BTreeSet;

use crate::{
    Action, Decision, Desired, HeldReason, Observed, Plan, Policy, Port, Processes, RestartReason, Role,
    StopReason, StopScope, plan,
};

const NOT_IN_CONFIG: &str = "is not in the config, so nothing says how to start it again; it keeps running";
const IS_WAITED_FOR: &str = "what the config wants here cannot be started now, so this keeps running";
const MOVES_AWAY: &str = "its stream is on another port in the config; `acecast start` moves it";
const NEEDS_ANOTHER: &str = "needs another port to be changed, too; `acecast start` does both";

/// Restarts every node in the scope that the config asks for, and starts those that are down. What could only be
/// stopped there, or needs another port to be touched, is held instead: a restart brings a node back.
pub fn plan_restart(desired: &Desired, observed: &Observed, scope: &StopScope) -> Plan {
    let named = observed.nodes.iter().map(|node| node.port).filter(|port| scope.has(*port));
    let policy = Policy {
        restarts: named.map(|port| (port, RestartReason::Requested)).collect(),
        // Nothing is stopped for good here, so there is nothing to guard against.
        allow_mass_stop: true,
        ..Policy::default()
    };
    let whole = plan(desired, observed, &policy);
    let mut decisions: Vec<Decision> =
        whole.decisions.into_iter().filter(|decision| scope.has(decision.port)).collect();
    // What is held may have been room for something else, or a start that something made room for.
    while hold_one(&mut decisions, desired) {}
    decisions.into_iter().collect()
}

/// Holds the first decision that cannot be carried out without the others of the whole plan. False if there is none.
fn hold_one(decisions: &mut [Decision], desired: &Desired) -> bool {
    let left = Left::of(decisions);
    let find = |(at, decision)| Some((at, left.obstacle(decision, desired)?));
    let Some((at, (reason, detail))) = decisions.iter().enumerate().find_map(find) else { return false };
    let decision = &mut decisions[at];
    let (pid, detail) = (decision.pid(), detail.to_owned());
    decision.action = Action::Held { reason, pid, detail, drift: Vec::new() };
    true
}

/// What people call a node, which a stream takes along to another port.
type Name<'a> = (Option<Role>, Option<&'a str>);

fn name(decision: &Decision) -> Name<'_> {
    (decision.role, decision.name.as_deref())
}

/// What is still to be done.
struct Left<'a> {
    stops: BTreeSet<Processes>,
    /// The ports on which something is started.
    ports: BTreeSet<Port>,
    /// What is started.
    starts: BTreeSet<Name<'a>>,
    /// What runs and is not stopped for good.
    stays: BTreeSet<Name<'a>>,
}

impl<'a> Left<'a> {
    fn of(decisions: &'a [Decision]) -> Self {
        let stops = decisions.iter().filter_map(|decision| match &decision.action {
            Action::Stop { node, .. } => Some(*node),
            _ => None,
        });
        let starts = || decisions.iter().filter(|decision| matches!(decision.action, Action::Start { .. }));
        let stays = decisions
            .iter()
            .filter(|decision| decision.pid().is_some() && !matches!(decision.action, Action::Stop { .. }));
        Left {
            stops: stops.collect(),
            ports: starts().map(|decision| decision.port).collect(),
            starts: starts().map(name).collect(),
            stays: stays.map(name).collect(),
        }
    }

    fn obstacle(&self, decision: &Decision, desired: &Desired) -> Option<(HeldReason, &'static str)> {
        let Decision { port, action, .. } = decision;
        let goes_on = || self.starts.contains(&name(decision));
        let stays = || self.stays.contains(&name(decision));
        let unwanted = || {
            if desired.get(*port).is_some() {
                (HeldReason::MoveBlocked, IS_WAITED_FOR)
            } else {
                (HeldReason::StopNotInScope, NOT_IN_CONFIG)
            }
        };
        match action {
            Action::Start { after, .. } if after.iter().any(|node| !self.stops.contains(node)) => {
                Some((HeldReason::StreamRunning, NEEDS_ANOTHER))
            }
            Action::Stop { reason: StopReason::Moved, .. } if !goes_on() => {
                Some((HeldReason::MoveBlocked, MOVES_AWAY))
            }
            Action::Stop { reason: StopReason::NotInConfig, .. } if !self.ports.contains(port) => {
                Some(unwanted())
            }
            // One of several: the others of its stream stay, or are brought back.
            Action::Stop { reason: StopReason::Duplicate, .. } if !goes_on() && !stays() => Some(unwanted()),
            _ => None,
        }
    }
}
