//! `acecast logs`: what the nodes wrote, side by side. It reads no list, so it works without a controller.

mod node;
mod show;
mod stamp;
mod zone;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use acecast_engine::status::Unasked;
use acecast_reconcile::{Port, Role, Spec};

use crate::args::LogsArgs;
use crate::context::{Context, variable};
use crate::exit::Exit;
use crate::failure::{Failure, advice};
use crate::output::chained;

use node::{Node, Wanted};
use show::Shown;

/// How often the logs are looked at for new lines.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How many lines of each log are shown if nobody says how many.
const LINES: usize = 100;

pub(super) fn run(context: &Context, args: &LogsArgs) -> Result<Exit, Failure> {
    let zone = zone::local(&variable);
    let since = args.since.and_then(|since| since.moment(SystemTime::now(), &zone));
    let wanted = Wanted { lines: args.lines, since, zone };
    let names = names(context);
    let mut ports = args.ports.clone();
    ports.sort_unstable();
    ports.dedup();
    let mut errors: Vec<(Port, String)> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut is_any_unknown = false;
    for port in ports {
        let (found, failed) = Node::of_port(context, port, names.get(&port));
        if found.is_empty() && failed.is_empty() {
            is_any_unknown = true;
            let dir = context.app.dirs.log.display();
            errors.push((port, format!("port {port} has no log in {dir}")));
        }
        errors.extend(failed.into_iter().map(|error| (port, error)));
        nodes.extend(found);
    }
    let mut first = Vec::new();
    for node in &mut nodes {
        match node.begin(&wanted, args.follow) {
            Ok(lines) => first.push(lines),
            Err(error) => {
                errors.push((node.port, chained(&error)));
                first.push(Vec::new());
            }
        }
    }
    for (_, error) in &errors {
        context.out.error(&anyhow::Error::msg(error.clone()), None);
    }
    if is_any_unknown {
        context.out.hint(advice::SEE_STATUS);
    }
    for note in nodes.iter().filter_map(Node::note) {
        context.out.warning(&note);
    }
    let shown = Shown::new(&context.out, &nodes);
    shown.first(&nodes, first, &errors, &wanted, args.follow);
    let exit = Exit::problem_if(!errors.is_empty());
    if !args.follow || nodes.is_empty() {
        return Ok(exit);
    }
    follow(context, &mut nodes, &shown)
}

/// Shows what is written until the user has seen enough.
fn follow(context: &Context, nodes: &mut [Node], shown: &Shown<'_>) -> Result<Exit, Failure> {
    context.signals.begin_apply()?;
    while !context.signals.wanted() && context.out.is_read() {
        let mut is_quiet = true;
        for node in &mut *nodes {
            match node.read() {
                Ok(lines) => {
                    is_quiet &= lines.is_empty();
                    shown.more(node, lines);
                }
                // It is looked at again: what is at its place may be a log again.
                Err(error) => node.say_once(chained(&error), &context.out),
            }
        }
        if is_quiet {
            std::thread::sleep(LOOK_AGAIN);
        }
    }
    Ok(Exit::Interrupted)
}

/// What the nodes that run are called. Their secrets, which may be older than the config's, are hidden from now on.
fn names(context: &Context) -> BTreeMap<Port, (Role, String)> {
    let mut observer = context.observer();
    observer.client = &Unasked;
    let snapshot = match observer.observe(None) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let why = chained(&error);
            context
                .out
                .warning(&format!("cannot tell what runs, so the names of nodes are missing here: {why}"));
            return BTreeMap::new();
        }
    };
    context.hide_secrets_of(&snapshot);
    let nodes = snapshot.observed.nodes.iter();
    let specs = nodes.filter_map(|node| node.identity.spec());
    specs.map(|spec: &Spec| (spec.port, (spec.role(), spec.name()))).collect()
}
