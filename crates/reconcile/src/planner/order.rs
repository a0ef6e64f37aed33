//! What a start waits for: the stops that free its port or its stream, and the source that it takes its stream from.

use std::collections::{BTreeMap, HashMap};

use super::{Draft, World};
use crate::plan::{Action, HeldReason};
use crate::{DesiredNode, Port, Processes, Role, Stream, StreamUid};

pub(super) fn add_waits(world: &World<'_>, drafts: &mut [Draft<'_>]) {
    let mut freed_ports: HashMap<Port, Vec<Processes>> = HashMap::new();
    let mut freed_streams: HashMap<&StreamUid, Vec<Processes>> = HashMap::new();
    let mut sources: BTreeMap<Port, Source> = BTreeMap::new();
    for draft in drafts.iter() {
        let port = draft.decision.port;
        match (&draft.decision.action, draft.running) {
            (Action::Stop { node, .. }, Some(running)) => {
                freed_ports.entry(port).or_default().push(*node);
                if let Some(uid) = running.identity.spec().and_then(|spec| spec.stream.uid()) {
                    freed_streams.entry(uid).or_default().push(*node);
                }
                if draft.decision.role == Some(Role::Source) {
                    sources.entry(port).or_insert(Source::Leaves);
                }
            }
            (Action::Held { .. }, None) if draft.decision.role == Some(Role::Source) => {
                sources.insert(port, Source::Missing);
            }
            _ if draft.decision.role == Some(Role::Source) => {
                sources.insert(port, Source::Comes);
            }
            _ => {}
        }
    }
    // Source nodes of roles or ports that are not in scope stay as they are.
    for node in &world.observed.nodes {
        if node.identity.role() == Some(Role::Source) {
            sources.entry(node.port).or_insert(Source::Comes);
        }
    }
    for draft in drafts {
        let Some(wanted) = draft.wanted else { continue };
        let source = local_source(world, wanted).and_then(|port| Some((port, sources.get(&port)?)));
        match (&mut draft.decision.action, source) {
            (
                Action::Start { .. } | Action::Restart { .. },
                Some((port, Source::Missing | Source::Leaves)),
            ) => {
                draft
                    .hold(HeldReason::SourceNotReady, format!("its source on port {port} will not be there"));
            }
            (Action::Start { needs, .. } | Action::Restart { needs, .. }, Some((port, Source::Comes))) => {
                *needs = Some(port);
            }
            _ => {}
        }
        if let Action::Start { after, .. } = &mut draft.decision.action {
            let uid = wanted.spec.stream.uid();
            after.extend(freed_ports.get(&wanted.spec.port).into_iter().flatten());
            after.extend(uid.and_then(|uid| freed_streams.get(uid)).into_iter().flatten());
            after.sort_unstable();
            after.dedup();
        }
    }
}

/// What becomes of a source node of this host.
enum Source {
    /// It runs, or is to be started.
    Comes,
    /// It is to be stopped.
    Leaves,
    /// It is wanted, does not run and cannot be started.
    Missing,
}

/// The port of the source node of this host that the support node takes its stream from.
fn local_source(world: &World<'_>, wanted: &DesiredNode) -> Option<Port> {
    match &wanted.spec.stream {
        Stream::Support(source) if world.observed.local.contains(&source.ip) => Some(source.port),
        _ => None,
    }
}
