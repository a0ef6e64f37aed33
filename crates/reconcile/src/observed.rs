//! What was found on this host, in one realm, at one moment. Everything is decided from this snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use crate::{KeyFacts, Pid, Port, Role, Secrets, Spec, StreamUid, StreamUrl};

/// Everything that the planner may know of a host. By default, nothing runs there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observed {
    /// The nodes of this realm, each proven by a live process.
    pub nodes: Vec<ObservedNode>,
    /// Ports about which nothing can be proven. They count as taken, and nothing there is ever signalled.
    pub unknown: Vec<Unknown>,
    /// Wanted ports, without a node of this realm, on which something else listens.
    pub taken: BTreeMap<Port, Foreign>,
    /// Wanted nodes which an engine of another realm stands in the way of, by the wanted port.
    pub rivals: BTreeMap<Port, Rival>,
    /// What is known of the keys of the wanted ts streams. A stream without facts has no key.
    pub keys: BTreeMap<StreamUid, KeyFacts>,
    /// Those addresses among the wanted support nodes' sources that are this host's own.
    pub local: BTreeSet<IpAddr>,
}

/// One process by number and by the tick it was started in, so that a reused number is another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId {
    /// The number.
    pub pid: Pid,
    /// Clock ticks since boot at which it was started.
    pub start_ticks: u64,
}

/// The processes that make up a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Processes {
    /// The engine, and the wrapper script that waits for it, if it has one.
    Engine {
        /// What is signalled.
        engine: ProcessId,
        /// Ends by itself once the engine is gone.
        wrapper: Option<ProcessId>,
    },
    /// A wrapper whose engine has not appeared yet.
    WrapperOnly(ProcessId),
}

impl Processes {
    /// The engine's pid, else the wrapper's.
    pub fn pid(&self) -> Pid {
        self.main().pid
    }

    /// All of them, [`Processes::main`] first.
    pub fn ids(&self) -> impl Iterator<Item = ProcessId> + use<> {
        let wrapper = match *self {
            Processes::Engine { wrapper, .. } => wrapper,
            Processes::WrapperOnly(_) => None,
        };
        std::iter::once(self.main()).chain(wrapper)
    }

    /// The engine, else the wrapper.
    pub fn main(&self) -> ProcessId {
        match *self {
            Processes::Engine { engine, .. } => engine,
            Processes::WrapperOnly(wrapper) => wrapper,
        }
    }
}

/// A node that runs in this realm.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObservedNode {
    /// The port it was asked to use.
    pub port: Port,
    /// Its processes.
    pub processes: Processes,
    /// What it was asked to be, and how that is known.
    pub identity: Identity,
    /// A source's whole URL as running, query included, where its arguments show it.
    pub url: Option<StreamUrl>,
    /// The secrets that its arguments show.
    pub secrets: Secrets,
    /// Where it listens.
    pub listening: Listening,
    /// The pid file of its port names it.
    pub in_pid_file: bool,
    /// Whether it does its work; separate from what it is.
    pub health: Health,
}

impl ObservedNode {
    /// A node that does its work on its port, and of which no URL and no secret is known.
    pub fn new(port: Port, processes: Processes, identity: Identity) -> Self {
        ObservedNode {
            port,
            processes,
            identity,
            url: None,
            secrets: Secrets::new(),
            listening: Listening::OnPort,
            in_pid_file: true,
            health: Health::Answering,
        }
    }

    /// The uid of the stream that it carries, if it is known to be a source node.
    pub(crate) fn uid(&self) -> Option<&StreamUid> {
        self.identity.spec().and_then(|spec| spec.stream.uid())
    }
}

/// What a running node was asked to be, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// acecast started it: its environment carries its spec.
    Managed(Spec),
    /// Something else started it: its arguments show what it was asked to be.
    Adopted(Spec),
    /// It is a node of this realm, but what it was asked to be cannot be told.
    Unidentified {
        /// Its role, where at least that is known.
        role: Option<Role>,
        /// Why the rest is not.
        why: Unidentified,
    },
}

/// Why it cannot be told what a node was asked to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unidentified {
    /// A newer acecast wrote its spec, in this version of the format.
    NewerSpec(u64),
    /// Its arguments fit no kind of node; the text says why.
    Arguments(String),
}

impl Identity {
    /// What it was asked to be, if that is known.
    pub fn spec(&self) -> Option<&Spec> {
        match self {
            Identity::Managed(spec) | Identity::Adopted(spec) => Some(spec),
            Identity::Unidentified { .. } => None,
        }
    }

    /// Its role, if that is known.
    pub fn role(&self) -> Option<Role> {
        match self {
            Identity::Managed(spec) | Identity::Adopted(spec) => Some(spec.role()),
            Identity::Unidentified { role, .. } => *role,
        }
    }
}

/// Where a node listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// On its own port.
    OnPort,
    /// On another port: an engine whose port is busy takes the next free one without a word.
    Elsewhere(Port),
    /// Nowhere, or that could not be told.
    Nowhere,
}

/// Whether a node does its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Its status answers, and a source node has input.
    Answering,
    /// Its status says so, or it is young and does not answer yet.
    Starting,
    /// A source node that answers but has no input.
    NoInput,
    /// It lives and does not answer; the text says what happened instead.
    Silent(String),
}

/// A port about which nothing can be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// The port.
    pub port: Port,
    /// The pid in question, if there is one.
    pub pid: Option<Pid>,
    /// What is in the way of knowing.
    pub reason: UnknownReason,
}

impl Unknown {
    /// Nothing can be proven about this port, for this reason; no pid is in question.
    pub fn new(port: Port, reason: UnknownReason) -> Self {
        Unknown { port, pid: None, reason }
    }
}

/// What is in the way of knowing what runs on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownReason {
    /// The pid file cannot be read, for this reason.
    PidFileUnreadable(String),
    /// The pid file holds no pid.
    PidFileGarbage,
    /// What was found contradicts itself; the text says how.
    Contradiction(String),
    /// The process is another user's, or hidden from this one.
    Hidden,
}

/// What listens on a port without being a node of this realm; by default, nothing is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Foreign {
    /// Its pid, if this user may know it.
    pub pid: Option<Pid>,
    /// Its name.
    pub name: Option<String>,
}

/// An engine of another realm that stands in the way of a wanted node. It is never signalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rival {
    /// It uses the wanted port.
    Port(Pid),
    /// It uses the same key or transport file.
    Key(Pid),
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnknownReason::PidFileUnreadable(why) => write!(f, "pid file unreadable: {why}"),
            UnknownReason::PidFileGarbage => f.write_str("pid file holds no pid"),
            UnknownReason::Contradiction(what) => f.write_str(what),
            UnknownReason::Hidden => {
                f.write_str("its process belongs to another user or is hidden from this one")
            }
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.pid) {
            (Some(name), Some(pid)) => write!(f, "{} (pid {pid})", crate::escape(name)),
            (Some(name), None) => f.write_str(&crate::escape(name)),
            (None, Some(pid)) => write!(f, "pid {pid}"),
            (None, None) => f.write_str("another program"),
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Health::Answering => f.write_str("answering"),
            Health::Starting => f.write_str("starting"),
            Health::NoInput => f.write_str("no-input"),
            Health::Silent(why) => write!(f, "silent: {}", crate::escape(why)),
        }
    }
}

impl fmt::Display for Unidentified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unidentified::NewerSpec(version) => {
                write!(f, "started by a newer acecast (its settings have version {version})")
            }
            Unidentified::Arguments(why) => {
                write!(f, "its arguments fit no kind of node: {}", crate::escape(why))
            }
        }
    }
}
