//! What holds on every day.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acecast_reconcile::supervise::{Flow, Seen, Supervisor};
use acecast_reconcile::{Action, Decision, Desired, HeldReason, Plan, Policy, Port, Stream, plan};

use crate::host::{Host, Outcome};
use crate::runner::{Count, Runner};

const GOOD_RUN: Duration = Duration::from_secs(5 * 60);
const SECOND: Duration = Duration::from_secs(1);

/// A node that is what the config asks for and does its work is neither stopped nor restarted, whatever happens to
/// the others.
pub(crate) fn a_healthy_neighbour_is_left_alone(
    host: &Host,
    desired: &Desired,
    plan: &Plan,
) -> Result<(), String> {
    for decision in &plan.decisions {
        let (Action::Stop { node, .. } | Action::Restart { node, .. }) = &decision.action else { continue };
        let running = host.observed.nodes.iter().find(|running| running.processes == *node);
        let running = running.ok_or_else(|| format!("what does not run is signalled\n{plan}"))?;
        let wanted = desired.get(running.port).map(|wanted| &wanted.spec);
        if running.identity.spec() == wanted && host.flow(running.port) == Flow::Well {
            return Err(format!("port {} is well and not left alone\n{plan}", running.port));
        }
    }
    Ok(())
}

/// Every wanted node runs, or waits for something that ends by itself.
pub(crate) fn nobody_is_forgotten(
    host: &Host,
    desired: &Desired,
    plan: &Plan,
    outcomes: &[Outcome],
) -> Result<(), String> {
    for port in desired.nodes().map(|node| node.spec.port).filter(|port| host.node(*port).is_none()) {
        let waits = |decision: &Decision| {
            decision.port == port
                && match &decision.action {
                    Action::Held { reason, .. } => {
                        matches!(reason, HeldReason::BackingOff | HeldReason::SourceNotReady)
                    }
                    // It is skipped if its source could not be started.
                    Action::Start { needs, .. } | Action::Restart { needs, .. } => {
                        failed(outcomes, port) || needs.is_some_and(|source| failed(outcomes, source))
                    }
                    _ => false,
                }
        };
        if !plan.decisions.iter().any(waits) {
            return Err(format!("port {port} does not run, and nothing comes of it\n{plan}"));
        }
    }
    Ok(())
}

fn failed(outcomes: &[Outcome], port: Port) -> bool {
    outcomes.iter().any(|outcome| matches!(outcome, Outcome::Failed(failed, _) if *failed == port))
}

/// What the supervisor remembers is no more than the nodes that are wanted or run.
pub(crate) fn memory_is_bounded(supervisor: &Supervisor, seen: &[Seen]) -> Result<(), String> {
    let is_there = |port: Port| seen.iter().any(|seen| seen.port == port);
    match supervisor.lives().find(|(port, _)| !is_there(*port)) {
        Some((port, life)) => Err(format!("port {port} is remembered: {life:?}")),
        None => Ok(()),
    }
}

/// Every round has its cause: an event, the interval, a wait, or a stall.
pub(crate) fn no_busy_loop(count: &Count) -> Result<(), String> {
    let Count { rounds, ticks, events, deaths, failed_starts, stalls, .. } = count;
    // While a node is stalled, each process that is put in its place has a patience of its own.
    let processes = count.starts + count.stalled_restarts + count.other_restarts;
    let causes = 1 + ticks + events + deaths + failed_starts + stalls + processes;
    if *rounds <= causes { Ok(()) } else { Err(format!("more rounds than causes ({causes}): {count:?}")) }
}

/// In an hour there is room for seven growing waits and then one start in 42 seconds, the shortest of the longest
/// waits. acecast may begin anew some times, and a config may be edited.
pub(crate) fn no_crash_loop_starts_too_often(host: &Host) -> Result<(), String> {
    for crash_loop in &host.crash_loops {
        let starts = host.starts.get(&crash_loop.port).into_iter().flatten();
        let starts = starts.filter(|at| (crash_loop.from..crash_loop.to).contains(at)).count();
        if starts > 7 + 3_600 / 42 + 20 {
            return Err(format!("{starts} starts in one hour: {crash_loop:?}"));
        }
    }
    Ok(())
}

