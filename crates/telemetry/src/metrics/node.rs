//! One node, as the page tells it.

use crate::NodeType;

/// A node and what is known of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Node {
    /// Its port.
    pub port: u16,
    /// Its role; `None` if that is not known.
    pub role: Option<NodeType>,
    /// Its stream, or for a support node `IP:PORT` of its source; any text.
    pub name: String,
    /// Whether it is configured; `None` if the list could not be had.
    pub listed: Option<bool>,
    /// How it is.
    pub state: State,
    /// Whether its process is there, in whatever state: false for one that is configured and does not run.
    pub alive: bool,
    /// The engine's own version; any text.
    pub version: Option<String>,
    /// How long its process has been running, in seconds.
    pub uptime_s: Option<f64>,
    /// How often another process took the place of its own, for whatever reason, since this run of acecast began.
    pub restarts: u64,
    /// How often in a row it ended by itself, or could not be started; 0 again after a good run.
    pub failures: u64,
    /// Whether the key of its stream is there and whole, so that it could be started again; `None` for a node without
    /// a key of its own, or where that cannot be told.
    pub key_usable: Option<bool>,
    /// What it receives, in bytes per second.
    pub download_bytes_per_s: Option<f64>,
    /// What it sends, in bytes per second.
    pub upload_bytes_per_s: Option<f64>,
    /// What comes in from the original stream, in bytes per second.
    pub source_bytes_per_s: Option<f64>,
    /// How often it connected to the original stream again, since the node began.
    pub source_reconnects: Option<u64>,
    /// The peers that are connected to it.
    pub peers: Option<u64>,
    /// Its resident memory, in bytes.
    pub rss_bytes: Option<u64>,
    /// The processor time that it has used, user and system, in seconds.
    pub cpu_s: Option<f64>,
}

impl Node {
    /// A node of which nothing else is known. Whether its process is there is what its state lets expect: it is, but for
    /// [`State::Unknown`], [`State::Down`] and [`State::Stale`].
    pub fn new(port: u16, name: impl Into<String>, state: State) -> Self {
        Node {
            port,
            role: None,
            name: name.into(),
            listed: None,
            state,
            alive: match state {
                State::Answering | State::Starting | State::NoInput | State::Silent => true,
                State::Unknown | State::Down | State::Stale => false,
            },
            version: None,
            uptime_s: None,
            restarts: 0,
            failures: 0,
            key_usable: None,
            download_bytes_per_s: None,
            upload_bytes_per_s: None,
            source_bytes_per_s: None,
            source_reconnects: None,
            peers: None,
            rss_bytes: None,
            cpu_s: None,
        }
    }
}

/// How a node is, as `acecast status` says it; the best one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It runs and answers.
    Answering,
    /// It runs and will answer soon.
    Starting,
    /// It answers, and nothing comes in from its source.
    NoInput,
    /// It runs and does not answer.
    Silent,
    /// Whether it runs cannot be proven.
    Unknown,
    /// It is configured and does not run.
    Down,
    /// Only a pid file is left, and it is not configured.
    Stale,
}

impl State {
    /// All states: each is a series of every node.
    pub const ALL: [State; 7] = [
        State::Answering,
        State::Starting,
        State::NoInput,
        State::Silent,
        State::Unknown,
        State::Down,
        State::Stale,
    ];

    /// The word for it, such as `no-input`.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Answering => "answering",
            State::Starting => "starting",
            State::NoInput => "no-input",
            State::Silent => "silent",
            State::Unknown => "unknown",
            State::Down => "down",
            State::Stale => "stale",
        }
    }
}
