//! The ports of a host, each with what is wanted and what runs there.

use std::collections::BTreeSet;

use super::claim::by_claim;
use crate::{Desired, DesiredNode, List, Observed, ObservedNode, Port, Role, StreamUid};

/// One port: what the config wants there, and what runs there.
pub(super) struct Site<'a> {
    pub(super) port: Port,
    pub(super) wanted: Option<&'a DesiredNode>,
    /// In the order of claims.
    pub(super) nodes: &'a [&'a ObservedNode],
}

impl<'a> Site<'a> {
    /// The stream that the config wants here.
    pub(super) fn wanted_uid(&self) -> Option<&'a StreamUid> {
        self.wanted.and_then(|wanted| wanted.spec.stream.uid())
    }

    /// The streams that run here and are not wanted here, each with its node.
    pub(super) fn astray(&self) -> impl Iterator<Item = (&'a StreamUid, &'a ObservedNode)> {
        let wanted = self.wanted_uid();
        let streams = self.nodes.iter().filter_map(|node| Some((node.uid()?, *node)));
        streams.filter(move |(uid, _)| Some(*uid) != wanted)
    }
}

/// The nodes by port, and there in the order of claims.
pub(super) fn by_port(nodes: &[ObservedNode]) -> Vec<&ObservedNode> {
    let mut nodes: Vec<&ObservedNode> = nodes.iter().collect();
    nodes.sort_by_cached_key(|node| node.port);
    for on_port in nodes.chunk_by_mut(|a, b| a.port == b.port) {
        on_port.sort_by_cached_key(|node| by_claim(node));
    }
    nodes
}

/// All ports in order. What is wanted and what runs is in that order too, so nothing has to be looked up.
pub(super) fn all<'a>(
    desired: &'a Desired,
    observed: &Observed,
    nodes: &'a [&'a ObservedNode],
) -> Vec<Site<'a>> {
    let lists = Role::ALL.map(|role| desired.list(role));
    let mut wanted = lists.map(|list| list.into_iter().flat_map(List::nodes).peekable());
    let mut running = nodes.chunk_by(|a, b| a.port == b.port).peekable();
    let wrong = lists.into_iter().flatten().flat_map(List::wrong).filter_map(|entry| entry.port);
    let bare: BTreeSet<Port> = observed.unknown.iter().map(|unknown| unknown.port).chain(wrong).collect();
    let mut bare = bare.into_iter().peekable();
    let mut sites = Vec::with_capacity(nodes.len());
    loop {
        let first_wanted = wanted.iter_mut().filter_map(|list| Some(list.peek()?.spec.port)).min();
        let first_running = running.peek().map(|nodes| nodes[0].port);
        let first = [first_wanted, first_running, bare.peek().copied()];
        let Some(port) = first.into_iter().flatten().min() else { return sites };
        bare.next_if_eq(&port);
        sites.push(Site {
            port,
            wanted: wanted.iter_mut().find_map(|list| list.next_if(|node| node.spec.port == port)),
            nodes: running.next_if(|nodes| nodes[0].port == port).unwrap_or_default(),
        });
    }
}
