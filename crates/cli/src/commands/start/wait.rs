//! Waiting until nodes do their work, not only until they are ready.
//!
//! Who calls this wants the host to be up, whoever has begun the work: so nodes count that were starting already when the
//! command came, an earlier run's or another command's. What was left alone in any other state is not waited for, as no
//! start waits for it. What came of each is in the results then, so that a program reads there why the start failed.

use std::thread;
use std::time::{Duration, Instant};

use acecast_config::Config;
use acecast_engine::apply::Outcome;
use acecast_engine::{ObserveError, Snapshot};
use acecast_reconcile::{Action, Health, Listening, ObservedNode, Port, Processes};

use crate::commands::change::Carried;
use crate::commands::status::lack_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::chained;

/// How often all nodes are asked.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// A node that is waited for.
#[derive(Clone, Copy, Debug)]
struct Awaited {
    /// The place of its decision in the plan, and of its result.
    at: usize,
    port: Port,
    begun: Begun,
}

/// Who has started a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    /// This command.
    Here,
    /// Somebody else: it was starting when the command came.
    Before,
}

/// How a node is that is waited for.
#[derive(Debug, PartialEq, Eq)]
enum Now {
    Well(Outcome),
    /// It lives and may answer yet, and this is how it is.
    NotYet(Health),
    /// It cannot be told whether it runs.
    Unknown,
    /// It has ended, and this command does not start it again.
    Ended,
}

/// Waits so long for nodes to answer, and names those that do not; how each is then is in its result. It ends early
/// where none is left that still may.
///
/// A look that fails says nothing of any node: the next one may succeed.
pub(super) fn until_they_answer(
    context: &Context,
    config: &Config,
    carried: &mut Carried,
    patience: Duration,
) -> Exit {
    let awaited = awaited(carried);
    if awaited.is_empty() {
        return Exit::Done;
    }
    let deadline = Instant::now() + patience;
    let mut is_said = false;
    loop {
        let look = context.look(None);
        if let Err(error) = &look {
            tracing::debug!("cannot tell what runs: {}", chained(error));
        }
        let is_over = look
            .as_ref()
            .is_ok_and(|seen| awaited.iter().all(|node| matches!(node.now(seen), Now::Well(_) | Now::Ended)));
        let is_interrupted = context.signals.wanted();
        if !is_over && !is_interrupted && Instant::now() < deadline {
            if !std::mem::replace(&mut is_said, true) {
                let seconds = patience.as_secs_f32();
                context.out.note(format_args!("waiting up to {seconds} s until what is starting answers"));
            }
            thread::sleep(ASK_AGAIN);
            continue;
        }
        settle(carried, &awaited, &look, config);
        if is_interrupted && !is_over {
            context.out.message("interrupted: not waiting any longer; nodes keep running");
            carried.applied.interrupted = true;
            return Exit::Interrupted;
        }
        return say(context, carried, &awaited, look);
    }
}

/// What there is to wait for: what was started and lives, and what was starting already.
fn awaited(carried: &Carried) -> Vec<Awaited> {
    let was_starting = |node: &Processes| {
        let nodes = &carried.snapshot.observed.nodes;
        nodes.iter().any(|other| other.processes == *node && other.health == Health::Starting)
    };
    let done = carried.plan.decisions.iter().zip(&carried.applied.results).enumerate();
    done.filter_map(|(at, (decision, result))| {
        let begun = match (result.outcome, &decision.action) {
            (Outcome::Ready | Outcome::Starting, _) => Begun::Here,
            (_, Action::Keep { node, .. }) if was_starting(node) => Begun::Before,
            _ => return None,
        };
        Some(Awaited { at, port: decision.port, begun })
    })
    .collect()
}

impl Awaited {
    fn now(&self, snapshot: &Snapshot) -> Now {
        let observed = &snapshot.observed;
        match observed.nodes.iter().find(|node| node.port == self.port) {
            Some(node) => self.is_well(node).map_or_else(|| Now::NotYet(node.health.clone()), Now::Well),
            None if observed.unknown.iter().any(|unknown| unknown.port == self.port) => Now::Unknown,
            None => Now::Ended,
        }
    }

    /// What it lacks, if it is a source node that waits for its source.
    fn lack(&self, snapshot: &Snapshot, config: &Config) -> Option<String> {
        let node = snapshot.observed.nodes.iter().find(|node| node.port == self.port)?;
        lack_of(node, snapshot, config)
    }

    /// It does its work, or it does what it would be left alone with, had it been so from the beginning.
    fn is_well(&self, node: &ObservedNode) -> Option<Outcome> {
        match node.health {
            Health::Answering => (node.listening == Listening::OnPort).then_some(Outcome::Ready),
            Health::NoInput => (self.begun == Begun::Before).then_some(Outcome::Kept),
            _ => None,
        }
    }
}

/// Puts what became of each node into its result.
fn settle(
    carried: &mut Carried,
    awaited: &[Awaited],
    look: &Result<Snapshot, ObserveError>,
    config: &Config,
) {
    for node in awaited {
        let result = &mut carried.applied.results[node.at];
        let unknown = "does not answer yet: it cannot be told whether it runs";
        result.error = match look.as_ref().map(|seen| node.now(seen)) {
            Ok(Now::Well(outcome)) => {
                result.outcome = outcome;
                None
            }
            Ok(Now::NotYet(health)) => {
                result.outcome = Outcome::Starting;
                let lack = look.as_ref().ok().and_then(|seen| node.lack(seen, config));
                Some(format!("does not answer yet: {}", lack.unwrap_or_else(|| health.to_string())))
            }
            Ok(Now::Ended) => {
                result.outcome = Outcome::Failed;
                Some("was starting and has ended".to_owned())
            }
            // What it was is not what it is, but is the last that is known.
            Ok(Now::Unknown) => Some(unknown.to_owned()),
            Err(error) => Some(format!("{unknown}: {}", chained(error))),
        };
    }
}

/// Names the nodes that do not answer.
fn say(
    context: &Context,
    carried: &Carried,
    awaited: &[Awaited],
    look: Result<Snapshot, ObserveError>,
) -> Exit {
    if let Err(error) = look {
        let what = "it cannot be told whether what was started answers";
        context.out.error(&anyhow::Error::from(error).context(what), None);
        return Exit::Problem;
    }
    let mut exit = Exit::Done;
    for Awaited { at, port, .. } in awaited {
        let result = &carried.applied.results[*at];
        let Some(why) = &result.error else { continue };
        let has_ended = result.outcome == Outcome::Failed;
        let hint = has_ended.then(|| format!("see why: `acecast logs {port}`"));
        context.out.error(&anyhow::anyhow!("port {port} {why}"), hint.as_deref());
        exit = Exit::Problem;
    }
    exit
}
