//! Where a running node differs from what the config asks for.

use std::fmt;

use crate::url::hidden::shown;
use crate::{DesiredNode, Field, ObservedNode, Spec, Stream, Value};

/// A setting that differs, which is a reason to restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Which.
    pub field: Field,
    /// How it differs.
    pub change: Change,
}

/// How a setting differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From one value to another.
    Shown {
        /// As it runs.
        from: Value,
        /// As the config asks for.
        to: Value,
    },
    /// It is, or holds, a secret: neither value is shown.
    Hidden,
}

impl Change {
    /// Shows both values, less what in them may be secret.
    fn between(field: Field, from: &Value, to: &Value) -> Change {
        let shown = |value: &Value| match value {
            // Announce URLs may carry a pass key.
            Value::Set(urls) if field == Field::Trackers => Value::set(urls.iter().map(|url| mask(url))),
            Value::Text(url) if field == Field::Url => mask(url).into(),
            value => value.clone(),
        };
        let (from, to) = (shown(from), shown(to));
        if from == to { Change::Hidden } else { Change::Shown { from, to } }
    }
}

/// A URL of any scheme without its userinfo, and with everything behind the path masked.
fn mask(url: &str) -> String {
    let (base, masked) = match url.find(['?', '#']) {
        Some(end) => (&url[..end], "?****"),
        None => (url, ""),
    };
    let authority = base.find("://").map_or(0, |at| at + "://".len());
    let path = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let host = base[authority..path].rfind('@').map_or(authority, |at| authority + at + 1);
    format!("{}{}{masked}", &base[..authority], shown(&base[host..]))
}

/// Something that differs without being a reason to restart. It is used at the node's next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Which.
    pub field: Field,
    /// As it runs, with everything secret masked.
    pub from: String,
    /// As the config asks for, with everything secret masked.
    pub to: String,
}

/// The settings in which the running node differs, by field. What is not known of it is taken as equal.
pub(crate) fn drift(wanted: &DesiredNode, node: &ObservedNode, running: &Spec) -> Vec<Drift> {
    let mut drift: Vec<Drift> = stream_drift(&wanted.spec.stream, &running.stream);
    for (field, from, to) in running.settings.differing(&wanted.spec.settings) {
        drift.push(Drift { field, change: Change::between(field, &from, &to) });
    }
    // Another channel is another path: one change, said once.
    if drift.iter().any(|d| d.field == Field::EngineVersion) {
        drift.retain(|d| d.field != Field::EnginePath);
    }
    for (field, to) in &wanted.secrets {
        if node.secrets.get(field).is_some_and(|from| from != to) {
            drift.push(Drift { field: *field, change: Change::Hidden });
        }
    }
    if let (Some(from), Some(to)) = (&node.url, &wanted.url)
        && from.userinfo() != to.userinfo()
        && !drift.iter().any(|d| d.field == Field::Url)
    {
        drift.push(Drift { field: Field::Url, change: Change::Hidden });
    }
    drift.sort_by_key(|d| d.field);
    drift
}

/// A support node that takes its stream from elsewhere is the same node with two other settings.
fn stream_drift(wanted: &Stream, running: &Stream) -> Vec<Drift> {
    let (Stream::Support(to), Stream::Support(from)) = (wanted, running) else {
        return Vec::new();
    };
    let shown = |field, from: Value, to: Value| Drift { field, change: Change::Shown { from, to } };
    let mut drift = Vec::new();
    if from.ip != to.ip {
        drift.push(shown(Field::SourceIp, from.ip.to_string().into(), to.ip.to_string().into()));
    }
    if from.port != to.port {
        drift.push(shown(
            Field::SourcePort,
            u64::from(from.port.get()).into(),
            u64::from(to.port.get()).into(),
        ));
    }
    drift
}

/// What differs without being a reason to restart: the session part of a source's URL.
pub(crate) fn noted(wanted: &DesiredNode, node: &ObservedNode) -> Vec<Noted> {
    match (&node.url, &wanted.url) {
        (Some(from), Some(to)) if from.reveal_session() != to.reveal_session() && from.is_same_stream(to) => {
            vec![Noted { field: Field::Url, from: from.to_string(), to: to.to_string() }]
        }
        _ => Vec::new(),
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.change {
            Change::Shown { from, to } => write!(f, "{} {from} → {to}", self.field),
            Change::Hidden => write!(f, "{} changed", self.field),
        }
    }
}
