//! The keys of the node lists.

use super::limits::MAX_TITLE;
use super::words::{CHANNELS, QUALITIES, TYPES};
use super::{Key, Kind, Need};

#[expect(clippy::cast_possible_truncation, reason = "it is 1024")]
const TITLE: Kind = Kind::Text(MAX_TITLE as u32);

/// What a controller answers with; files may have the same form.
pub(crate) const ANSWER: [Key; 2] = [
    Key::required("result", Kind::List(&Kind::Object("node"), 0), "The list."),
    Key::nullable("error", Kind::Ignored, "Why the controller has no list; null if it has one."),
];

/// A source node.
pub(crate) const SOURCE: [Key; 14] = [
    Key::required(
        "stream_uid",
        Kind::Uid,
        "The stream's name, on this host and for the controller. It names the files of its key, so a new name is a new \
         stream.",
    ),
    Key::required("port", Kind::Port, "The node's port. No other node of this host may have it."),
    Key::required("title", TITLE, "What viewers see."),
    Key::required(
        "url",
        Kind::Url,
        "Where the stream comes from. A new query alone does not restart the node.",
    ),
    Key::required("type", Kind::Word(&TYPES), "What comes from there: MPEG-TS over HTTP, or HLS."),
    Key::new(
        "bitrate",
        Kind::Number,
        Need::RequiredForTs,
        "Bytes per second; 0 lets the engine measure it, which takes a minute. Only for ts.",
    ),
    Key::optional("categories", Kind::List(&Kind::Category, 0), "What the stream is about."),
    Key::optional("quality", Kind::Word(&QUALITIES), "What viewers are told. Only for ts."),
    UPLOAD_TO,
    Key::optional(
        "force_monotonic_sequence",
        Kind::Flag,
        "Piece numbers go on where they were, whatever the playlist says. Only for hls.",
    ),
    PRIVATE_NODE,
    ENGINE_VERSION,
    EXTENDED_LOGGING,
    Key::nullable(
        "metadata",
        Kind::Metadata,
        "The stream's key and piece number, from a controller that is asked with get_metadata. It is restored where it is \
         missing.",
    ),
];

/// A support node.
pub(crate) const SUPPORT: [Key; 7] = [
    Key::required("port", Kind::Port, "The node's port. No other node of this host may have it."),
    Key::required("source_ip", Kind::Ip, "The address of the node that the stream is taken from."),
    Key::required("source_port", Kind::Port, "The port of the node that the stream is taken from."),
    ENGINE_VERSION,
    EXTENDED_LOGGING,
    PRIVATE_NODE,
    UPLOAD_TO,
];

const ENGINE_VERSION: Key = Key::new(
    "engine_version",
    Kind::Word(&CHANNELS),
    Need::Default("\"stable\""),
    "The engine that runs it: a key of engine_path.",
);

const EXTENDED_LOGGING: Key =
    Key::new("extended_logging", Kind::Flag, Need::Default("0"), "The engine logs more.");

const PRIVATE_NODE: Key = Key::optional(
    "private_node",
    Kind::Flag,
    "1: only the nodes in upload_to get the stream from it, so upload_to is needed.",
);

const UPLOAD_TO: Key = Key::optional(
    "upload_to",
    Kind::List(&Kind::Endpoint, 0),
    "The nodes that it may upload to, as IP:PORT.",
);