/// Once nothing bad happens any more, all wanted nodes run and do their work, and there is nothing to do or wait for.
pub(crate) fn it_ends_converged(host: &Host, runner: &Runner) -> Result<(), String> {
    let desired = &host.desired;
    let plan = plan(desired, &host.observed, &Policy::default());
    let waits = (runner.supervisor.back_offs(host.now), runner.supervisor.next_due(host.now));
    if plan.changes() > 0 || plan.has_held() || waits != (BTreeMap::new(), None) {
        return Err(format!("the end is not reached, {waits:?}\n{plan}"));
    }
    match desired.nodes().map(|node| node.spec.port).find(|port| host.flow(*port) != Flow::Well) {
        Some(port) => Err(format!("port {port} is {} in the end", host.flow(port))),
        None => Ok(()),
    }
}

/// A witness: how often nodes ended in a row, and so when they may be started again, by the rule and not by the
/// supervisor.
#[derive(Default)]
pub(crate) struct Waits {
    failures: BTreeMap<Port, u32>,
    not_before: BTreeMap<Port, Duration>,
    /// Nodes that ended after a good run, and until when they have to be started.
    soon: BTreeMap<Port, Duration>,
}

impl Waits {
    pub(crate) fn died(&mut self, now: Duration, port: Port, ran: Duration) {
        self.stopped(port, ran);
        if ran >= GOOD_RUN {
            self.soon.insert(port, now + SECOND);
        }
        self.failed(now, port);
    }

    pub(crate) fn failed(&mut self, now: Duration, port: Port) {
        let failures = self.failures.entry(port).or_default();
        *failures += 1;
        let longest = SECOND * 2_u32.pow((*failures - 1).min(10));
        self.not_before.insert(port, now + longest.min(SECOND * 60).mul_f64(0.7));
    }

    /// A node is gone that had run for so long.
    pub(crate) fn stopped(&mut self, port: Port, ran: Duration) {
        self.not_before.remove(&port);
        if ran >= GOOD_RUN {
            self.failures.remove(&port);
        }
    }

    /// What is neither wanted nor there is forgotten.
    pub(crate) fn forget_but(&mut self, wanted: &BTreeSet<Port>, host: &Host) {
        let keeps = |port: &Port| wanted.contains(port) || host.node(*port).is_some();
        self.failures.retain(|port, _| keeps(port));
        self.not_before.retain(|port, _| keeps(port));
        self.soon.retain(|port, _| wanted.contains(port));
    }

    /// No port is started more often than the waits allow, unless a node is stopped for it.
    pub(crate) fn nothing_starts_too_early(&self, host: &Host, plan: &Plan) -> Result<(), String> {
        for decision in &plan.decisions {
            let Action::Start { after, .. } = &decision.action else { continue };
            let early = self.not_before.get(&decision.port).filter(|not_before| **not_before > host.now);
            if let Some(not_before) = early.filter(|_| after.is_empty()) {
                return Err(format!("port {} starts before {not_before:?}\n{plan}", decision.port));
            }
        }
        Ok(())
    }

    /// A node that ended after a good run is started within a second. One that needs a source waits for that.
    pub(crate) fn a_good_node_is_back_soon(
        &mut self,
        host: &Host,
        desired: &Desired,
        plan: &Plan,
        outcomes: &[Outcome],
    ) -> Result<(), String> {
        let has_source = |port: Port| match desired.get(port).map(|node| &node.spec.stream) {
            Some(Stream::Support(source)) => host.node(source.port).is_some(),
            _ => true,
        };
        self.soon
            .retain(|port, _| host.node(*port).is_none() && !failed(outcomes, *port) && has_source(*port));
        match self.soon.iter().find(|(_, deadline)| **deadline <= host.now) {
            Some((port, deadline)) => Err(format!("port {port} was to be started by {deadline:?}\n{plan}")),
            None => Ok(()),
        }
    }
}
