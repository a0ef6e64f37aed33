//! What a node was asked to be: the part of it whose change is a reason to restart.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{Endpoint, Port, Role, Secret, SourceKind, StreamUid, escape};

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
        self.settings.get(&Field::Type).is_some_and(|kind| *kind == Value::from(SourceKind::Hls.as_str()))
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

/// Settings by the config's keys.
pub type Settings = BTreeMap<Field, Value>;

/// Secrets by the config's keys; `None` says that the node has none.
pub type Secrets = BTreeMap<Field, Option<Secret>>;

macro_rules! fields {
    ($($variant:ident = $key:literal, $doc:literal;)+) => {
        /// A setting, named by the config's key. The order is the order in which drift is listed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Field { $(#[doc = $doc] $variant,)+ }

        impl Field {
            /// All fields, in the order in which drift is listed.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The config's key.
            pub fn key(self) -> &'static str {
                match self { $(Field::$variant => $key,)+ }
            }
        }
    };
}

fields! {
    Type = "type", "`ts` or `hls`.";
    Url = "url", "A source's URL, without query, fragment and userinfo.";
    SourceIp = "source_ip", "The address of a support node's source.";
    SourcePort = "source_port", "The port of a support node's source.";
    Title = "title", "What viewers see.";
    Bitrate = "bitrate", "Bytes per second; 0 lets the engine measure it.";
    Quality = "quality", "`SD`, `HD` or `auto`.";
    Categories = "categories", "A set.";
    ForceMonotonicSequence = "force_monotonic_sequence", "0 or 1.";
    UploadTo = "upload_to", "A set of `IP:PORT`.";
    PrivateNode = "private_node", "0 or 1.";
    ExtendedLogging = "extended_logging", "0 or 1.";
    EngineVersion = "engine_version", "The channel.";
    EnginePath = "engine_path", "Where that channel's engine is.";
    Trackers = "trackers", "A set of announce URLs.";
    PublicDir = "dirs.public", "An absolute path.";
    PrivateDir = "dirs.private", "An absolute path.";
    MetadataDir = "dirs.metadata", "An absolute path.";
    CacheDir = "dirs.cache", "An absolute path.";
    StateDir = "dirs.state", "An absolute path.";
    ProviderKey = "provider_key", "A secret.";
    NodeAccessToken = "node_access_token", "A secret.";
}

impl Field {
    /// The field with this key.
    pub fn from_key(key: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.key() == key)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A setting's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing is set, or nothing may be shown.
    Null,
    /// A number, or a flag as 0 or 1.
    Number(u64),
    /// A text.
    Text(String),
    /// A list whose order does not matter.
    Set(BTreeSet<String>),
}

impl Value {
    /// A set of anything that has a text.
    pub fn set<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
        Value::Set(items.into_iter().map(|item| item.to_string()).collect())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Number(u64::from(flag))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

/// How many characters of a text are shown in a plan: enough to tell two values apart, and a line stays a line.
const SHOWN: usize = 60;

impl fmt::Display for Value {
    /// For people: escaped, shortened, quoted where it holds more than one word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("none"),
            Value::Number(number) => number.fmt(f),
            Value::Text(text) => show_text(f, text),
            Value::Set(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    show_text(f, item)?;
                }
                f.write_str("]")
            }
        }
    }
}

fn show_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    let cut = if end < text.len() { "…" } else { "" };
    let shown = escape(&text[..end]);
    if text.is_empty() || text.contains([' ', ',', '"', '\'', '→']) {
        write!(f, "\"{shown}{cut}\"")
    } else {
        write!(f, "{shown}{cut}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_finds_its_field() {
        for field in Field::ALL {
            assert_eq!(Field::from_key(field.key()), Some(*field));
        }
        assert_eq!(Field::from_key("nonsense"), None);
    }

    #[test]
    fn values_read_as_one_word_each() {
        assert_eq!(Value::from("plain").to_string(), "plain");
        assert_eq!(Value::from("two words").to_string(), "\"two words\"");
        assert_eq!(Value::from("").to_string(), "\"\"");
        assert_eq!(Value::from("\u{1b}[0m").to_string(), "\\u{1b}[0m");
        assert_eq!(Value::from("a \u{1b}").to_string(), "\"a \\u{1b}\"");
        assert_eq!(Value::set(["b", "a"]).to_string(), "[a, b]");
        assert_eq!(Value::from("x".repeat(70)).to_string(), format!("{}…", "x".repeat(60)));
    }
}
