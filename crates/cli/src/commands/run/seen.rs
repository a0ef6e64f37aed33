//! From a snapshot to what the supervisor wants to know, and from what it makes of it to events.

use std::collections::{BTreeMap, BTreeSet};

use acecast_config::{Config, Entry, Media};
use acecast_engine::Answer;
use acecast_engine::events::{By, Event, What};
use acecast_engine::observe::Snapshot;
use acecast_reconcile::supervise::{Flow, Notice, Seen};
use acecast_reconcile::{Action, Channel, Health, HeldReason, ObservedNode, Plan, Port, Processes, Role};

use super::look::Look;
use crate::last_words::said;
use crate::output::{Output, span};

/// What is held, as far as that it is the same again matters.
pub(super) type Held = BTreeSet<(Option<Role>, Port, HeldReason)>;

/// What a look shows of every port that is wanted or has a node.
pub(super) fn seen(config: &Config, snapshot: &Snapshot, look: Look) -> Vec<Seen> {
    let wanted: BTreeMap<Port, Entry<'_>> =
        config.entries().filter_map(|entry| Some((entry.port()?, entry))).collect();
    let observed = &snapshot.observed;
    let running = observed.nodes.iter().map(|node| node.port);
    let ports: BTreeSet<Port> = wanted.keys().copied().chain(running).collect();
    let cannot_be_told = |port: Port| {
        observed.unknown.iter().any(|unknown| unknown.port == port)
            && observed.nodes.iter().all(|node| node.port != port)
    };
    let one = |port: Port| {
        let node = observed.nodes.iter().find(|node| node.port == port);
        let mut seen = Seen::new(port);
        let entry = wanted.get(&port);
        seen.listed = entry.is_some();
        seen.bitrate_unknown = entry.is_some_and(measures);
        seen.node = node.map(|node| node.processes);
        let facts = node.and_then(|node| snapshot.facts.get(&node.processes));
        seen.age = facts.map(|facts| facts.age).unwrap_or_default();
        if let (Look::Whole, Some(node)) = (look, node) {
            seen.flow = flow(node, snapshot);
        }
        seen
    };
    ports.into_iter().filter(|port| !cannot_be_told(*port)).map(one).collect()
}

/// The node is still there, or a part of it.
pub(super) fn runs(snapshot: &Snapshot, node: Processes) -> bool {
    let mut running = snapshot.observed.nodes.iter().flat_map(|node| node.processes.ids());
    running.any(|id| node.ids().any(|other| other == id))
}

/// Every port that an entry asks for, rightly or wrongly.
pub(super) fn wanted(config: &Config) -> BTreeSet<Port> {
    config.entries().filter_map(Entry::port).collect()
}

fn flow(node: &ObservedNode, snapshot: &Snapshot) -> Flow {
    let answer = snapshot.facts.get(&node.processes).and_then(|facts| facts.answer.as_ref());
    match &node.health {
        Health::Starting => Flow::Starting,
        Health::NoInput => Flow::NoInput,
        Health::Silent(_) => Flow::Silent,
        Health::Answering => {
            let alone = answer.and_then(Answer::peers) == Some(0);
            if alone && node.identity.role() == Some(Role::Support) { Flow::NoPeers } else { Flow::Well }
        }
    }
}

/// The engine measures the bitrate of this source first.
fn measures(entry: &Entry<'_>) -> bool {
    entry.source().is_some_and(|node| matches!(node.media, Media::Ts { bitrate: 0, .. }))
}

/// What the supervisor noticed, as events.
pub(super) fn events(
    out: &Output,
    notices: &[Notice],
    config: &Config,
    words: &BTreeMap<Port, String>,
) -> Vec<Event> {
    notices.iter().filter_map(|notice| event(out, notice, config, words.get(&notice.port()))).collect()
}

fn event(out: &Output, notice: &Notice, config: &Config, words: Option<&String>) -> Option<Event> {
    let (what, reason, detail) = match notice {
        Notice::Died { ran, failures, again_in, .. } => {
            let times = if *failures > 1 { format!(", {failures} times in a row") } else { String::new() };
            let ran = span(ran.as_secs());
            let again = if again_in.is_zero() {
                "runs again already".to_owned()
            } else {
                format!("is started again in {:.1} s", again_in.as_secs_f64())
            };
            let words = words.map(|words| format!("; {}", said(words))).unwrap_or_default();
            (What::Died, "ended", format!("ended after at least {ran}{times}; it {again}{words}"))
        }
        Notice::Back { down_for, .. } => {
            (What::Back, "runs_again", format!("it was down for {:.1} s", down_for.as_secs_f64()))
        }
        Notice::Stalled { flow, for_s, .. } => (What::Stalled, flow.as_str(), stalled(*flow, &span(*for_s))),
        Notice::Recovered { after_s, .. } => {
            (What::Recovered, "well", format!("well again after {}", span(*after_s)))
        }
        _ => return None,
    };
    let port = notice.port();
    let (role, name) = named(config, port).unzip();
    let mut event = Event::now(what, By::Run).with_detail(detail);
    (event.port, event.role) = (Some(port), role);
    event.name = name.map(|name| out.clean(&name));
    event.reason = Some(reason.to_owned());
    Some(event)
}

/// What a node that does no work lacks, and for how long.
fn stalled(flow: Flow, time: &str) -> String {
    match flow {
        Flow::Starting => format!("it is still starting after {time}"),
        Flow::NoInput => format!("nothing has come in from its source for {time}"),
        Flow::Silent => format!("it has not answered for {time}"),
        Flow::NoPeers => format!("it has had no peers for {time}"),
        _ => format!("it has been stalled for {time}"),
    }
}

/// The engine version that the config asks for on a port.
pub(super) fn channel(config: &Config, port: Port) -> Option<Channel> {
    config.entry(port).and_then(Entry::channel)
}

/// What the config calls the node on a port.
pub(super) fn named(config: &Config, port: Port) -> Option<(Role, String)> {
    let entry = config.entry(port)?;
    Some((entry.role(), entry.name()?))
}

/// What a plan holds, and the events of what was not held before. A wait before a start is told by the node's end.
pub(super) fn held(out: &Output, plan: &Plan, before: &Held) -> (Held, Vec<Event>) {
    let mut held = Held::new();
    let mut events = Vec::new();
    for decision in &plan.decisions {
        let Action::Held { reason, detail, pid, .. } = &decision.action else { continue };
        let key = (decision.role, decision.port, *reason);
        if *reason != HeldReason::BackingOff && !before.contains(&key) {
            let mut event = Event::now(What::Held, By::Run).with_detail(out.clean(detail));
            (event.port, event.role, event.pid) = (Some(decision.port), decision.role, *pid);
            event.name = decision.name.as_deref().map(|name| out.clean(name));
            event.reason = Some(reason.code().to_owned());
            event.outcome = Some("held".to_owned());
            events.push(event);
        }
        held.insert(key);
    }
    (held, events)
}
