//! What runs on the port, and how that is known.

use std::time::{Duration, SystemTime};

use acecast_engine::args::Given;
use acecast_engine::{Answer, NodeFacts, Snapshot};
use acecast_reconcile::{
    DesiredNode, Field, Identity, Listening, ObservedNode, Processes, Role, SourceKind, Spec, StreamUid,
    StreamUrl,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::commands::status::lack;
use crate::failure::for_a_shell;

/// A node that runs.
pub(super) struct Running {
    pub(super) role: Option<Role>,
    pub(super) name: Option<String>,
    pub(super) uid: Option<StreamUid>,
    pub(super) kind: Option<SourceKind>,
    /// `managed`, `adopted`, `unidentified`.
    pub(super) known: &'static str,
    /// What that means.
    pub(super) because: String,
    pub(super) pid: i32,
    pub(super) wrapper: Option<i32>,
    pub(super) started: Option<String>,
    pub(super) uptime_s: Option<u64>,
    pub(super) rss_bytes: Option<u64>,
    pub(super) health: String,
    /// Why nothing comes in from its source.
    pub(super) input: Option<Input>,
    pub(super) listening: String,
    pub(super) in_pid_file: bool,
    /// The main fields of its status answer.
    pub(super) answer: Option<Map<String, Value>>,
    /// Its options; `None` if they may not be read.
    pub(super) given: Option<Given>,
}

impl Running {
    /// `entry` is what the config asks for on its port.
    pub(super) fn of(node: &ObservedNode, snapshot: &Snapshot, entry: Option<&DesiredNode>) -> Self {
        let (known, because) = match &node.identity {
            Identity::Managed(_) => ("managed", "acecast started it".to_owned()),
            Identity::Adopted(_) => {
                ("adopted", "something else started it; its arguments tell what it is".to_owned())
            }
            Identity::Unidentified { why, .. } => ("unidentified", why.to_string()),
        };
        let spec = node.identity.spec();
        let facts = snapshot.facts.get(&node.processes);
        let (engine, wrapper) = match node.processes {
            Processes::Engine { engine, wrapper } => {
                (engine.pid, wrapper.map(|wrapper| wrapper.pid.as_raw()))
            }
            Processes::WrapperOnly(wrapper) => (wrapper.pid, None),
        };
        Running {
            role: node.identity.role(),
            name: spec.map(Spec::name),
            uid: spec.and_then(|spec| spec.stream.uid().cloned()),
            kind: spec.and_then(kind),
            known,
            because,
            pid: engine.as_raw(),
            wrapper,
            started: facts.and_then(|facts| started(facts.age)),
            uptime_s: facts.map(|facts| facts.age.as_secs()),
            rss_bytes: facts.map(|facts| facts.rss_bytes),
            health: node.health.to_string(),
            input: Input::of(node, facts, entry),
            listening: match node.listening {
                Listening::OnPort => "on its port".to_owned(),
                Listening::Elsewhere(port) => format!("on port {port} instead of its own"),
                Listening::Nowhere => "nowhere".to_owned(),
            },
            in_pid_file: node.in_pid_file,
            answer: facts.and_then(|facts| facts.answer.as_ref()).map(main_fields),
            given: Given::of_process(node.processes.main()),
        }
    }
}

/// What a source node lacks, and how to find out why.
pub(super) struct Input {
    pub(super) lack: String,
    /// A command that asks the source.
    pub(super) ask: Option<String>,
}

impl Input {
    fn of(node: &ObservedNode, facts: Option<&NodeFacts>, entry: Option<&DesiredNode>) -> Option<Self> {
        let lack = lack(node, facts)?;
        // A HLS node's arguments do not show where its stream comes from.
        let url = node.url.as_ref().or(entry.and_then(|entry| entry.url.as_ref()));
        Some(Input { lack: lack.said(url), ask: url.map(ask) })
    }
}

/// What is read for a while tells whether data comes, which a `200` alone does not; and a HEAD is one that a healthy
/// source may refuse. The URL is shown without what is secret in it, so that may have to be added.
fn ask(url: &StreamUrl) -> String {
    let left_out = match (url.userinfo().is_some(), !url.reveal_session().is_empty()) {
        (false, false) => "",
        (true, false) => ", with the user of the config's url",
        (false, true) => ", with the query of the config's url",
        (true, true) => ", with the user and the query of the config's url",
    };
    let shown = r"'%{http_code} %{size_download}\n'";
    let url = for_a_shell(&url.shown_base()).into_owned();
    format!("`curl -sS -m 10 -o /dev/null -w {shown} {url}`{left_out}, on this host")
}

/// When it was started, to the second.
fn started(age: Duration) -> Option<String> {
    let then = Timestamp::try_from(SystemTime::now().checked_sub(age)?).ok()?;
    Some(then.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// What the node says of itself, without what may be long or secret.
fn main_fields(answer: &Answer) -> Map<String, Value> {
    Map::from_iter(
        [
            ("status", json!(answer.status())),
            ("version", json!(answer.version())),
            ("pid", json!(answer.pid())),
            ("run_time", json!(answer.run_time())),
            ("download_hash", json!(answer.download_hash())),
            ("source_connected", json!(answer.source_connected())),
            ("source_reconnects", json!(answer.source_reconnects())),
            ("source_download_rate", json!(answer.source_download_rate())),
            ("download_speed", json!(answer.download_speed())),
            ("upload_speed", json!(answer.upload_speed())),
            ("connected_peers_count", json!(answer.peers())),
            ("cpu_percent", json!(answer.cpu_percent())),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    )
}

/// What a source node takes in.
pub(super) fn kind(spec: &Spec) -> Option<SourceKind> {
    let Some(acecast_reconcile::Value::Text(kind)) = spec.settings.get(Field::Type) else { return None };
    [SourceKind::Ts, SourceKind::Hls].into_iter().find(|one| one.as_str() == kind)
}
