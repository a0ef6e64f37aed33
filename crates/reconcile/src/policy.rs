//! What a plan may touch, and what its user allows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crate::{Port, RestartReason, StreamUid};

/// What a plan may touch, and what its user allows. By default, all nodes, and nothing that loses viewers.
///
/// ```
/// use acecast_reconcile::{Policy, Scope};
///
/// let mut policy = Policy::default();
/// policy.scope = Scope::Ports(["8640".parse()?].into());
/// # Ok::<(), acecast_reconcile::NotAPort>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Which nodes may be touched.
    pub scope: Scope,
    /// Stop nodes that are not in the config even if they are most of those that run.
    pub allow_mass_stop: bool,
    /// Streams that may get a new key, and so new viewers.
    pub new_keys: BTreeSet<StreamUid>,
    /// Running nodes that are restarted although they are what the config asks for. Drift is the better reason:
    /// where there is any, the node is restarted for that. On a port without a wanted node this means nothing.
    pub restarts: BTreeMap<Port, RestartReason>,
    /// Nodes that are not started yet, because they ended by themselves. Only a node that is missing backs off: one
    /// that replaces or follows a running node does not.
    pub backing_off: BTreeMap<Port, BackOff>,
}

/// The wait of a node that ended by itself, until it is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackOff {
    /// How often in a row it ended, or could not be started.
    pub failures: u32,
    /// What is left of the wait.
    pub left: Duration,
}

impl BackOff {
    /// So many failures in a row, and so long to wait.
    pub fn new(failures: u32, left: Duration) -> Self {
        BackOff { failures, left }
    }
}

impl fmt::Display for BackOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BackOff { failures, left } = *self;
        let left = left.as_secs().saturating_add(u64::from(left.subsec_nanos() > 0));
        match failures {
            0 | 1 => f.write_str("is down")?,
            _ => write!(f, "ended, or failed to start, {failures} times in a row")?,
        }
        write!(f, "; it is started again in {left} s")
    }
}

/// Which nodes may be touched. The roles in scope are those with a list in [`crate::Desired`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All nodes of the roles in scope.
    #[default]
    Roles,
    /// Only the nodes on these ports, and those are only started: nothing is stopped or restarted.
    Ports(BTreeSet<Port>),
}

impl Scope {
    pub(crate) fn has(&self, port: Port) -> bool {
        match self {
            Scope::Roles => true,
            Scope::Ports(ports) => ports.contains(&port),
        }
    }

    pub(crate) fn only_starts(&self) -> bool {
        matches!(self, Scope::Ports(_))
    }
}
