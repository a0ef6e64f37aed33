//! What the lists ask for, as far as a status needs it.

use acecast_config::{Config, Entry, Problem};
use acecast_reconcile::{Channel, Port, Role, StreamUrl, WrongEntry};

use crate::output::engine_at_fault;

/// What the lists ask for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) nodes: Vec<WantedNode>,
    /// Roles whose list could not be read.
    pub(super) missing: Vec<Role>,
    /// There are entries of which not even the port is known.
    pub(super) portless: bool,
}

/// An entry of a list.
#[derive(Clone, Debug)]
pub(super) struct WantedNode {
    pub(super) role: Role,
    pub(super) port: Port,
    pub(super) name: Option<String>,
    pub(super) channel: Option<Channel>,
    /// What a source node takes in.
    pub(super) url: Option<StreamUrl>,
    /// What is wrong with the entry.
    pub(super) wrong: Option<String>,
}

impl Wanted {
    /// What a config asks for, if one is known; the lists of the `missing` roles could not be read.
    pub(super) fn of(config: Option<&Config>, missing: &[Role]) -> Self {
        let entries = || config.into_iter().flat_map(Config::entries);
        let problems = config.map(|config| config.problems.as_slice()).unwrap_or_default();
        Wanted {
            nodes: entries().filter_map(|entry| WantedNode::of(entry, problems)).collect(),
            missing: missing.to_vec(),
            portless: entries().any(|entry| entry.port().is_none()),
        }
    }

    /// The entry that a node of this role on this port comes from. A node of unknown role may be of any.
    pub(super) fn entry(&self, role: Option<Role>, port: Port) -> Option<&WantedNode> {
        self.nodes.iter().find(|node| node.port == port && role.is_none_or(|role| role == node.role))
    }

    /// Whether the config asks for such a node; `None` if the list that would tell could not be read.
    pub(super) fn lists(&self, role: Option<Role>, port: Port) -> Option<bool> {
        let told = !self.missing.iter().any(|missing| role.is_none_or(|role| role == *missing));
        if self.entry(role, port).is_some() { Some(true) } else { told.then_some(false) }
    }

    /// A list could not be read.
    pub(super) fn is_incomplete(&self) -> bool {
        !self.missing.is_empty()
    }

    /// No entry of the lists that could be read is wrong.
    pub(super) fn all_usable(&self) -> bool {
        !self.portless && self.nodes.iter().all(|node| node.wrong.is_none())
    }
}

impl WantedNode {
    /// `None` if not even the port is known.
    fn of(entry: Entry<'_>, problems: &[Problem]) -> Option<Self> {
        let wrong = entry.wrong().map(|WrongEntry { detail, .. }| {
            let is_held = engine_at_fault(problems, detail).is_some();
            format!("{}: {detail}", if is_held { "held" } else { "config entry wrong" })
        });
        let (role, name, channel) = (entry.role(), entry.name(), entry.channel());
        let url = entry.source().map(|node| node.url.clone());
        Some(WantedNode { role, port: entry.port()?, name, channel, url, wrong })
    }
}
