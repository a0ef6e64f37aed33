//! What is known of a stream's private key before a node is started with it.
//!
//! The engine replaces an empty or damaged `.sauth` file by a new key without a word, and the stream silently
//! becomes another stream (engine documentation, metadata). So every start of a ts node looks at these facts.

/// The facts about the key of one ts stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyFacts {
    /// The key file itself.
    pub key: KeyState,
    /// Other files which show that this stream has been broadcast from here before.
    pub traces: Vec<KeyTrace>,
    /// What the config brings along to restore.
    pub restore: Restore,
    /// Where the stream's running node has its key, if it has another metadata dir than the config asks for, and
    /// that key is not the one in `key`.
    pub runs_with: Option<String>,
}

impl KeyFacts {
    /// The key file is in this state, and nothing else is known of the stream.
    pub fn new(key: KeyState) -> Self {
        KeyFacts { key, traces: Vec::new(), restore: Restore::Nothing, runs_with: None }
    }
}

/// The state of a `.sauth` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// A whole private key.
    Present,
    /// No such file.
    Missing,
    /// A file that holds nothing at all. An engine leaves one where the disk is full when it makes a stream's first key.
    Empty,
    /// A file that holds no whole private key; the text says why.
    Damaged(String),
    /// A file that cannot be read; the text says why.
    Unreadable(String),
}

/// A file that a stream leaves behind, apart from its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyTrace {
    /// The last piece number, `.restart`.
    Restart,
    /// The public transport file, `.acelive`.
    TransportFile,
}

impl KeyTrace {
    /// What people call the file.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyTrace::Restart => "its .restart file",
            KeyTrace::TransportFile => "its public transport file",
        }
    }
}

/// Whether the config brings a key for the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restore {
    /// It brings none.
    Nothing,
    /// It brings the key that is there, or one where none is.
    Fits,
    /// It brings another key than the one that is there; both fingerprints are SHA-256.
    Conflict {
        /// Of the key in the metadata dir.
        local: String,
        /// Of the key that the config brings.
        remote: String,
    },
}

impl Default for KeyFacts {
    /// Nothing is there, and nothing is brought along.
    fn default() -> Self {
        KeyFacts::new(KeyState::Missing)
    }
}
