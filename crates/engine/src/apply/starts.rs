//! The starts of a plan: source nodes before the support nodes that take their streams.

use std::time::{Duration, Instant};

use acecast_reconcile::{Action, Decision, Port, Role};

use super::jobs::Run;
use super::ready::launch;
use super::{NodeResult, Outcome, Step, prepare};
use crate::chain::chain;
use crate::sweep::side_by_side;

/// How often a source is asked that is waited for.
const ASK_AGAIN: Duration = Duration::from_millis(100);

pub(super) fn carry_out(run: &Run<'_>) {
    let is_start = |decision: &Decision| matches!(decision.action, Action::Start { .. });
    let mut jobs: Vec<(usize, &Decision)> =
        run.decisions().filter(|(_, decision)| is_start(decision)).collect();
    // Those that wait for a source come last: when they are begun, all sources have been, so none waits for a place.
    jobs.sort_by_key(|(at, decision)| {
        let waits = matches!(decision.action, Action::Start { needs: Some(_), .. });
        (decision.role != Some(Role::Source), waits, *at)
    });
    side_by_side(&jobs, run.options.parallel, |(at, decision)| start(run, *at, decision));
}

fn start(run: &Run<'_>, at: usize, decision: &Decision) {
    if run.cancelled() {
        // Those who wait for it must hear of it.
        run.finish(at, NodeResult::skipped("interrupted"));
        return;
    }
    run.finish(at, started(run, at, decision));
}

fn started(run: &Run<'_>, at: usize, decision: &Decision) -> NodeResult {
    let Action::Start { after, needs, new_key, .. } = &decision.action else {
        return NodeResult::failed("not a start");
    };
    if let Some(stop) = run.failed_stop(after) {
        let name = stop.name.as_deref().unwrap_or("the node");
        return NodeResult::skipped(format!(
            "{name} on port {} had to be stopped first, and was not",
            stop.port
        ));
    }
    if let Err(why) = needs.map_or(Ok(()), |port| await_source(run, at, port)) {
        return NodeResult::skipped(why);
    }
    run.step(at, Step::Prepare);
    match prepare::prepare(run, decision) {
        Ok(prepared) => launch(run, at, prepared, *new_key),
        Err(error) => error.into_result(""),
    }
}

/// Waits until the source node on this port of this host is ready: a support node that is started too early gives up
/// by itself (seen on engine 3.2.3).
pub(super) fn await_source(run: &Run<'_>, at: usize, port: Port) -> Result<(), String> {
    run.step(at, Step::AwaitSource);
    if let Some((source, decision)) = run.source_on(port)
        && matches!(decision.action, Action::Start { .. } | Action::Restart { .. })
    {
        return match run.await_outcome(source) {
            Outcome::Ready => Ok(()),
            other => Err(format!("its source on port {port} is not ready: {other}")),
        };
    }
    let deadline = Instant::now() + run.options.ready_timeout;
    loop {
        let answer = run.host.client.ask(port, run.token_of(port));
        let why = match answer {
            Ok(answer) if answer.status() != Some("starting") => return Ok(()),
            Ok(_) => "starting".to_owned(),
            Err(silence) => chain(&silence),
        };
        if Instant::now() >= deadline || run.cancelled() {
            return Err(format!("its source on port {port} is not ready: {why}"));
        }
        std::thread::sleep(ASK_AGAIN);
    }
}
