//! A status, for people and for programs.

use acecast_config::Problem;
use acecast_reconcile::Role;
use serde_json::{Value, json};

use super::input::REFUSED;
use super::rows::{Row, State};
use crate::output::{
    Column, Output, Table, counted, duration, noted, paint, problem_list, rate, schema, size, stdout_width,
    style,
};

/// The document; `errors` are those of lists that could not be read.
pub(super) fn document(rows: &[Row], errors: Option<&Vec<Problem>>) -> Value {
    let mut document = schema();
    document.insert("nodes".to_owned(), json!(rows));
    if let Some(errors) = errors {
        document.insert("errors".to_owned(), problem_list(errors));
    }
    document.into()
}

const fn text(name: &'static str, rank: u8) -> Column {
    Column { name, right: false, shrinks: false, rank }
}

const fn number(name: &'static str, rank: u8) -> Column {
    Column { name, right: true, shrinks: false, rank }
}

const fn shrinking(name: &'static str) -> Column {
    Column { name, right: false, shrinks: true, rank: 0 }
}

const COLUMNS: &[Column] = &[
    number("PORT", 0),
    text("ROLE", 1),
    shrinking("NAME"),
    text("STATE", 0),
    number("PID", 4),
    text("ENGINE", 6),
    text("VERSION", 9),
    number("UPTIME", 5),
    number("DOWN", 2),
    number("UP", 3),
    number("PEERS", 7),
    number("MEM", 8),
];

/// What stands in front of a note on a line of its own.
const INDENT: &str = "       ";

/// The table on stdout, and how many nodes are how on stderr. Of an incomplete one, a list could not be read.
pub(super) fn print(rows: &[Row], is_incomplete: bool, out: &Output) {
    if rows.is_empty() {
        out.note(none(is_incomplete));
        return;
    }
    out.lines(lines(rows, out, stdout_width()));
    out.note(summary(rows));
}

/// What is said instead of an empty table. What is configured, only whole lists tell.
pub(super) fn none(is_incomplete: bool) -> &'static str {
    if is_incomplete { "no node runs" } else { "no nodes: none is configured, and none runs" }
}

/// What is said where a list cannot be read.
pub(super) const DOWN_ARE_MISSING: &str =
    "nodes that are down are missing here while their list cannot be read";

/// The table, as wide as it may be.
pub(super) fn lines(rows: &[Row], out: &Output, width: Option<u16>) -> Vec<String> {
    let mut table = Table::new(COLUMNS);
    for row in rows {
        table.row(cells(row, out));
    }
    let notes = std::iter::once("NOTE".to_owned()).chain(rows.iter().map(|row| note(row, out)));
    // There is exactly one line for each row, behind that of the header.
    let styles = std::iter::once(style::HEADER).chain(rows.iter().map(style_of));
    let lines: Vec<(String, String)> = table.lines(width).into_iter().zip(notes).collect();
    let lines = noted(lines, INDENT, width).into_iter().zip(styles);
    lines.map(|(line, style)| paint(style, line).to_string()).collect()
}

/// Says that a start would change something.
pub(super) fn pending(changes: usize) -> Option<String> {
    match changes {
        0 => None,
        1 => Some("1 change pending: see `acecast plan`".to_owned()),
        _ => Some(format!("{changes} changes pending: see `acecast plan`")),
    }
}

/// Everything that there is to say about the node.
fn note(row: &Row, out: &Output) -> String {
    let not_listed = (row.listed == Some(false)).then_some("not in the config");
    let error = row.error.as_deref().map(|error| match (row.state, error) {
        (State::Silent, REFUSED) => "connection refused: it does not listen on its port",
        _ => error,
    });
    let log = row.log.as_ref().map(|log| format!("log: {log}"));
    let key_error = row.key_error.as_deref();
    let parts: Vec<&str> = [error, key_error, not_listed, log.as_deref()].into_iter().flatten().collect();
    out.clean(&parts.join("; "))
}

fn cells(row: &Row, out: &Output) -> Vec<String> {
    let number = |number: Option<u64>, shown: fn(u64) -> String| number.map(shown).unwrap_or_default();
    let clean = |text: Option<&str>| text.map(|text| out.clean(text)).unwrap_or_default();
    vec![
        row.port.to_string(),
        row.role.map_or("?", Role::as_str).to_owned(),
        clean(row.name.as_deref().or(Some("?"))),
        name(row.state).to_owned(),
        row.pid.map(|pid| pid.to_string()).unwrap_or_default(),
        clean(row.engine_version.as_deref()),
        clean(row.version.as_deref()),
        number(row.uptime_s, duration),
        number(row.download_speed, rate),
        number(row.upload_speed, rate),
        number(row.peers, |peers| peers.to_string()),
        number(row.rss_bytes, size),
    ]
}

/// How many nodes are how, in words.
pub(crate) fn summary(rows: &[Row]) -> String {
    use State::{Answering, Down, NoInput, Silent, Stale, Starting, Unknown};
    let order = [Answering, Starting, NoInput, Silent, Down, Stale, Unknown];
    counted(&order.map(name), rows.iter().map(|row| name(row.state)))
}

fn name(state: State) -> &'static str {
    match state {
        State::Answering => "answering",
        State::Starting => "starting",
        State::NoInput => "no-input",
        State::Silent => "silent",
        State::Down => "down",
        State::Stale => "stale",
        State::Unknown => "unknown",
    }
}

fn style_of(row: &Row) -> clap::builder::styling::Style {
    match row.state {
        State::Answering if row.key_error.is_some() => style::ATTENTION,
        State::Answering => style::PLAIN,
        State::Starting | State::NoInput => style::ATTENTION,
        State::Silent | State::Down | State::Unknown => style::BAD,
        State::Stale => style::FAINT,
    }
}
