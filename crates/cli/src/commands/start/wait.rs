//! Waiting until nodes do their work, not only until they are ready.
//!
//! Who calls this wants the host to be up, whoever has begun the work: so nodes count that were starting already when the
//! command came, an earlier run's or another command's. What was left alone in any other state is not waited for, as no
//! start waits for it.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use acecast_engine::Snapshot;
use acecast_engine::apply::Outcome;
use acecast_reconcile::{Action, Health, Listening, ObservedNode, Port, Processes};

use crate::commands::change::Carried;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// How often all nodes are asked.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Who has started a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// This command.
    Here,
    /// Somebody else: it was starting when the command came.
    Before,
}

/// How a node is that is waited for.
#[derive(Debug, PartialEq, Eq)]
enum Now {
    Well,
    /// It may answer yet, and this is how it is.
    NotYet(String),
    /// It has ended, and this command does not start it again.
    Ended,
}

/// What there is to wait for: what was started and lives, and what was starting already.
pub(super) fn awaited(carried: &Carried) -> BTreeMap<Port, Begun> {
    let was_starting = |node: &Processes| {
        let nodes = &carried.snapshot.observed.nodes;
        nodes.iter().any(|other| other.processes == *node && other.health == Health::Starting)
    };
    let done = carried.plan.decisions.iter().zip(&carried.applied.results);
    done.filter_map(|(decision, result)| match (result.outcome, &decision.action) {
        (Outcome::Ready | Outcome::Starting, _) => Some((decision.port, Begun::Here)),
        (_, Action::Keep { node, .. }) if was_starting(node) => Some((decision.port, Begun::Before)),
        _ => None,
    })
    .collect()
}

/// Waits so long for the nodes on these ports to answer, and names those that do not. It ends early where none is left
/// that still may.
pub(super) fn until_they_answer(
    context: &Context,
    ports: &BTreeMap<Port, Begun>,
    patience: Duration,
) -> Result<Exit, Failure> {
    if ports.is_empty() {
        return Ok(Exit::Done);
    }
    let deadline = Instant::now() + patience;
    let mut is_said = false;
    loop {
        let snapshot = context.observe(None)?;
        let now: BTreeMap<Port, Now> =
            ports.iter().map(|(port, begun)| (*port, Now::of(*port, *begun, &snapshot))).collect();
        let is_over = now.values().all(|now| !matches!(now, Now::NotYet(_)));
        if is_over || Instant::now() >= deadline {
            return Ok(report(context, now));
        }
        if context.signals.wanted() {
            context.out.message("interrupted: not waiting any longer; nodes keep running");
            return Ok(Exit::Interrupted);
        }
        if !std::mem::replace(&mut is_said, true) {
            let seconds = patience.as_secs_f32();
            context.out.note(format_args!("waiting up to {seconds} s until what is starting answers"));
        }
        thread::sleep(ASK_AGAIN);
    }
}

impl Now {
    fn of(port: Port, begun: Begun, snapshot: &Snapshot) -> Now {
        let observed = &snapshot.observed;
        match observed.nodes.iter().find(|node| node.port == port) {
            Some(node) if is_well(node, begun) => Now::Well,
            Some(node) => Now::NotYet(node.health.to_string()),
            None if observed.unknown.iter().any(|unknown| unknown.port == port) => {
                Now::NotYet("it cannot be told whether it runs".to_owned())
            }
            None => Now::Ended,
        }
    }
}

/// It does its work, or it does what it would be left alone with, had it been so from the beginning.
fn is_well(node: &ObservedNode, begun: Begun) -> bool {
    match node.health {
        Health::Answering => node.listening == Listening::OnPort,
        Health::NoInput => begun == Begun::Before,
        _ => false,
    }
}

fn report(context: &Context, now: BTreeMap<Port, Now>) -> Exit {
    let mut exit = Exit::Done;
    for (port, now) in now {
        let (error, hint) = match now {
            Now::Well => continue,
            Now::NotYet(how) => (anyhow::anyhow!("port {port} does not answer yet: {how}"), None),
            Now::Ended => {
                let hint = format!("see why: `acecast logs {port}`");
                (anyhow::anyhow!("port {port} was starting and has ended"), Some(hint))
            }
        };
        context.out.error(&error, hint.as_deref());
        exit = Exit::Problem;
    }
    exit
}
