//! The entries of both lists as one sequence, for whoever asks what is listed and not what is in one of the lists.

use acecast_reconcile::{Channel, Port, Role, WrongEntry};

use crate::{Common, Config, Lists, NodeList, SourceNode, SupportNode};

/// An entry of a list of nodes. There are no other kinds, on purpose: whoever acts on entries has to know all of them.
///
/// ```
/// use acecast_config::{Entry, SupportNode};
///
/// let node = SupportNode::new("8641".parse()?, "192.0.2.7:8640".parse()?);
/// let entry = Entry::Support(&node);
/// assert_eq!(entry.name().as_deref(), Some("192.0.2.7:8640"));
/// assert_eq!(entry.port(), Some(node.common.port));
/// assert!(entry.is_usable());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A usable one of the list of source nodes.
    Source(&'a SourceNode),
    /// A usable one of the list of support nodes.
    Support(&'a SupportNode),
    /// One of this role's list that had to be left out.
    Wrong(Role, &'a WrongEntry),
}

impl<'a> Entry<'a> {
    /// Whose list it is in.
    pub fn role(self) -> Role {
        match self {
            Entry::Source(_) => Role::Source,
            Entry::Support(_) => Role::Support,
            Entry::Wrong(role, _) => role,
        }
    }

    /// The port that it asks for; `None` if that is what cannot be read.
    pub fn port(self) -> Option<Port> {
        match self {
            Entry::Wrong(_, entry) => entry.port,
            _ => self.common().map(|common| common.port),
        }
    }

    /// The stream's uid, or `IP:PORT` of a support node's source; `None` if that is what cannot be read.
    pub fn name(self) -> Option<String> {
        match self {
            Entry::Source(node) => Some(node.uid.to_string()),
            Entry::Support(node) => Some(node.source.to_string()),
            Entry::Wrong(_, entry) => entry.name.clone(),
        }
    }

    /// The engine version that it asks for, if it is usable.
    pub fn channel(self) -> Option<Channel> {
        self.common().map(|common| common.channel)
    }

    /// What every node has, if it is usable.
    pub fn common(self) -> Option<&'a Common> {
        match self {
            Entry::Source(node) => Some(&node.common),
            Entry::Support(node) => Some(&node.common),
            Entry::Wrong(..) => None,
        }
    }

    /// The source node, if it is a usable one.
    pub fn source(self) -> Option<&'a SourceNode> {
        match self {
            Entry::Source(node) => Some(node),
            Entry::Support(_) | Entry::Wrong(..) => None,
        }
    }

    /// The support node, if it is a usable one.
    pub fn support(self) -> Option<&'a SupportNode> {
        match self {
            Entry::Support(node) => Some(node),
            Entry::Source(_) | Entry::Wrong(..) => None,
        }
    }

    /// What is wrong, if it had to be left out.
    pub fn wrong(self) -> Option<&'a WrongEntry> {
        match self {
            Entry::Wrong(_, entry) => Some(entry),
            Entry::Source(_) | Entry::Support(_) => None,
        }
    }

    /// It is no wrong one.
    pub fn is_usable(self) -> bool {
        self.wrong().is_none()
    }
}

impl Lists {
    /// Every entry of the lists that could be had: sources first, and of each list the usable ones before the others.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let (sources, supports) = (self.sources.as_ref(), self.supports.as_ref());
        entries(sources.and_then(|list| list.as_ref().ok()), supports.and_then(|list| list.as_ref().ok()))
    }

    /// The entry that asks for this port, be it right or wrong.
    pub fn entry(&self, port: Port) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.port() == Some(port))
    }
}

impl Config {
    /// Every entry of both lists: sources first, and of each list the usable ones before the others.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        entries(self.sources.as_ref(), self.supports.as_ref())
    }

    /// The entry that asks for this port, be it right or wrong.
    pub fn entry(&self, port: Port) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.port() == Some(port))
    }
}

/// The entries of these lists: sources first, and of each list the usable ones before the others.
fn entries<'a>(
    sources: Option<&'a NodeList<SourceNode>>,
    supports: Option<&'a NodeList<SupportNode>>,
) -> impl Iterator<Item = Entry<'a>> {
    let sources = sources.into_iter().flat_map(|list| of_list(Role::Source, list, Entry::Source));
    let supports = supports.into_iter().flat_map(|list| of_list(Role::Support, list, Entry::Support));
    sources.chain(supports)
}

fn of_list<'a, N>(
    role: Role,
    list: &'a NodeList<N>,
    usable: fn(&'a N) -> Entry<'a>,
) -> impl Iterator<Item = Entry<'a>> {
    let wrong = list.wrong.iter().map(move |entry| Entry::Wrong(role, entry));
    list.nodes.iter().map(usable).chain(wrong)
}
