//! What the config asks this host to run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{Port, Role, Secrets, Spec, StreamUid, StreamUrl};

/// A node that the config asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DesiredNode {
    /// What it is asked to be.
    pub spec: Spec,
    /// The secrets it is to be started with.
    pub secrets: Secrets,
    /// A source's whole URL; its query is used at the next start and is never a reason to restart.
    pub url: Option<StreamUrl>,
}

impl DesiredNode {
    /// A node without secrets, and without a URL to start it with.
    pub fn new(spec: Spec) -> Self {
        DesiredNode { spec, secrets: Secrets::new(), url: None }
    }
}

/// An entry of a node list that cannot be used. Its text is the config crate's affair; the planner needs to know
/// which port to keep its hands off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrongEntry {
    /// The entry's port, if at least that could be read.
    pub port: Option<Port>,
    /// The entry's name, for people, if it could be read.
    pub name: Option<String>,
    /// What is wrong with it.
    pub detail: String,
}

impl WrongEntry {
    /// An entry without a name. If the port cannot be read either, it is `None`.
    pub fn new(port: Option<Port>, detail: impl Into<String>) -> Self {
        WrongEntry { port, name: None, detail: detail.into() }
    }
}

/// The list of one role's nodes: no port and no stream twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    nodes: BTreeMap<Port, DesiredNode>,
    wrong: Vec<WrongEntry>,
}

/// A port or a stream is used twice. A list that contradicts itself changes nothing at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repeated {
    /// Two entries want this port.
    Port(Port),
    /// Two entries have this stream uid.
    Uid(StreamUid),
}

impl List {
    /// A list of usable nodes and of entries that had to be left out.
    pub fn new(
        nodes: impl IntoIterator<Item = DesiredNode>,
        wrong: impl IntoIterator<Item = WrongEntry>,
    ) -> Result<Self, Repeated> {
        let mut list = List { nodes: BTreeMap::new(), wrong: wrong.into_iter().collect() };
        let mut ports: BTreeSet<Port> = BTreeSet::new();
        for port in list.wrong.iter().filter_map(|entry| entry.port) {
            if !ports.insert(port) {
                return Err(Repeated::Port(port));
            }
        }
        let mut uids = BTreeSet::new();
        for node in nodes {
            if !ports.insert(node.spec.port) {
                return Err(Repeated::Port(node.spec.port));
            }
            if let Some(uid) = node.spec.stream.uid()
                && !uids.insert(uid.clone())
            {
                return Err(Repeated::Uid(uid.clone()));
            }
            list.nodes.insert(node.spec.port, node);
        }
        Ok(list)
    }

    /// The usable nodes, by port.
    pub fn nodes(&self) -> impl Iterator<Item = &DesiredNode> {
        self.nodes.values()
    }

    /// The usable node on this port.
    pub fn get(&self, port: Port) -> Option<&DesiredNode> {
        self.nodes.get(&port)
    }

    /// The entries that had to be left out.
    pub fn wrong(&self) -> &[WrongEntry] {
        &self.wrong
    }

    /// The list asks for nothing at all, rightly or wrongly.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.wrong.is_empty()
    }

    fn ports(&self) -> impl Iterator<Item = Port> {
        self.nodes.keys().copied().chain(self.wrong.iter().filter_map(|entry| entry.port))
    }
}

/// The lists of both roles. A role without a list is out of scope, which is not the same as an empty list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    source: Option<List>,
    support: Option<List>,
}

impl Desired {
    /// Puts the lists together, which must not want the same port twice.
    ///
    /// # Panics
    ///
    /// If a list holds a node of the other role: that is a mistake of the caller, not of a config.
    pub fn new(source: Option<List>, support: Option<List>) -> Result<Self, Repeated> {
        for (role, list) in [(Role::Source, &source), (Role::Support, &support)] {
            let fits = list.iter().flat_map(List::nodes).all(|node| node.spec.role() == role);
            assert!(fits, "the {role} list holds a node of the other role");
        }
        if let (Some(a), Some(b)) = (&source, &support) {
            let taken: BTreeSet<Port> = a.ports().collect();
            if let Some(port) = b.ports().find(|port| taken.contains(port)) {
                return Err(Repeated::Port(port));
            }
        }
        Ok(Desired { source, support })
    }

    /// The role's list, if the role is in scope.
    pub fn list(&self, role: Role) -> Option<&List> {
        match role {
            Role::Source => self.source.as_ref(),
            Role::Support => self.support.as_ref(),
        }
    }

    /// All usable nodes, sources first.
    pub fn nodes(&self) -> impl Iterator<Item = &DesiredNode> {
        Role::ALL.into_iter().filter_map(|role| self.list(role)).flat_map(List::nodes)
    }

    /// The usable node on this port.
    pub fn get(&self, port: Port) -> Option<&DesiredNode> {
        Role::ALL.into_iter().filter_map(|role| self.list(role)).find_map(|list| list.get(port))
    }
}

impl fmt::Display for Repeated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Repeated::Port(port) => write!(f, "port {port} is used twice"),
            Repeated::Uid(uid) => write!(f, "stream_uid {uid} is used twice"),
        }
    }
}

impl std::error::Error for Repeated {}
