//! One look at the host, in the forms in which it is shown.

use std::collections::BTreeMap;

use acecast_config::Config;
use acecast_engine::Answer;
use acecast_engine::observe::{NodeFacts, Snapshot};
use acecast_reconcile::supervise::{Life, Supervisor};
use acecast_reconcile::{Action, HeldReason, Plan, Port, Role, StreamUid};
use acecast_telemetry::metrics::{self, Node, PlanSize};
use serde_json::{Value, json};

use super::trend::Trends;
use crate::commands::monitor::node_type;
use crate::commands::status::{Row, State, status_document, status_rows, summary};
use crate::context::Context;
use crate::last_words;
use crate::output::plan;

/// One look, in the forms in which it is shown.
#[derive(Debug, Default)]
pub(super) struct Digest {
    pub(super) rows: Vec<Row>,
    /// More about each row, in the same order.
    more: Vec<More>,
    /// The document of `acecast plan -o json`.
    pub(super) plan: Value,
    pub(super) nodes: Vec<Node>,
    pub(super) plan_size: PlanSize,
}

/// What the page shows of a node beside what `acecast status` does.
#[derive(Debug)]
struct More {
    restarts: u64,
    stream: Option<String>,
}

impl Digest {
    pub(super) fn of(
        context: &Context,
        config: Option<&Config>,
        snapshot: &Snapshot,
        made: &Plan,
        role: Option<Role>,
        supervisor: &Supervisor,
    ) -> Self {
        let rows = status_rows(context, config, snapshot, made, role);
        let restarts = |port: Port| supervisor.life(port).map_or(0, Life::restarts);
        let facts = |row: &Row| {
            let of_row = |(processes, _): &(&acecast_reconcile::Processes, &NodeFacts)| {
                Some(processes.pid()) == row.pid
            };
            snapshot.facts.iter().find(of_row).map(|(_, facts)| facts)
        };
        let more = rows.iter().map(|row| More { restarts: restarts(row.port), stream: title(config, row) });
        let more = more.collect();
        let figures = |row: &Row| {
            let mut figures = node(row, facts(row), supervisor.life(row.port));
            figures.key_usable = key_usable(row, snapshot, made);
            figures
        };
        let nodes = rows.iter().map(figures).collect();
        let problems = config.map(|config| config.problems.as_slice()).unwrap_or_default();
        Digest { more, plan: plan::document(made, problems), nodes, plan_size: size(made), rows }
    }

    /// The document of `acecast status -o json`, with more about each node.
    pub(super) fn status(&self, trends: &Trends, is_fresh: bool) -> Value {
        let mut document = status_document(&self.rows);
        let now = std::time::Instant::now();
        if let Some(nodes) = document["nodes"].as_array_mut() {
            for ((node, row), more) in nodes.iter_mut().zip(&self.rows).zip(&self.more) {
                node["restarts"] = json!(more.restarts);
                node["note"] = json!(row.troubles());
                node["stream"] = json!(more.stream);
                node["trend"] = trends.of(row.port, now);
            }
        }
        document["config_is_fresh"] = json!(is_fresh);
        document
    }

    /// There is no node on the port, though one is configured.
    pub(super) fn is_down(&self, port: Port) -> bool {
        self.rows.iter().any(|row| row.port == port && row.state == State::Down)
    }

    /// Shows what nodes that are down wrote last.
    pub(super) fn add_last_words(&mut self, words: &BTreeMap<Port, String>) {
        for row in self.rows.iter_mut().filter(|row| row.state == State::Down) {
            let Some(words) = words.get(&row.port) else { continue };
            let why = row.error.take().map(|error| error + "; ").unwrap_or_default();
            row.error = Some(format!("{why}{}", last_words::said_shortly(words)));
        }
    }

    /// How many nodes are how, in words.
    pub(super) fn summary(&self) -> String {
        summary(&self.rows)
    }
}

/// What viewers see of the stream.
fn title(config: Option<&Config>, row: &Row) -> Option<String> {
    let node = config?.entry(row.port)?.source().filter(|_| row.role == Some(Role::Source))?;
    Some(node.title.clone())
}

/// Whether the node could be started with the key that is there; `None` for one without a key.
fn key_usable(row: &Row, snapshot: &Snapshot, made: &Plan) -> Option<bool> {
    let uid: StreamUid = row.name.as_ref().filter(|_| row.role == Some(Role::Source))?.parse().ok()?;
    snapshot.observed.keys.get(&uid)?;
    let is_held = |action: &Action| {
        use HeldReason::{KeyConflict, KeyDamaged, KeyMissing, KeyUnreadable};
        let keys = [KeyConflict, KeyDamaged, KeyMissing, KeyUnreadable];
        matches!(action, Action::Held { reason, .. } if keys.contains(reason))
    };
    let mut of_it = made.decisions.iter().filter(|its| (its.port, its.role) == (row.port, row.role));
    Some(row.key_error.is_none() && !of_it.any(|decision| is_held(&decision.action)))
}

#[expect(clippy::cast_precision_loss, reason = "figures of rates and sizes are rounded where they are shown")]
fn node(row: &Row, facts: Option<&NodeFacts>, life: Option<&Life>) -> Node {
    let answer = facts.and_then(|facts| facts.answer.as_ref());
    let is_source = row.role == Some(Role::Source);
    let rate = |speed: Option<u64>| speed.map(|speed| speed as f64);
    let state = match row.state {
        State::Answering => metrics::State::Answering,
        State::Starting => metrics::State::Starting,
        State::NoInput => metrics::State::NoInput,
        State::Silent => metrics::State::Silent,
        State::Down => metrics::State::Down,
        State::Stale => metrics::State::Stale,
        State::Unknown => metrics::State::Unknown,
    };
    let mut node = Node::new(row.port.get(), row.name.clone().unwrap_or_default(), state);
    node.role = row.role.map(node_type);
    node.listed = row.listed;
    node.alive = facts.is_some();
    node.version.clone_from(&row.version);
    node.uptime_s = facts.map(|facts| facts.age.as_secs_f64());
    node.restarts = life.map_or(0, Life::restarts);
    node.failures = life.map_or(0, |life| life.failures().into());
    node.download_bytes_per_s = rate(answer.and_then(Answer::download_speed));
    node.upload_bytes_per_s = rate(row.upload_speed);
    node.source_bytes_per_s = rate(answer.filter(|_| is_source).and_then(Answer::source_download_rate));
    node.source_reconnects = answer.and_then(Answer::source_reconnects);
    node.peers = row.peers;
    node.rss_bytes = row.rss_bytes;
    node.cpu_s = facts.map(|facts| facts.cpu.as_secs_f64());
    node
}

fn size(plan: &Plan) -> PlanSize {
    let mut size = PlanSize::default();
    for decision in &plan.decisions {
        match decision.action {
            Action::Start { .. } => size.starts += 1,
            Action::Stop { .. } => size.stops += 1,
            Action::Restart { .. } => size.restarts += 1,
            Action::Held { .. } => size.held += 1,
            Action::Keep { .. } => {}
        }
    }
    size
}
