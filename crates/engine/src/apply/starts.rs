//! The starts of a plan: source nodes before the support nodes that take their streams.

use std::time::{Duration, Instant};

use acecast_reconcile::{Action, Decision, Port, Role};

use super::groups::Moves;
use super::jobs::Run;
use super::ready::launch;
use super::{NodeResult, Outcome, Step, prepare, stops};
use crate::chain::chain;
use crate::sweep::side_by_side;

/// How often a source is asked that is waited for.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Starts the nodes of this role that are not part of a move and wait for none.
pub(super) fn carry_out(run: &Run<'_>, role: Role, moves: &Moves) {
    let is_start = |decision: &Decision| matches!(decision.action, Action::Start { .. });
    let due = |at: usize, decision: &Decision| is_start(decision) && !moves.has(at);
    let jobs: Vec<(usize, &Decision)> = run.decisions_of(role).filter(|(at, d)| due(*at, d)).collect();
    side_by_side(&jobs, run.options.parallel, |(at, decision)| start(run, *at, decision));
}

/// Starts a node, if all that it waits for was stopped.
pub(super) fn start(run: &Run<'_>, at: usize, decision: &Decision) {
    let interrupted = run.cancelled().then(|| NodeResult::skipped("interrupted"));
    run.finish(at, interrupted.unwrap_or_else(|| started(run, at, decision)));
}

fn started(run: &Run<'_>, at: usize, decision: &Decision) -> NodeResult {
    let Action::Start { after, needs, new_key, .. } = &decision.action else {
        return NodeResult::failed("not a start");
    };
    if let Some(stop) = run.failed_stop(after) {
        return stops::not_stopped(stop);
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
        return match run.outcome(source) {
            Some(Outcome::Ready) => Ok(()),
            other => Err(format!("its source on port {port} {}", how(other))),
        };
    }
    let deadline = Instant::now() + run.options.ready_timeout;
    loop {
        let answer = run.host.client.ask(port, run.token_of(port));
        let why = match answer {
            Ok(answer) if answer.status() != Some("starting") => return Ok(()),
            Ok(_) => how(Some(Outcome::Starting)).to_owned(),
            Err(silence) => format!("is not ready: {}", chain(&silence)),
        };
        if Instant::now() >= deadline || run.cancelled() {
            return Err(format!("its source on port {port} {why}"));
        }
        std::thread::sleep(ASK_AGAIN);
    }
}

/// What became of a source that is not ready.
fn how(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Starting) => "is still starting",
        Some(Outcome::Failed) => "has failed",
        Some(Outcome::Skipped) | None => "was skipped",
        Some(_) => "is not ready",
    }
}
