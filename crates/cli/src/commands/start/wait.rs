//! Waiting until nodes that were started do their work, not only until they are ready.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use acecast_reconcile::{Health, Listening, Port};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// How often all nodes are asked.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Waits so long for the nodes on these ports to answer, and names those that do not.
pub(super) fn until_they_answer(
    context: &Context,
    ports: &BTreeSet<Port>,
    patience: Duration,
) -> Result<Exit, Failure> {
    let deadline = Instant::now() + patience;
    if !ports.is_empty() {
        let seconds = patience.as_secs_f32();
        context.out.note(format_args!("waiting up to {seconds} s until what was started answers"));
    }
    loop {
        let missing = not_answering(context, ports)?;
        if missing.is_empty() {
            return Ok(Exit::Done);
        }
        if context.signals.wanted() {
            context.out.message("interrupted: not waiting any longer; nodes keep running");
            return Ok(Exit::Interrupted);
        }
        if Instant::now() >= deadline {
            for (port, how) in missing {
                context.out.error(&anyhow::anyhow!("port {port} does not answer yet: {how}"), None);
            }
            return Ok(Exit::Problem);
        }
        thread::sleep(ASK_AGAIN);
    }
}

/// Which of the nodes do not answer, and how they are.
fn not_answering(context: &Context, ports: &BTreeSet<Port>) -> Result<BTreeMap<Port, String>, Failure> {
    if ports.is_empty() {
        return Ok(BTreeMap::new());
    }
    let nodes = context.observe(None)?.observed.nodes;
    let answers = |port: Port| {
        nodes.iter().any(|node| {
            node.port == port && node.listening == Listening::OnPort && node.health == Health::Answering
        })
    };
    let how = |port: Port| {
        let node = nodes.iter().find(|node| node.port == port);
        node.map_or("it does not run".to_owned(), |node| node.health.to_string())
    };
    Ok(ports.iter().filter(|port| !answers(**port)).map(|port| (*port, how(*port))).collect())
}
