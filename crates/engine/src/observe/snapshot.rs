//! What a look finds.

use std::collections::BTreeMap;
use std::time::Duration;

use acecast_reconcile::{Observed, Port, Processes};

use crate::answer::Answer;
use crate::pid_file::PidFile;

/// What was found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Snapshot {
    /// What the planner decides from.
    pub observed: Observed,
    /// Stale pid files: they go at the end of the next apply.
    pub stale: Vec<(Port, PidFile)>,
    /// More about each node, by its [`Processes`].
    pub facts: BTreeMap<Processes, NodeFacts>,
    /// `/proc` hides other users' processes from this user, so nodes may have been missed.
    pub others_hidden: bool,
}

/// What the planner does not need to know of a node, but people do.
#[derive(Debug)]
#[non_exhaustive]
pub struct NodeFacts {
    /// Its status answer.
    pub answer: Option<Answer>,
    /// How long it has lived.
    pub age: Duration,
    /// Resident memory of the engine, bytes.
    pub rss_bytes: u64,
    /// Time that the engine has spent on processors.
    pub cpu: Duration,
}

impl Snapshot {
    /// This, and no more to say of it: for tests of what is done with a snapshot.
    pub fn new(observed: Observed) -> Self {
        Snapshot { observed, stale: Vec::new(), facts: BTreeMap::new(), others_hidden: false }
    }
}

impl NodeFacts {
    /// Of a node that is so old and has answered this, or nothing; neither memory nor time on processors is known.
    pub fn new(answer: Option<Answer>, age: Duration) -> Self {
        NodeFacts { answer, age, rss_bytes: 0, cpu: Duration::ZERO }
    }
}
