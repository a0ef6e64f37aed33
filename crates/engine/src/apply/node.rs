//! The config's entry behind a decision.

use acecast_config::{AppConfig, Common, Config, Entry, SourceNode, SupportNode};
use acecast_reconcile::{Port, Role};

use crate::args::{NodePaths, source_args, support_args};

/// A node as the config asks for it.
#[derive(Clone, Copy)]
pub(super) enum NodeRef<'a> {
    Source(&'a SourceNode),
    Support(&'a SupportNode),
}

impl<'a> NodeRef<'a> {
    pub(super) fn find(config: &'a Config, port: Port) -> Option<Self> {
        match config.entry(port)? {
            Entry::Source(node) => Some(NodeRef::Source(node)),
            Entry::Support(node) => Some(NodeRef::Support(node)),
            Entry::Wrong(..) => None,
        }
    }

    pub(super) fn common(self) -> &'a Common {
        match self {
            NodeRef::Source(node) => &node.common,
            NodeRef::Support(node) => &node.common,
        }
    }

    pub(super) fn source(self) -> Option<&'a SourceNode> {
        match self {
            NodeRef::Source(node) => Some(node),
            NodeRef::Support(_) => None,
        }
    }

    pub(super) fn args(self, app: &AppConfig, cache_size: u64) -> Vec<String> {
        match self {
            NodeRef::Source(node) => source_args(node, app, cache_size),
            NodeRef::Support(node) => support_args(node, app, cache_size),
        }
    }

    pub(super) fn paths(self, app: &'a AppConfig) -> NodePaths<'a> {
        let role = match self {
            NodeRef::Source(_) => Role::Source,
            NodeRef::Support(_) => Role::Support,
        };
        NodePaths::new(&app.dirs, role, self.common().port)
    }
}
