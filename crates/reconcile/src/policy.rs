//! What a plan may touch, and what its user allows.

use std::collections::BTreeSet;

use crate::{Port, StreamUid};

/// What a plan may touch, and what its user allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Which nodes may be touched.
    pub scope: Scope,
    /// Stop nodes that are not in the config even if they are most of those that run.
    pub allow_mass_stop: bool,
    /// Streams that may get a new key, and so new viewers.
    pub new_keys: BTreeSet<StreamUid>,
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
