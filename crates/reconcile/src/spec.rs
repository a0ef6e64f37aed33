//! What a node was asked to be: the part of it whose change is a reason to restart.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Endpoint, Field, Port, Role, Secret, Settings, SourceKind, StreamUid};

/// What a node was asked to be, without secrets and metadata.
///
/// The spec of a desired node has every setting of its kind. The spec of a running one may lack some: what its
/// arguments cannot show, or an older acecast did not record. What is lacking is taken as equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The node's port, its identity on a host.
    pub port: Port,
    /// The stream it carries, which also tells its role.
    pub stream: Stream,
    /// All other settings that a restart would depend on.
    pub settings: Settings,
}

impl Spec {
    /// The node's role.
    pub fn role(&self) -> Role {
        self.stream.role()
    }

    /// A HLS source has transport files where a ts source has a key.
    pub(crate) fn is_hls(&self) -> bool {
        self.settings.encoded(Field::Type).is_some_and(|kind| kind.is_text(SourceKind::Hls.as_str()))
    }

    /// What people call the node: the stream's uid, or the address of a support node's source.
    pub fn name(&self) -> String {
        match &self.stream {
            Stream::Source(uid) => uid.as_str().to_owned(),
            Stream::Support(source) => source.to_string(),
        }
    }
}

/// The stream that a node carries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// A source node's own stream.
    Source(StreamUid),
    /// What a support node takes from its source.
    Support(Endpoint),
}

impl Stream {
    /// The role of a node that carries it.
    pub fn role(&self) -> Role {
        match self {
            Stream::Source(_) => Role::Source,
            Stream::Support(_) => Role::Support,
        }
    }

    /// The uid of a source node's stream.
    pub fn uid(&self) -> Option<&StreamUid> {
        match self {
            Stream::Source(uid) => Some(uid),
            Stream::Support(_) => None,
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stream::Source(uid) => uid.fmt(f),
            Stream::Support(source) => source.fmt(f),
        }
    }
}

/// Secrets by the config's keys; `None` says that the node has none.
pub type Secrets = BTreeMap<Field, Option<Secret>>;
