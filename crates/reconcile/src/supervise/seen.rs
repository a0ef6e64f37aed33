//! What goes into a supervisor, and what it has to tell.

use std::fmt;
use std::time::Duration;

use crate::{Port, Processes};

/// What one look at the host showed of one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The port.
    pub port: Port,
    /// The node that runs there, if one does. A port of which that cannot be told is left out of the look.
    pub node: Option<Processes>,
    /// The config asks for a node there.
    pub listed: bool,
    /// How the node is.
    pub flow: Flow,
    /// How long it has lived at least.
    pub age: Duration,
    /// The node is asked for without a bitrate, so that the engine measures it first.
    pub bitrate_unknown: bool,
}

impl Seen {
    /// Nothing runs on the port, and nothing is wanted there.
    pub fn new(port: Port) -> Self {
        Seen {
            port,
            node: None,
            listed: false,
            flow: Flow::Unknown,
            age: Duration::ZERO,
            bitrate_unknown: false,
        }
    }

    /// The config asks for a node there.
    #[must_use]
    pub fn listed(self) -> Self {
        Seen { listed: true, ..self }
    }

    /// This node runs there.
    #[must_use]
    pub fn runs(self, node: Processes, flow: Flow) -> Self {
        Seen { node: Some(node), flow, ..self }
    }
}

/// How a running node is, as far as its work goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flow {
    /// It does its work.
    Well,
    /// It says that it is starting, or is young and does not answer yet.
    Starting,
    /// A source node without input.
    NoInput,
    /// It does not answer.
    Silent,
    /// A support node that gets its stream from nobody.
    NoPeers,
    /// That cannot be told: what was known of this process stays, so nothing begins and nothing ends by it.
    Unknown,
}

impl Flow {
    /// The stable name, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Flow::Well => "well",
            Flow::Starting => "starting",
            Flow::NoInput => "no-input",
            Flow::Silent => "silent",
            Flow::NoPeers => "no-peers",
            Flow::Unknown => "unknown",
        }
    }

    /// The node does no work.
    pub(super) fn is_bad(self) -> bool {
        match self {
            Flow::Starting | Flow::NoInput | Flow::Silent | Flow::NoPeers => true,
            Flow::Well | Flow::Unknown => false,
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that is new about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The node ended, and not by acecast's doing.
    Died {
        /// Its port.
        port: Port,
        /// How long it ran, as far as that is known.
        ran: Duration,
        /// How often in a row that is.
        failures: u32,
        /// It is started again after this time; none if another process runs in its place already.
        again_in: Duration,
    },
    /// A node that ended, or could not be started, runs again.
    Back {
        /// Its port.
        port: Port,
        /// How long there was none.
        down_for: Duration,
    },
    /// The node has done no work for a while. Told once, until it recovers.
    Stalled {
        /// Its port.
        port: Port,
        /// How it is now.
        flow: Flow,
        /// For how many seconds it has done no work.
        for_s: u64,
    },
    /// A node that had stalled does its work again.
    Recovered {
        /// Its port.
        port: Port,
        /// How many seconds after it stopped doing it.
        after_s: u64,
    },
}

impl Notice {
    /// The node's port.
    pub fn port(&self) -> Port {
        match self {
            Notice::Died { port, .. }
            | Notice::Back { port, .. }
            | Notice::Stalled { port, .. }
            | Notice::Recovered { port, .. } => *port,
        }
    }
}
