//! What `extended_logging` adds to a command line.

use acecast_reconcile::Role;

use super::list::ArgList;

/// The `--debug-` options of every node (engine documentation, logging).
const DEBUG: [&str; 14] = [
    "multicast-pex",
    "encoder",
    "encoder-connection",
    "download-live",
    "connecter",
    "connecter-connection",
    "downloader",
    "single-download",
    "picker-client",
    "client-transporter",
    "memory-usage",
    "pieces",
    "storage",
    "rerequester",
];

/// What support nodes have besides, as they alone look for peers by DHT and magnet links.
const DEBUG_SUPPORT: [&str; 3] = ["rerequester-dht", "dht", "magnet"];

/// A log of everything, begun anew every 100 MB.
pub(super) fn extended(args: &mut ArgList, role: Role) {
    args.value("log-debug", 1);
    args.value("log-modules", "root:D");
    args.value("log-max-size", 100_000_000);
    let more: &[&str] = match role {
        Role::Source => &[],
        Role::Support => &DEBUG_SUPPORT,
    };
    for module in DEBUG.iter().chain(more) {
        args.flag(&format!("debug-{module}"));
    }
}
