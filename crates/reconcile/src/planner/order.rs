//! What a start waits for: the stops that free its port or its stream, and the source that it takes its stream from.

use std::collections::HashMap;

use super::World;
use super::draft::Draft;
use crate::plan::Action;
use crate::reason::HeldReason;
use crate::{DesiredNode, ObservedNode, Port, Processes, Role, Stream};

/// What has to be gone before the node starts. Unless the start is held in the end, all of it is to be stopped.
pub(super) fn in_the_way(world: &World<'_>, wanted: &DesiredNode) -> Vec<Processes> {
    let port = wanted.spec.port;
    let strays = wanted.spec.stream.uid().map_or(&[][..], |uid| world.strays_of(uid));
    let nodes = world.nodes_on(port).iter().chain(world.squatters_on(port)).chain(strays);
    let mut processes: Vec<Processes> = nodes.map(|node| node.processes).collect();
    processes.sort_unstable();
    processes.dedup();
    processes
}

/// A support node waits for its source node if that is to be started on this host too.
pub(super) fn wait_for_sources(world: &World<'_>, drafts: &mut [Draft<'_>]) {
    if world.observed.local.is_empty() {
        return;
    }
    let sources = sources(world, drafts);
    for draft in drafts {
        let Some(port) = draft.wanted().and_then(|wanted| local_source(world, wanted)) else { continue };
        let (Action::Start { needs, .. } | Action::Restart { needs, .. }) = &mut draft.decision.action else {
            continue;
        };
        match sources.get(&port) {
            Some(Source::Comes) => *needs = Some(port),
            Some(Source::Later) => {
                let detail = format!("its source on port {port} is down and waits to be started again");
                draft.hold(HeldReason::SourceNotReady, detail);
            }
            Some(Source::Missing) => {
                let detail = format!("its source on port {port} will not be there");
                draft.hold(HeldReason::SourceNotReady, detail);
            }
            // Nothing is known of a source there: it may be another realm's, so the node is free to try.
            None => {}
        }
    }
}

/// What becomes of a source node of this host.
enum Source {
    /// It runs, or is to be started.
    Comes,
    /// It backs off. The plan that starts it starts the nodes that need it, too.
    Later,
    /// It is wanted, does not run and is not to be started.
    Missing,
}

/// What becomes of this host's source nodes, less those that are stopped for good.
fn sources(world: &World<'_>, drafts: &[Draft<'_>]) -> HashMap<Port, Source> {
    let is_source = |node: &ObservedNode| node.identity.role() == Some(Role::Source);
    let mut sources = HashMap::new();
    for draft in drafts {
        let is_about_source = draft.decision.role == Some(Role::Source);
        let fate = match draft.decision.action {
            Action::Stop { .. } => continue,
            _ if draft.running().is_some_and(is_source) => Source::Comes,
            Action::Start { .. } if is_about_source => Source::Comes,
            Action::Held { reason: HeldReason::BackingOff, .. } if is_about_source => Source::Later,
            _ if is_about_source => Source::Missing,
            _ => continue,
        };
        sources.insert(draft.decision.port, fate);
    }
    // What is not in scope stays as it is.
    for node in world.running().filter(|node| is_source(node) && !world.decides_about(node)) {
        sources.entry(node.port).or_insert(Source::Comes);
    }
    for wanted in world.desired.nodes().filter(|node| node.spec.role() == Role::Source) {
        sources.entry(wanted.spec.port).or_insert(Source::Missing);
    }
    sources
}

/// The port of the source node of this host that the support node takes its stream from.
fn local_source(world: &World<'_>, wanted: &DesiredNode) -> Option<Port> {
    match &wanted.spec.stream {
        Stream::Support(source) if world.observed.local.contains(&source.ip) => Some(source.port),
        _ => None,
    }
}
