//! `acecast logs`: what the nodes wrote, side by side. It needs no list, so it works without a controller: the lists are
//! asked only about ports that nothing else knows of.

mod node;
mod running;
mod show;
mod stamp;
mod zone;

use std::time::{Duration, SystemTime};

use acecast_config::{Ask, Entry};
use acecast_reconcile::Port;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::LogsArgs;
use crate::context::{Context, variable};
use crate::exit::Exit;
use crate::failure::{Failure, advice};
use crate::output::chained;

use node::{Node, Wanted};
use running::Running;
use show::Shown;

/// How often the logs are looked at for new lines.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How many lines of each log are shown if nobody says how many.
const LINES: usize = 100;

pub(super) fn run(context: &Context, args: &LogsArgs) -> Result<Exit, Failure> {
    let zone = zone::local(&variable);
    let now = SystemTime::now();
    let since = args.since.and_then(|since| since.moment(now, &zone));
    if let Some(since) = since.filter(|since| *since > now) {
        return Err(in_the_future(since, zone));
    }
    let wanted = Wanted { lines: args.lines, since, zone };
    let running = Running::look(context);
    let mut ports = args.ports.clone();
    ports.sort_unstable();
    ports.dedup();
    let mut errors: Vec<(Port, String)> = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut without: Vec<Port> = Vec::new();
    for port in ports {
        let (found, failed) = Node::of_port(context, port, running.names.get(&port));
        if found.is_empty() && failed.is_empty() {
            without.push(port);
            let dir = context.app.dirs.log.display();
            errors.push((port, format!("port {port} has no log in {dir}")));
        }
        errors.extend(failed.into_iter().map(|error| (port, error)));
        nodes.extend(found);
    }
    if without.len() == errors.len() && nodes.is_empty() {
        refuse_unknown(context, &running, &without)?;
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
    if !without.is_empty() {
        context.out.hint(advice::SEE_STATUS);
    }
    for note in nodes.iter().filter_map(Node::note) {
        context.out.warning(&note);
    }
    if args.follow {
        context.signals.begin_to_follow();
    }
    let shown = Shown::new(&context.out, &nodes);
    shown.first(&nodes, first, &errors, &wanted, args.follow);
    let exit = Exit::problem_if(!errors.is_empty());
    if !args.follow || nodes.is_empty() {
        return Ok(exit);
    }
    Ok(Exit::first([follow(context, &mut nodes, &shown), exit]))
}

/// No line is from then. Whoever named another day, or meant another zone, sees it by the moment.
fn in_the_future(since: SystemTime, zone: TimeZone) -> Failure {
    let moment = Timestamp::try_from(since).map(|since| since.to_zoned(zone));
    let moment = moment.map(|moment| moment.strftime("%Y-%m-%d %H:%M:%S %:z").to_string());
    let moment = moment.unwrap_or_else(|_| "a time that no calendar has".to_owned());
    let error = anyhow::anyhow!("--since is understood as {moment}, which is in the future");
    Failure::new(Exit::Usage, "usage", error)
}

/// Shows what is written until the user has seen enough.
fn follow(context: &Context, nodes: &mut [Node], shown: &Shown<'_>) -> Exit {
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
    context.signals.end_of_following()
}

/// Nothing is known of any of these ports: the wrong ones were named, as with every other command. What a list that
/// cannot be read may tell is left open.
fn refuse_unknown(context: &Context, running: &Running, ports: &[Port]) -> Result<(), Failure> {
    let Some(port) = ports.first() else { return Ok(()) };
    if ports.iter().any(|port| running.ports.contains(port)) {
        return Ok(());
    }
    let Ok(lists) = context.lists(Ask::both()) else { return Ok(()) };
    let is_listed = lists.entries().filter_map(Entry::port).any(|port| ports.contains(&port));
    if is_listed || lists.errors().next().is_some() {
        return Ok(());
    }
    let dir = context.app.dirs.log.display();
    let message =
        format_args!("port {port} is not in the lists, has no log in {dir}, and no node runs there");
    Err(Failure::config("port_not_in_config", message).hint(advice::SEE_STATUS))
}
