//! The keys that each document knows, in one place, so that whatever else describes them can be kept in step.

/// The keys of every object in every document, by what the object is.
pub const KEYS: [(&str, &[&str]); 10] = [
    ("app", APP),
    ("engine_path", ENGINE_PATH),
    ("controller", CONTROLLER),
    ("dirs", DIRS),
    ("answer", ANSWER),
    ("source node", SOURCE),
    ("support node", SUPPORT),
    ("metadata of a ts stream", METADATA_TS),
    ("metadata of a hls stream", METADATA_HLS),
    ("encoded key", ENCODED),
];

pub(crate) const APP: &[&str] = &[
    "engine_path",
    "root",
    "controller",
    "dirs",
    "trackers",
    "provider_key",
    "node_access_token",
    "ca_file",
    "require_https",
];

pub(crate) const ENGINE_PATH: &[&str] = &["stable", "beta", "alpha"];

pub(crate) const CONTROLLER: &[&str] = &["source_node", "support_node", "monitor", "metadata_receiver"];

pub(crate) const DIRS: &[&str] = &["public", "private", "metadata", "log", "cache", "pid", "state"];

pub(crate) const ANSWER: &[&str] = &["result", "error"];

pub(crate) const SOURCE: &[&str] = &[
    "stream_uid",
    "port",
    "title",
    "url",
    "type",
    "bitrate",
    "categories",
    "quality",
    "upload_to",
    "force_monotonic_sequence",
    "private_node",
    "engine_version",
    "extended_logging",
    "metadata",
];

pub(crate) const SUPPORT: &[&str] =
    &["port", "source_ip", "source_port", "engine_version", "extended_logging", "private_node", "upload_to"];

pub(crate) const METADATA_TS: &[&str] = &["last_seq", "private_key"];

pub(crate) const METADATA_HLS: &[&str] = &["hls_sequence"];

pub(crate) const ENCODED: &[&str] = &["base64"];

/// Keys whose values are never shown.
pub(crate) const SECRET: &[&str] = &["provider_key", "node_access_token", "private_key"];

/// Keys whose values are URLs, or were meant to be.
pub(crate) const URL: &[&str] = &["url", "source_node", "support_node", "monitor", "metadata_receiver"];
