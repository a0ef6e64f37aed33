//! One row for every node that is configured, runs, or has left something behind.

use acecast_engine::Answer;
use acecast_engine::observe::{NodeFacts, Snapshot};
use acecast_reconcile::{Channel, Field, Health, Identity, Listening, ObservedNode, Pid, Port, Role, Value};
use serde::Serialize;

use super::input::lack;
use super::wanted::{Wanted, WantedNode};

/// How a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Its status answers.
    Answering,
    /// It lives, and will answer soon.
    Starting,
    /// It answers, and nothing comes in.
    NoInput,
    /// It lives and does not answer.
    Silent,
    /// It is configured and does not run.
    Down,
    /// Nothing is left of it but a pid file, and it is not configured.
    Stale,
    /// Nothing can be proven.
    Unknown,
}

/// A node and how it is; what is not known is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    pub(crate) port: Port,
    #[serde(serialize_with = "role_name")]
    pub(crate) role: Option<Role>,
    pub(crate) name: Option<String>,
    pub(crate) state: State,
    pub(crate) listed: Option<bool>,
    pub(crate) pid: Option<Pid>,
    /// The channel.
    pub(crate) engine_version: Option<String>,
    /// The engine's own version.
    pub(crate) version: Option<String>,
    pub(crate) uptime_s: Option<u64>,
    pub(crate) download_speed: Option<u64>,
    pub(crate) upload_speed: Option<u64>,
    pub(crate) peers: Option<u64>,
    pub(crate) rss_bytes: Option<u64>,
    pub(crate) error: Option<String>,
    /// Why the node could not be started again, where its key was lost while it runs.
    pub(crate) key_error: Option<String>,
    /// The log of a node in trouble, for people.
    #[serde(skip)]
    pub(crate) log: Option<String>,
}

impl Row {
    /// What is wrong with it, and with its key.
    pub(crate) fn troubles(&self) -> Option<String> {
        let all: Vec<&str> =
            [&self.error, &self.key_error].into_iter().filter_map(Option::as_deref).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// All rows: by role (sources first), port and pid.
pub(super) fn rows(wanted: &Wanted, snapshot: &Snapshot) -> Vec<Row> {
    let observed = &snapshot.observed;
    let unknown_on = |port: Port| observed.unknown.iter().find(|unknown| unknown.port == port);
    let mut rows: Vec<Row> = Vec::new();
    for node in &observed.nodes {
        let mut row = running(node, snapshot.facts.get(&node.processes), wanted);
        row.error = row.error.or_else(|| unknown_on(node.port).map(|unknown| unknown.reason.to_string()));
        row.key_error = observed.lost_key(node).map(|(_, _, why)| why);
        rows.push(row);
    }
    for unknown in &observed.unknown {
        if observed.nodes.iter().all(|node| node.port != unknown.port) {
            let row = bare(unknown.port, State::Unknown, wanted);
            rows.push(Row { pid: unknown.pid, error: Some(unknown.reason.to_string()), ..row });
        }
    }
    for entry in &wanted.nodes {
        if !rows.iter().any(|row| is_of(row, entry)) {
            rows.push(down(entry));
        }
    }
    for (port, file) in &snapshot.stale {
        if rows.iter().all(|row| row.port != *port) {
            let error = format!("{} is left behind; the next start or stop removes it", file.path.display());
            rows.push(Row { error: Some(error), ..bare(*port, State::Stale, wanted) });
        }
    }
    rows.sort_by_key(|row| (row.role.is_none(), row.role, row.port, row.pid));
    rows
}

/// Every configured node is answering or starting.
pub(super) fn all_well(wanted: &Wanted, rows: &[Row]) -> bool {
    let is_up = |row: &Row| matches!(row.state, State::Answering | State::Starting);
    wanted.nodes.iter().all(|entry| rows.iter().any(|row| is_of(row, entry) && is_up(row)))
}

/// The row is that of the entry's node.
fn is_of(row: &Row, entry: &WantedNode) -> bool {
    row.port == entry.port && row.role.is_none_or(|role| role == entry.role)
}

fn running(node: &ObservedNode, facts: Option<&NodeFacts>, wanted: &Wanted) -> Row {
    let entry = wanted.entry(node.identity.role(), node.port);
    let spec = node.identity.spec();
    let (state, mut error) = match &node.health {
        Health::Answering => (State::Answering, None),
        Health::Starting => (State::Starting, None),
        Health::NoInput => (State::NoInput, None),
        Health::Silent(why) => (State::Silent, Some(why.clone())),
    };
    if let Some(lack) = lack(node, facts) {
        error = Some(lack.said(node.url.as_ref().or(entry.and_then(|entry| entry.url.as_ref()))));
    }
    if let Listening::Elsewhere(port) = node.listening {
        error = Some(format!("listens on port {port}"));
    }
    if let Identity::Unidentified { why, .. } = &node.identity {
        error.get_or_insert_with(|| why.to_string());
    }
    let answer = facts.and_then(|facts| facts.answer.as_ref());
    let role = node.identity.role().or(entry.map(|entry| entry.role));
    let source_rate = answer.filter(|_| role == Some(Role::Source)).and_then(Answer::source_download_rate);
    let channel = spec.and_then(|spec| spec.settings.get(Field::EngineVersion));
    Row {
        port: node.port,
        role,
        name: spec.map(acecast_reconcile::Spec::name).or_else(|| entry.and_then(|entry| entry.name.clone())),
        state,
        listed: wanted.lists(node.identity.role(), node.port),
        pid: Some(node.processes.pid()),
        engine_version: match channel {
            Some(Value::Text(channel)) => Some(channel),
            _ => None,
        },
        version: answer.and_then(|answer| answer.version()).map(str::to_owned),
        uptime_s: facts.map(|facts| facts.age.as_secs()),
        download_speed: source_rate.or(answer.and_then(Answer::download_speed)),
        upload_speed: answer.and_then(Answer::upload_speed),
        peers: answer.and_then(Answer::peers),
        rss_bytes: facts.map(|facts| facts.rss_bytes),
        error: error.or_else(|| entry.and_then(|entry| entry.wrong.clone())),
        key_error: None,
        log: None,
    }
}

fn down(entry: &WantedNode) -> Row {
    let WantedNode { role, port, name, channel, url: _, wrong } = entry;
    Row {
        role: Some(*role),
        name: name.clone(),
        listed: Some(true),
        engine_version: channel.map(Channel::as_str).map(str::to_owned),
        error: wrong.clone(),
        ..nothing_known(*port, State::Down)
    }
}

/// A port of which only the config may know more.
fn bare(port: Port, state: State, wanted: &Wanted) -> Row {
    match wanted.entry(None, port) {
        Some(entry) => Row { state, ..down(entry) },
        None => Row { listed: wanted.lists(None, port), ..nothing_known(port, state) },
    }
}

fn nothing_known(port: Port, state: State) -> Row {
    Row {
        port,
        role: None,
        name: None,
        state,
        listed: None,
        pid: None,
        engine_version: None,
        version: None,
        uptime_s: None,
        download_speed: None,
        upload_speed: None,
        peers: None,
        rss_bytes: None,
        error: None,
        key_error: None,
        log: None,
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    reason = "serde hands a reference to the field"
)]
fn role_name<S: serde::Serializer>(role: &Option<Role>, serializer: S) -> Result<S::Ok, S::Error> {
    role.map(Role::as_str).serialize(serializer)
}

#[cfg(test)]
mod tests;
