//! The entries of the node lists.

use std::collections::BTreeSet;
use std::fmt;

use acecast_reconcile::{Channel, Endpoint, Port, SourceKind, StreamUid, StreamUrl};

use crate::Metadata;

/// What entries of both lists have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Common {
    /// The node's port, its identity on a host.
    pub port: Port,
    /// `engine_version`, stable if it is not given.
    pub channel: Channel,
    /// `extended_logging`, off if it is not given.
    pub extended_logging: bool,
    /// `private_node`; `None` if it is not given. Only with `upload_to` can it be `Some(true)`.
    pub private_node: Option<bool>,
    /// The nodes that it may upload to; none named is any.
    pub upload_to: BTreeSet<Endpoint>,
}

impl Common {
    /// A node on this port, with everything else as an entry has it that does not say.
    pub fn new(port: Port) -> Self {
        Common {
            port,
            channel: Channel::default(),
            extended_logging: false,
            private_node: None,
            upload_to: BTreeSet::new(),
        }
    }
}

/// A node that takes an original stream in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceNode {
    /// What every node has.
    pub common: Common,
    /// The stream's name.
    pub uid: StreamUid,
    /// What viewers see: at most 1024 bytes without control characters. It may start with a hyphen.
    pub title: String,
    /// Where the stream comes from.
    pub url: StreamUrl,
    /// In the config's order, none twice.
    pub categories: Vec<Category>,
    /// What depends on the kind of stream.
    pub media: Media,
    /// What is to be restored before it starts, if the controller sent it.
    pub metadata: Option<Metadata>,
}

impl SourceNode {
    /// A source node with what no entry can leave out.
    ///
    /// ```
    /// use acecast_config::{Category, Media, SourceNode};
    ///
    /// let media = Media::Ts { bitrate: 400_000, quality: None };
    /// let url = "http://192.0.2.10/news.ts".parse()?;
    /// let mut node = SourceNode::new("8640".parse()?, "news".parse()?, "News", url, media);
    /// node.categories.extend(Category::from_name("regional"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(port: Port, uid: StreamUid, title: impl Into<String>, url: StreamUrl, media: Media) -> Self {
        SourceNode {
            common: Common::new(port),
            uid,
            title: title.into(),
            url,
            categories: Vec::new(),
            media,
            metadata: None,
        }
    }

    /// What it takes in; `type`.
    pub fn kind(&self) -> SourceKind {
        match self.media {
            Media::Ts { .. } => SourceKind::Ts,
            Media::Hls { .. } => SourceKind::Hls,
        }
    }
}

/// A node that takes a stream from a source node and spreads it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SupportNode {
    /// What every node has.
    pub common: Common,
    /// Where it takes the stream from.
    pub source: Endpoint,
}

impl SupportNode {
    /// A support node of this source.
    pub fn new(port: Port, source: Endpoint) -> Self {
        SupportNode { common: Common::new(port), source }
    }
}

/// What depends on the kind of stream that a source node takes in. It is all that there is, on purpose: whoever starts
/// a node has to know all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// MPEG-TS over HTTP.
    Ts {
        /// Bytes per second; 0 lets the engine measure it for a minute.
        bitrate: u64,
        /// What viewers are told.
        quality: Option<Quality>,
    },
    /// HLS.
    Hls {
        /// Piece numbers go on where they were; `None` if it is not given.
        force_monotonic_sequence: Option<bool>,
    },
}

/// The quality that viewers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quality {
    /// Standard definition.
    Sd,
    /// High definition.
    Hd,
    /// The engine finds out.
    Auto,
}

impl Quality {
    /// All that the engine takes.
    pub const ALL: &[Quality] = &[Quality::Sd, Quality::Hd, Quality::Auto];

    /// `SD`, `HD` or `auto`.
    pub fn as_str(self) -> &'static str {
        match self {
            Quality::Sd => "SD",
            Quality::Hd => "HD",
            Quality::Auto => "auto",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One of the categories that the engine knows, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(&'static str);

/// As the engine's usage text lists them. It takes upper case, too.
const CATEGORIES: [&str; 20] = [
    "informational",
    "entertaining",
    "educational",
    "movies",
    "documentaries",
    "sport",
    "fashion",
    "music",
    "regional",
    "ethnic",
    "religion",
    "teleshop",
    "erotic_18_plus",
    "other_18_plus",
    "cyber_games",
    "amateur",
    "webcam",
    "kids",
    "series",
    "promotion",
];

impl Category {
    /// All that the engine knows.
    pub fn all() -> impl Iterator<Item = Category> {
        CATEGORIES.into_iter().map(Category)
    }

    /// The category with this name, in whatever case.
    pub fn from_name(name: &str) -> Option<Category> {
        Category::all().find(|category| category.0.eq_ignore_ascii_case(name))
    }

    /// The category's name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
