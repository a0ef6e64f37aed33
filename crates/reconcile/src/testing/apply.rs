//! Carrying out a plan in a world where everything goes well.

use crate::{
    Action, Desired, DesiredNode, KeyFacts, KeyState, KeyTrace, Observed, ObservedNode, Plan, Processes,
    Restore,
};

use super::{pid, running};

/// What would be observed after the plan was carried out and everything went well. Nothing is carried out of a
/// plan that was refused.
///
/// Stops come before starts, and whatever a start waits for has to be gone by then.
#[track_caller]
pub fn apply(desired: &Desired, observed: &Observed, plan: &Plan) -> Observed {
    let mut after = observed.clone();
    if plan.refused.is_some() {
        return after;
    }
    for decision in &plan.decisions {
        if let Action::Stop { node, .. } | Action::Restart { node, .. } = &decision.action {
            let found = after.nodes.iter().position(|running| running.processes == *node);
            after.nodes.remove(found.expect("a plan stops only what runs, and that once"));
        }
    }
    for decision in &plan.decisions {
        if let Action::Start { after: gone, .. } = &decision.action {
            let still = |node: &ObservedNode| gone.contains(&node.processes);
            assert!(!after.nodes.iter().any(still), "what a start waits for is stopped by the same plan");
        }
    }
    for decision in &plan.decisions {
        if let Action::Start { .. } | Action::Restart { .. } = &decision.action {
            start(&mut after, desired.get(decision.port).expect("only what is wanted is started"));
        }
    }
    after
}

fn start(observed: &mut Observed, wanted: &DesiredNode) {
    let mut node = running(wanted.clone());
    while observed.nodes.iter().any(|other| other.processes.pid() == node.processes.pid()) {
        let Processes::Engine { engine, .. } = &mut node.processes else { break };
        *engine = crate::ProcessId { pid: pid(engine.pid.as_raw() + 100_000), ..*engine };
    }
    observed.nodes.push(node);
    if let Some(uid) = wanted.spec.stream.uid().filter(|_| !wanted.spec.is_hls()) {
        let restore = observed.keys.get(uid).map_or(Restore::Nothing, |facts| facts.restore.clone());
        let traces = vec![KeyTrace::Restart, KeyTrace::TransportFile];
        observed
            .keys
            .insert(uid.clone(), KeyFacts { key: KeyState::Present, traces, restore, runs_with: None });
    }
}
