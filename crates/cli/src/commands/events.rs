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
    let (lines, follower) = Follower::begin(&context.app.dirs.state, most).map_err(Failure::files)?;
    let wanted: Vec<&String> = lines.iter().filter(|line| is_wanted(line, args)).collect();
    let skipped = wanted.len().saturating_sub(args.lines);
    if wanted.is_empty() && !args.follow {
        context.out.note("no events");
    }
    if args.follow {
        context.signals.begin_to_follow();
    }
    show(&context.out, wanted[skipped..].iter().map(|line| line.as_str()));
    if !args.follow {
        return Ok(Exit::Done);
    }
    let mut follower = follower;
    while !context.signals.wanted() && context.out.is_read() {
        let lines = follower.poll().map_err(Failure::files)?;
        show(&context.out, lines.iter().filter(|line| is_wanted(line, args)).map(String::as_str));
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(context.signals.end_of_following())
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

/// The longest name of an event.
const WIDEST: usize = "metadata failed".len();

/// When, what, whom, and why.
pub(crate) fn event_line(out: &Output, event: &ReadEvent) -> String {
    let what = words(&out.clean(&event.event));
    let padding = " ".repeat(WIDEST.saturating_sub(what.chars().count()));
    let what = paint(style_of(&event.event, event.outcome.as_deref()), what);
    let about = out.clean(&about(event));
    let of_node = event.port.map(|port| {
        let (role, name) = (event.role.map_or("", Role::as_str), event.name.as_deref().unwrap_or_default());
        format!("{role:7}  {port:>5}  {:16}  ", out.clean(name))
    });
    let line = format!("{}  {what}{padding}  {}{about}", time(event.time), of_node.unwrap_or_default());
    line.trim_end().to_owned()
}

/// How it ended, and why. The code of a reason is for programs: people get it where nothing else is said.
fn about(event: &ReadEvent) -> String {
    let reason = event.reason.as_deref().map(words);
    match (event.outcome.as_deref(), event.detail.as_deref()) {
        (Some(outcome), Some(detail)) => format!("{outcome}: {detail}"),
        (Some(outcome), None) => {
            outcome.to_owned() + &reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
        }
        (None, Some(detail)) => detail.to_owned(),
        (None, None) => reason.unwrap_or_default(),
    }
}

/// A name that programs know, as people read it.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// To the second, in UTC: several hosts are compared.
fn time(time: SystemTime) -> String {
    Timestamp::try_from(time)
        .map_or_else(|_| "?".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

fn style_of(event: &str, outcome: Option<&str>) -> clap::builder::styling::Style {
    match (event, outcome) {
        (_, Some("failed")) | ("died" | "config_failed" | "refused" | "key_wrong", _) => style::ERROR,
        (_, Some("skipped" | "held")) | ("held" | "stalled", _) => style::WARNING,
        ("start" | "back" | "recovered" | "config_good" | "restore" | "key_good", _) => style::GOOD,
        _ => style::PLAIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Color, Format};

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let out = Output::new(Format::Text, Color::Never, false, 0);
        let line = format!(r#"{{"schema":1,"time":"2026-11-22T19:14:05.100Z",{line},"by":"run"}}"#);
        assert_eq!(anstream::adapter::strip_str(&text(&out, &line)).to_string(), expected);
    }

    #[test]
    fn people_get_words_and_programs_the_codes() {
        let node = r#""port":8640,"role":"source","name":"news","pid":null"#;
        check(
            &format!(
                r#""event":"held",{node},"reason":"pid_unknown","outcome":"held","detail":"pid file holds no pid""#
            ),
            "2026-11-22 19:14:05Z  held             source    8640  news              held: pid file holds no pid",
        );
        check(
            &format!(r#""event":"stop",{node},"reason":"not_in_config","outcome":"stopped","detail":null"#),
            "2026-11-22 19:14:05Z  stop             source    8640  news              stopped (not in config)",
        );
        check(
            &format!(
                r#""event":"back",{node},"reason":"runs_again","outcome":null,"detail":"it was down for 1.1 s""#
            ),
            "2026-11-22 19:14:05Z  back             source    8640  news              it was down for 1.1 s",
        );
    }

    #[test]
    fn what_is_of_no_node_has_no_empty_columns() {
        let none = r#""port":null,"role":null,"name":null,"pid":null,"reason":null,"outcome":null"#;
        check(
            &format!(r#""event":"config_failed",{none},"detail":"x""#),
            "2026-11-22 19:14:05Z  config failed    x",
        );
        check(&format!(r#""event":"run_ended",{none},"detail":null"#), "2026-11-22 19:14:05Z  run ended");
    }
}
