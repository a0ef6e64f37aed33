//! What the lists ask for, as far as a status needs it.

use acecast_config::{Config, Lists, LoadError, NodeList, Problem};
use acecast_reconcile::{Channel, Port, Role, WrongEntry};

use crate::output::engine_at_fault;

/// What the lists ask for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) nodes: Vec<WantedNode>,
    /// Roles whose list could not be had.
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
    /// What is wrong with the entry.
    pub(super) wrong: Option<String>,
}

impl Wanted {
    pub(super) fn of(lists: &Lists) -> Self {
        let mut wanted = Wanted::default();
        let found = &lists.found;
        wanted.add(Role::Source, lists.sources.as_ref(), found, |node| {
            (node.common.port, node.uid.to_string(), node.common.channel)
        });
        wanted.add(Role::Support, lists.supports.as_ref(), found, |node| {
            (node.common.port, node.source.to_string(), node.common.channel)
        });
        wanted
    }

    /// The same of a config; the lists of these roles are not known.
    pub(super) fn of_config(config: Option<&Config>, unknown: &[Role]) -> Self {
        let mut wanted = match config {
            Some(config) => Wanted::of(&Lists {
                sources: config.sources.clone().map(Ok),
                supports: config.supports.clone().map(Ok),
                found: config.problems.clone(),
            }),
            None => Wanted::default(),
        };
        wanted.missing.extend(unknown);
        wanted
    }

    fn add<N>(
        &mut self,
        role: Role,
        list: Option<&Result<NodeList<N>, LoadError>>,
        found: &[Problem],
        parts: impl Fn(&N) -> (Port, String, Channel),
    ) {
        match list {
            None => {}
            Some(Err(_)) => self.missing.push(role),
            Some(Ok(list)) => {
                self.nodes.extend(list.nodes.iter().map(|node| {
                    let (port, name, channel) = parts(node);
                    WantedNode { role, port, name: Some(name), channel: Some(channel), wrong: None }
                }));
                self.portless |= list.wrong.iter().any(|entry| entry.port.is_none());
                self.nodes.extend(list.wrong.iter().filter_map(|WrongEntry { port, name, detail }| {
                    let what =
                        if engine_at_fault(found, detail).is_some() { "held" } else { "config entry wrong" };
                    let wrong = Some(format!("{what}: {detail}"));
                    Some(WantedNode { role, port: (*port)?, name: name.clone(), channel: None, wrong })
                }));
            }
        }
    }

    /// The entry that a node of this role on this port comes from. A node of unknown role may be of any.
    pub(super) fn entry(&self, role: Option<Role>, port: Port) -> Option<&WantedNode> {
        self.nodes.iter().find(|node| node.port == port && role.is_none_or(|role| role == node.role))
    }

    /// Whether the config asks for such a node; `None` if the list that would tell could not be had.
    pub(super) fn lists(&self, role: Option<Role>, port: Port) -> Option<bool> {
        let told = !self.missing.iter().any(|missing| role.is_none_or(|role| role == *missing));
        if self.entry(role, port).is_some() { Some(true) } else { told.then_some(false) }
    }

    /// A list could not be had.
    pub(super) fn is_incomplete(&self) -> bool {
        !self.missing.is_empty()
    }

    /// No entry of the lists that could be had is wrong.
    pub(super) fn all_usable(&self) -> bool {
        !self.portless && self.nodes.iter().all(|node| node.wrong.is_none())
    }
}
