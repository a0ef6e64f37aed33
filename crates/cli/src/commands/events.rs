//! `acecast events`: what acecast did to nodes, and what happened to them.

use std::time::{Duration, SystemTime};

use acecast_engine::events::{Follower, ReadEvent, parse};
use acecast_reconcile::{Role, escape};
use jiff::Timestamp;

use crate::args::EventsArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, paint, style};

/// How often the log is looked at for new events.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(super) fn run(context: &Context, args: &EventsArgs) -> Result<Exit, Failure> {
    let most = if args.ports.is_empty() { args.lines } else { usize::MAX };
    let (lines, follower) = Follower::begin(&context.app.dirs.state, most).map_err(Failure::failed)?;
    let wanted: Vec<&String> = lines.iter().filter(|line| is_wanted(line, args)).collect();
    let skipped = wanted.len().saturating_sub(args.lines);
    if wanted.is_empty() && !args.follow {
        context.out.note("no events");
    }
    show(&context.out, wanted[skipped..].iter().map(|line| line.as_str()));
    if !args.follow {
        return Ok(Exit::Done);
    }
    let mut follower = follower;
    context.signals.begin_apply()?;
    while !context.signals.wanted() && context.out.is_read() {
        let lines = follower.poll().map_err(Failure::failed)?;
        show(&context.out, lines.iter().filter(|line| is_wanted(line, args)).map(String::as_str));
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(Exit::Interrupted)
}

fn is_wanted(line: &str, args: &EventsArgs) -> bool {
    let port = || parse(line).and_then(|event| event.port);
    args.ports.is_empty() || port().is_some_and(|port| args.ports.contains(&port))
}

/// Programs get the lines as they are.
fn show<'a>(out: &Output, lines: impl Iterator<Item = &'a str>) {
    let lines: Vec<String> = if out.is_json() {
        // What a crash cut is no event, and no JSON.
        lines.filter(|line| parse(line).is_some()).map(|line| escape(line).into_owned()).collect()
    } else {
        lines.map(|line| text(out, line)).collect()
    };
    if !lines.is_empty() {
        out.lines(lines);
    }
}

/// One event as people read it.
fn text(out: &Output, line: &str) -> String {
    parse(line).map_or_else(|| out.clean(line), |event| event_line(out, &event))
}

/// When, what, whom, and why.
pub(crate) fn event_line(out: &Output, event: &ReadEvent) -> String {
    let clean = |text: &Option<String>| text.as_deref().map(|text| out.clean(text)).unwrap_or_default();
    let port = event.port.map(|port| port.to_string()).unwrap_or_default();
    let (role, name) = (event.role.map_or("", Role::as_str), clean(&event.name));
    let what =
        paint(style_of(&event.event, event.outcome.as_deref()), format!("{:13}", out.clean(&event.event)));
    let about = [&event.outcome, &event.reason, &event.detail].map(clean);
    let about: Vec<&str> = about.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let line = format!("{}  {what}  {role:7}  {port:>5}  {name:16}  {}", time(event.time), about.join(", "));
    line.trim_end().to_owned()
}

/// To the second, in UTC: several hosts are compared.
fn time(time: SystemTime) -> String {
    Timestamp::try_from(time)
        .map_or_else(|_| "?".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

fn style_of(event: &str, outcome: Option<&str>) -> clap::builder::styling::Style {
    match (event, outcome) {
        (_, Some("failed")) | ("died" | "config_failed" | "refused", _) => style::ERROR,
        (_, Some("skipped" | "held")) | ("held" | "stalled", _) => style::WARNING,
        ("start" | "back" | "recovered" | "config_good", _) => style::GOOD,
        _ => style::PLAIN,
    }
}
