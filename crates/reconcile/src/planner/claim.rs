//! Several nodes on one port: which of them is *the* node?

use crate::{Listening, ObservedNode};

/// Who has the port.
pub(super) enum Claim<'n, 'a> {
    /// No node runs there.
    Free,
    /// One node has it; the others are duplicates.
    Held { by: &'a ObservedNode, duplicates: &'n [&'a ObservedNode] },
    /// Two or more say that they listen there, which cannot be: nothing is decided.
    Contested,
}

/// Who has the port, of its nodes in the order of their claims.
pub(super) fn claim<'n, 'a>(nodes: &'n [&'a ObservedNode]) -> Claim<'n, 'a> {
    match nodes {
        [] => Claim::Free,
        [_, second, ..] if second.listening == Listening::OnPort => Claim::Contested,
        [by, duplicates @ ..] => Claim::Held { by, duplicates },
    }
}

/// The order of claims: the node that listens on the port, then the one that the pid file names, then the oldest.
pub(super) fn by_claim(node: &ObservedNode) -> impl Ord + use<> {
    (
        node.listening != Listening::OnPort,
        !node.in_pid_file,
        node.processes.main().start_ticks,
        node.processes,
    )
}
