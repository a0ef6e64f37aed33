//! From a plan for the whole host to one that touches some ports only, and leaves nothing there stopped.

use std::collections::BTreeSet;

use acecast_reconcile::{Action, Decision, HeldReason, Plan, Port, Processes, StopReason};

/// The plan's decisions about these ports. A restart brings a node back: what could only be stopped, or needs another
/// port to be touched, is held instead.
pub(super) fn narrow(plan: Plan, is_meant: impl Fn(Port) -> bool) -> Plan {
    let (mut decisions, others): (Vec<Decision>, Vec<Decision>) =
        plan.decisions.into_iter().partition(|decision| is_meant(decision.port));
    let elsewhere: BTreeSet<Processes> = others.iter().filter_map(stopped).collect();
    let wanted = ports_with(&decisions, is_start);
    for decision in &mut decisions {
        hold_if(decision, |action| match action {
            Action::Start { after, .. } if after.iter().any(|node| elsewhere.contains(node)) => {
                let detail = "needs a node on another port to be stopped first; `acecast start` does both";
                Some((HeldReason::StreamRunning, detail))
            }
            _ => None,
        });
    }
    // A start that is held stays held, so what was to make room for it has to stay, too.
    let starts = ports_with(&decisions, is_start);
    let goes: Vec<Processes> =
        decisions.iter().filter(|decision| is_start(decision)).flat_map(after).collect();
    for decision in &mut decisions {
        let port = decision.port;
        hold_if(decision, |action| match action {
            Action::Stop { reason: StopReason::Moved, node } if !goes.contains(node) => {
                let detail = "its stream is on another port in the config; `acecast start` moves it";
                Some((HeldReason::MoveBlocked, detail))
            }
            Action::Stop { reason: StopReason::NotInConfig, .. } if starts.contains(&port) => None,
            Action::Stop { reason: StopReason::NotInConfig, .. } if wanted.contains(&port) => {
                let detail = "what the config wants here needs another port to change first; `acecast start` does both";
                Some((HeldReason::MoveBlocked, detail))
            }
            Action::Stop { reason: StopReason::NotInConfig, .. } => {
                let detail = "is not in the config, so nothing says how to start it again; it keeps running";
                Some((HeldReason::StopNotInScope, detail))
            }
            // Among others, a duplicate goes: the port's node stays.
            _ => None,
        });
    }
    decisions.into_iter().collect()
}

fn hold_if(decision: &mut Decision, why: impl Fn(&Action) -> Option<(HeldReason, &'static str)>) {
    if let Some((reason, detail)) = why(&decision.action) {
        let (pid, detail) = (decision.pid(), detail.to_owned());
        decision.action = Action::Held { reason, pid, detail, drift: Vec::new() };
    }
}

fn ports_with(decisions: &[Decision], is_so: impl Fn(&Decision) -> bool) -> BTreeSet<Port> {
    decisions.iter().filter(|decision| is_so(decision)).map(|decision| decision.port).collect()
}

fn is_start(decision: &Decision) -> bool {
    matches!(decision.action, Action::Start { .. })
}

fn stopped(decision: &Decision) -> Option<Processes> {
    match &decision.action {
        Action::Stop { node, .. } => Some(*node),
        _ => None,
    }
}

fn after(decision: &Decision) -> Vec<Processes> {
    match &decision.action {
        Action::Start { after, .. } => after.clone(),
        _ => Vec::new(),
    }
}
