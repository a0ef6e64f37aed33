//! What there is to report of each node.

use acecast_config::{Lists, NodeList};
use acecast_engine::observe::Snapshot;
use acecast_reconcile::{Health, ObservedNode, Port, Role, Spec};
use acecast_telemetry::{NodeType, monitor_document, silent_document};

/// One node's report.
#[derive(Debug)]
pub(super) struct NodeReport {
    pub(super) role: Role,
    pub(super) port: Port,
    pub(super) name: Option<String>,
    pub(super) what: What,
}

/// What a node says of itself, or why it says nothing.
#[derive(Debug)]
pub(super) enum What {
    /// Its status answer, as it came.
    Status(String),
    /// It does not answer.
    Silence {
        /// Why not.
        error: String,
        /// It is young, and will.
        starting: bool,
    },
}

impl NodeReport {
    /// What is sent.
    pub(super) fn document(&self) -> Result<String, serde_json::Error> {
        let (port, role) = (self.port.get(), node_type(self.role));
        match &self.what {
            What::Status(answer) => monitor_document(answer, port, role),
            What::Silence { error, .. } => Ok(silent_document(port, role, error)),
        }
    }
}

fn node_type(role: Role) -> NodeType {
    match role {
        Role::Source => NodeType::Source,
        Role::Support => NodeType::Support,
    }
}

/// The running nodes of a role, or of both. A node whose role cannot be told is of none.
pub(super) fn running(snapshot: &Snapshot, wanted: Option<Role>) -> Vec<NodeReport> {
    let report = |node: &ObservedNode| {
        let role = node.identity.role().filter(|role| wanted.is_none_or(|wanted| wanted == *role))?;
        let answer = snapshot.facts.get(&node.processes).and_then(|facts| facts.answer.as_ref());
        let what = match (answer, &node.health) {
            (Some(answer), _) => What::Status(answer.text().to_owned()),
            (None, Health::Starting) => {
                What::Silence { error: "starting: it does not answer yet".to_owned(), starting: true }
            }
            (None, Health::Silent(why)) => What::Silence { error: why.clone(), starting: false },
            (None, health) => What::Silence { error: health.to_string(), starting: false },
        };
        Some(NodeReport { role, port: node.port, name: node.identity.spec().map(Spec::name), what })
    };
    snapshot.observed.nodes.iter().filter_map(report).collect()
}

/// The configured nodes that are not among those that run.
pub(super) fn down(lists: &Lists, running: &[NodeReport]) -> Vec<NodeReport> {
    let sources =
        usable(lists.sources.as_ref()).map(|node| (Role::Source, node.common.port, node.uid.to_string()));
    let supports = usable(lists.supports.as_ref())
        .map(|node| (Role::Support, node.common.port, node.source.to_string()));
    sources
        .chain(supports)
        .filter(|(role, port, _)| !running.iter().any(|node| (node.role, node.port) == (*role, *port)))
        .map(|(role, port, name)| NodeReport {
            role,
            port,
            name: Some(name),
            what: What::Silence { error: "it does not run".to_owned(), starting: false },
        })
        .collect()
}

fn usable<N, E>(list: Option<&Result<NodeList<N>, E>>) -> impl Iterator<Item = &N> {
    list.and_then(|list| list.as_ref().ok()).into_iter().flat_map(|list| &list.nodes)
}
