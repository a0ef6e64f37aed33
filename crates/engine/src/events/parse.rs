//! Reading a line back.

use std::time::SystemTime;

use acecast_reconcile::{Pid, Port, Role, escape};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::What;
use super::line::SCHEMA;

/// What a line says, for showing. Its texts are escaped: they may be anybody's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadEvent {
    /// When.
    pub time: SystemTime,
    /// What happened, as its code, which may be one of another version.
    pub event: String,
    /// What happened, if this version knows the code.
    pub what: Option<What>,
    /// Of the node on this port.
    pub port: Option<Port>,
    /// The node's role.
    pub role: Option<Role>,
    /// The node's name.
    pub name: Option<String>,
    /// The process that it is about.
    pub pid: Option<Pid>,
    /// Why, as a code.
    pub reason: Option<String>,
    /// How it ended, as a code.
    pub outcome: Option<String>,
    /// More, in words.
    pub detail: Option<String>,
    /// Which command wrote it.
    pub by: Option<String>,
}

/// What a line of the log says; `None` for one that is no event, such as one that was cut, or one in a form that this
/// version does not know. A value that makes no sense is as good as none, as long as time and event are there.
pub fn parse(line: &str) -> Option<ReadEvent> {
    let line: Map<String, Value> = serde_json::from_str(line).ok()?;
    let raw = |key: &str| line.get(key).and_then(Value::as_str);
    let text = |key: &str| raw(key).map(|text| escape(text).into_owned());
    if line.get("schema").and_then(Value::as_u64) != Some(u64::from(SCHEMA)) {
        return None;
    }
    let time: Timestamp = raw("time")?.parse().ok()?;
    Some(ReadEvent {
        time: time.into(),
        event: text("event")?,
        what: raw("event").and_then(What::from_code),
        port: line.get("port").and_then(Value::as_u64).and_then(|port| Port::try_from(port).ok()),
        role: Role::ALL.into_iter().find(|role| Some(role.as_str()) == raw("role")),
        name: text("name"),
        pid: line.get("pid").and_then(Value::as_i64).and_then(|pid| Pid::try_from(pid).ok()),
        reason: text("reason"),
        outcome: text("outcome"),
        detail: text("detail"),
        by: text("by"),
    })
}
