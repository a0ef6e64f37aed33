//! The keys of the app config.

use super::{Key, Kind, Need};

/// The app config itself.
pub(crate) const APP: [Key; 12] = [
    Key::optional(
        "$schema",
        Kind::Ignored,
        "For editors: the JSON Schema that this file follows. Ignored by acecast.",
    ),
    Key::required("engine_path", Kind::Object("engine_path"), "Where the engines are, by their versions."),
    Key::required("root", Kind::AbsolutePath, "What all other paths may be relative to."),
    Key::nullable(
        "controller",
        Kind::Object("controller"),
        "Where node lists come from and where data goes to.",
    ),
    Key::required("dirs", Kind::Object("dirs"), "The folders for files. Missing ones are made."),
    Key::required(
        "trackers",
        Kind::List(&Kind::Tracker, 1),
        "The trackers that every source node announces to.",
    ),
    Key::nullable("provider_key", Kind::Secret, "Signs transport files."),
    Key::nullable(
        "provider_key_file",
        Kind::Path,
        "A file that holds the provider_key instead, in one line. Only its owner should be able to read it.",
    ),
    Key::nullable("node_access_token", Kind::Secret, "Guards the nodes' own HTTP service."),
    Key::nullable(
        "node_access_token_file",
        Kind::Path,
        "A file that holds the node_access_token instead, in one line. Only its owner should be able to read it.",
    ),
    Key::nullable(
        "ca_file",
        Kind::Path,
        "The certificate authorities (PEM) to trust for servers, instead of the system's.",
    ),
    Key {
        need: Need::Default("false"),
        ..Key::nullable(
            "require_https",
            Kind::Switch,
            "Never send private keys to another host by plain http, and never ask one for them.",
        )
    },
];

/// `engine_path`.
pub(crate) const ENGINE_PATH: [Key; 3] = [
    Key::nullable(
        "stable",
        Kind::EnginePath,
        "The engine of nodes with engine_version stable, or without one.",
    ),
    Key::nullable("beta", Kind::EnginePath, "The engine of nodes with engine_version beta."),
    Key::nullable("alpha", Kind::EnginePath, "The engine of nodes with engine_version alpha."),
];

/// `controller`.
pub(crate) const CONTROLLER: [Key; 4] = [
    Key::nullable("source_node", Kind::Location, "The list of source nodes."),
    Key::nullable("support_node", Kind::Location, "The list of support nodes."),
    Key::nullable("monitor", Kind::Url, "Takes the nodes' status: acecast monitor."),
    Key::nullable(
        "metadata_receiver",
        Kind::Url,
        "Takes the streams' keys and piece numbers: acecast update-metadata.",
    ),
];

/// `dirs`.
pub(crate) const DIRS: [Key; 7] = [
    Key::required("public", Kind::Path, "Transport files for everybody, and port_map.json."),
    Key::required("private", Kind::Path, "Private transport files of HLS streams."),
    Key::required(
        "metadata",
        Kind::Path,
        "The streams' keys and piece numbers. It must outlive the server: back it up.",
    ),
    Key::required("log", Kind::Path, "The nodes' logs."),
    Key::required("cache", Kind::Path, "The nodes' caches."),
    Key::required(
        "pid",
        Kind::Path,
        "Pid files. The nodes that name this folder are the ones that acecast looks after.",
    ),
    Key::required("state", Kind::Path, "The nodes' state, and the events of acecast."),
];
