//! Several nodes on one port: which of them is *the* node?

use crate::{Listening, ObservedNode};

/// Who has the port.
pub(super) enum Claim<'a> {
    /// No node runs there.
    Free,
    /// One node has it; the others are duplicates.
    Held { by: &'a ObservedNode, duplicates: Vec<&'a ObservedNode> },
    /// Two or more say that they listen there, which cannot be: nothing is decided.
    Contested,
}

/// The node that listens on the port has it, else the one that the pid file names, else the oldest.
pub(super) fn claim<'a>(nodes: &[&'a ObservedNode]) -> Claim<'a> {
    if nodes.iter().filter(|node| node.listening == Listening::OnPort).count() > 1 {
        return Claim::Contested;
    }
    let first = nodes.iter().copied().min_by_key(|node| {
        let age = node.processes.main();
        (node.listening != Listening::OnPort, !node.in_pid_file, age.start_ticks, age.pid)
    });
    match first {
        None => Claim::Free,
        Some(by) => {
            let duplicates = nodes.iter().copied().filter(|node| node.processes != by.processes).collect();
            Claim::Held { by, duplicates }
        }
    }
}
