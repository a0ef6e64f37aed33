//! What there is to report of each node.

use acecast_engine::observe::Snapshot;
use acecast_reconcile::{Health, ObservedNode, Port, Role, Spec, UnknownReason};
use acecast_telemetry::{NodeType, monitor_document, silent_document};
use anyhow::Context as _;

use super::wanted::WantedNode;

/// One node's report.
#[derive(Debug)]
pub(super) struct NodeReport {
    /// `None` where it cannot be told.
    pub(super) role: Option<Role>,
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
    /// What is sent; what is told of a silence is cleaned before.
    pub(super) fn document(&self, clean: &dyn Fn(&str) -> String) -> anyhow::Result<String> {
        // A report without a type would be of no use to its receiver.
        let role = self.role.context("cannot tell whether it is a source or a support node")?;
        let (port, role) = (self.port.get(), node_type(role));
        match &self.what {
            What::Status(answer) => Ok(monitor_document(answer, port, role)?),
            What::Silence { error, .. } => Ok(silent_document(port, role, &clean(error))),
        }
    }
}

/// What the other side calls a role.
pub(crate) fn node_type(role: Role) -> NodeType {
    match role {
        Role::Source => NodeType::Source,
        Role::Support => NodeType::Support,
    }
}

/// The running nodes of a role, or all of them. A node whose role cannot be told is of none.
pub(super) fn running(snapshot: &Snapshot, wanted: Option<Role>) -> Vec<NodeReport> {
    let report = |node: &ObservedNode| {
        let answer = snapshot.facts.get(&node.processes).and_then(|facts| facts.answer.as_ref());
        let what = match (answer, &node.health) {
            (Some(answer), _) => What::Status(answer.text().to_owned()),
            (None, Health::Starting) => {
                What::Silence { error: "just started, it does not answer yet".to_owned(), starting: true }
            }
            (None, Health::Silent(why)) => What::silence(why),
            (None, health) => What::silence(&health.to_string()),
        };
        NodeReport {
            role: node.identity.role(),
            port: node.port,
            name: node.identity.spec().map(Spec::name),
            what,
        }
    };
    let is_wanted = |node: &&ObservedNode| wanted.is_none() || node.identity.role() == wanted;
    snapshot.observed.nodes.iter().filter(is_wanted).map(report).collect()
}

/// On how many ports something runs that this user may not look at, and of which there is no report.
pub(super) fn hidden(snapshot: &Snapshot, reports: &[NodeReport]) -> usize {
    let is_reported = |port: Port| reports.iter().any(|report| report.port == port);
    let unknown = snapshot.observed.unknown.iter();
    unknown.filter(|unknown| unknown.reason == UnknownReason::Hidden && !is_reported(unknown.port)).count()
}

/// The configured nodes that are not among those that run.
pub(super) fn down(wanted: &[WantedNode], snapshot: &Snapshot) -> Vec<NodeReport> {
    let observed = &snapshot.observed;
    // A node whose role cannot be told may be this one.
    let runs = |entry: &WantedNode| {
        let mut here = observed.nodes.iter().filter(|node| node.port == entry.port);
        here.any(|node| node.identity.role().is_none_or(|role| role == entry.role))
    };
    let report = |entry: &WantedNode| {
        let unknown = observed.unknown.iter().find(|unknown| unknown.port == entry.port);
        let what = match unknown {
            Some(unknown) => What::silence(&format!("cannot prove whether it runs: {}", unknown.reason)),
            None if entry.is_wrong => What::silence("it does not run, and its config entry is wrong"),
            None => What::silence("it does not run"),
        };
        NodeReport { role: Some(entry.role), port: entry.port, name: entry.name.clone(), what }
    };
    wanted.iter().filter(|entry| !runs(entry)).map(report).collect()
}

impl What {
    fn silence(error: &str) -> Self {
        What::Silence { error: error.to_owned(), starting: false }
    }
}
