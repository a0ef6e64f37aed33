//! Why a source node gives nothing: what a look has seen of its input. The source itself is never asked.
//!
//! A HLS source that has begun to broadcast does not tell: its answer has no word about its input, and its rate may be 0
//! while all is well (seen on engine 3.2.3).

mod kept;

use std::fmt;
use std::time::Duration;

use acecast_config::{Config, Entry};
use acecast_engine::{Answer, NodeFacts, Snapshot};
use acecast_reconcile::{Field, Health, Listening, ObservedNode, Processes, Role, StreamUrl, Value};

pub(in crate::commands) use kept::name_sources;

/// What a node says that nobody listens for.
pub(super) const REFUSED: &str = "connection refused";

/// An engine answers after 0.2 to 1 s (seen on 3.2.3): one that still waits after this waits for its source.
const SOON: Duration = Duration::from_secs(5);

/// The rate is one of several seconds, so it may be 0 for as long, although all is well.
const RATE_KNOWN: Duration = Duration::from_secs(15);

/// With bitrate 0, an engine is `starting` for 60 s (seen), whatever comes in.
const MEASURED: Duration = Duration::from_secs(75);

/// What a source node lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Lack {
    /// It has lost its source, and says so.
    Lost,
    /// It is connected to its source, which sends nothing.
    Mute,
    /// Nothing has come since it was started.
    Yet,
    /// It keeps its port closed and has no pid file: so does an engine that has never reached its source (seen on
    /// 3.2.3), but one that hangs may look like this, too.
    Likely,
}

/// What this node lacks; `None` if nothing, or if that cannot be told.
pub(in crate::commands) fn lack(node: &ObservedNode, facts: Option<&NodeFacts>) -> Option<Lack> {
    // Of a node that is not known for what it is, that is more worth saying.
    let is_known = node.identity.spec().is_some_and(|spec| spec.role() == Role::Source);
    if !is_known && node.health != Health::NoInput {
        return None;
    }
    let age = facts.map_or(Duration::ZERO, |facts| facts.age);
    let answer = facts.and_then(|facts| facts.answer.as_ref());
    match (&node.health, answer) {
        (Health::NoInput, _) => Some(Lack::Lost),
        (Health::Answering, Some(answer)) => {
            let is_mute = answer.source_connected() == Some(true) && answer.source_download_rate() == Some(0);
            (is_mute && age >= RATE_KNOWN).then_some(Lack::Mute)
        }
        (Health::Starting, Some(answer)) => {
            (age >= SOON && waits_for_input(node, answer, age)).then_some(Lack::Yet)
        }
        (Health::Starting, None) => (age >= SOON && has_not_begun(node)).then_some(Lack::Yet),
        (Health::Silent(why), _) => (why == REFUSED && has_not_begun(node)).then_some(Lack::Likely),
        _ => None,
    }
}

/// The same in words, of a node that this snapshot shows and the config may ask for.
pub(in crate::commands) fn lack_of(
    node: &ObservedNode,
    snapshot: &Snapshot,
    config: &Config,
) -> Option<String> {
    let lack = lack(node, snapshot.facts.get(&node.processes))?;
    // A HLS node's arguments do not show where its stream comes from.
    let entry = config.entry(node.port).and_then(Entry::source).map(|entry| &entry.url);
    Some(lack.said(node.url.as_ref().or(entry)))
}

/// Engine 3.0.5.1 answers while it waits, and does not say what it waits for.
fn waits_for_input(node: &ObservedNode, answer: &Answer, age: Duration) -> bool {
    let bitrate = node.identity.spec().and_then(|spec| spec.settings.get(Field::Bitrate));
    let measures = bitrate == Some(Value::Number(0));
    match answer.source_connected() {
        Some(is_connected) => !is_connected,
        None => !measures || age >= MEASURED,
    }
}

/// The engine is there, with neither port nor pid file.
fn has_not_begun(node: &ObservedNode) -> bool {
    let is_engine = matches!(node.processes, Processes::Engine { .. });
    is_engine && node.listening == Listening::Nowhere && !node.in_pid_file
}

impl Lack {
    /// In few words; the source is named by its host and port, where it is known.
    pub(in crate::commands) fn said(self, source: Option<&StreamUrl>) -> String {
        let source = Source(source);
        match self {
            Lack::Lost => format!("no data comes from {source}"),
            Lack::Mute => format!("connected to {source}, and no data comes"),
            Lack::Yet => format!("no data has come from {source} yet"),
            Lack::Likely => format!("it does not listen yet; probably no data has come from {source}"),
        }
    }
}

struct Source<'a>(Option<&'a StreamUrl>);

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("its source")?;
        let Some(url) = self.0.map(StreamUrl::identity) else { return Ok(()) };
        let authority = url.split_once("://").map_or("", |(_, rest)| rest);
        write!(f, " {}", authority.split('/').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
