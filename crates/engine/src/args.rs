//! The engine's command lines, and the names of all files that they name.
//!
//! One idea: a node's arguments are a pure function of its config entry and the app config, so a plan can be tested
//! without an engine and the same config always gives the same command line. Every value is passed as
//! `--option=value`: a title that starts with a hyphen is then still a title (seen on engine 3.2.3).

#[cfg(test)]
pub(crate) mod fixtures;
mod given;
mod list;
mod logging;
mod paths;
mod url;

use std::path::Path;

use acecast_config::{AppConfig, Common, Media, SourceNode, SupportNode};
use acecast_reconcile::Role;

use list::ArgList;

pub use given::Given;
pub(crate) use paths::{
    MetadataFile, key_name, pid_file_port, private_transport_uid, restart_name, sequence_name, sidecar_uid,
};
pub use paths::{NodePaths, StreamPaths, pid_files};
pub use url::api_path;

/// The arguments of a source node, ts or hls. `cache_size` is the memory cache in bytes.
pub fn source_args(node: &SourceNode, app: &AppConfig, cache_size: u64) -> Vec<String> {
    let mut args = ArgList::default();
    let stream = StreamPaths::new(&app.dirs, &node.uid);
    match node.media {
        Media::Ts { bitrate, quality } => {
            args.flag("stream-source-node");
            args.value("source", node.url.reveal());
            args.value("bitrate", bitrate);
            args.value("name", &node.uid);
            args.value("title", &node.title);
            args.maybe("quality", quality);
            args.each("category", &node.categories);
            args.each("tracker", &app.trackers);
            args.path("publish-dir", &app.dirs.public);
            args.path("metadata-dir", &app.dirs.metadata);
            place(&mut args, Role::Source, &node.common, app, cache_size);
            args.value("monitor-node-ip", "127.0.0.1");
            args.flag("skip-internal-tracker");
            args.value("source-reconnect-interval", 20);
            peers(&mut args);
            stats(&mut args);
            args.flag("permanent");
            memory_cache(&mut args);
            if let Some(key) = &app.provider_key {
                args.value("provider-key", key.reveal());
                args.value("sid", &node.uid);
            }
        }
        Media::Hls { force_monotonic_sequence } => {
            args.flag("stream-support-node");
            args.path("url", &stream.private_transport());
            args.path("public-transport-file", &stream.public_transport());
            args.path("metadata-dir", &app.dirs.metadata);
            place(&mut args, Role::Source, &node.common, app, cache_size);
            args.value("monitor-node-ip", "127.0.0.1");
            args.flag("hide-hls-segments");
            args.flag("hls-broadcast-last-source-piece");
            args.value("hls-bad-manifest-max-errors", 5);
            args.value("hls-bad-manifest-retry-interval", 2);
            peers(&mut args);
            stats(&mut args);
            memory_cache(&mut args);
            args.maybe("hls-force-monotonic-sequence", force_monotonic_sequence.map(u8::from));
        }
    }
    if_set(&mut args, Role::Source, &node.common, app);
    args.into()
}

/// The arguments of a support node. `cache_size` is the memory cache in bytes.
pub fn support_args(node: &SupportNode, app: &AppConfig, cache_size: u64) -> Vec<String> {
    let mut args = ArgList::default();
    let file = api_path(app.node_access_token.as_ref(), "get_transport_file?format=raw");
    args.flag("stream-support-node");
    args.value("url", format_args!("http://{}{file}", node.source));
    args.value("download-from", node.source);
    place(&mut args, Role::Support, &node.common, app, cache_size);
    peers(&mut args);
    args.value("core-sandbox-max-peers", 1);
    args.value("core-max-fast-peers", 1);
    stats(&mut args);
    memory_cache(&mut args);
    if_set(&mut args, Role::Support, &node.common, app);
    args.into()
}

/// The arguments that make the transport files of a HLS stream, at the given places.
pub(crate) fn transport_args(
    node: &SourceNode,
    app: &AppConfig,
    public_out: &Path,
    private_out: &Path,
) -> Vec<String> {
    let mut args = ArgList::default();
    args.flag("create-hls-transport");
    args.flag("hide-hls-manifest");
    args.value("title", &node.title);
    args.value("url", node.url.reveal());
    args.value("base-url", node.url.reveal_base());
    args.path("output-public", public_out);
    args.path("output-private", private_out);
    args.value("sid", &node.uid);
    args.value("log-debug", 1);
    args.each("category", &node.categories);
    args.each("tracker", &app.trackers);
    if let Some(key) = &app.provider_key {
        args.value("provider-key", key.reveal());
    }
    args.into()
}

/// Where the node keeps its files and which port it uses.
fn place(args: &mut ArgList, role: Role, node: &Common, app: &AppConfig, cache_size: u64) {
    let paths = NodePaths::new(&app.dirs, role, node.port);
    args.path("cache-dir", &paths.cache_dir());
    args.path("state-dir", &paths.state_dir());
    args.path("pid-file-dir", &app.dirs.pid);
    args.path("log-file", &paths.log());
    args.value("port", node.port);
    args.value("live-mem-cache-size", cache_size);
}

fn peers(args: &mut ArgList) {
    args.value("close-connections-from-same-peer", 1);
    args.value("max-peers", 10);
}

fn stats(args: &mut ArgList) {
    args.value("stats-report-interval", 4);
    args.flag("stats-report-peers");
    args.flag("service-remote-access");
}

fn memory_cache(args: &mut ArgList) {
    args.value("live-cache-type", "memory");
    args.value("log-backup-count", 1);
}

/// What every node has, where the config says so.
fn if_set(args: &mut ArgList, role: Role, node: &Common, app: &AppConfig) {
    if let Some(token) = &app.node_access_token {
        args.value("service-access-token", token.reveal());
    }
    args.each("upload-to", &node.upload_to);
    args.maybe("private-node", node.private_node.map(u8::from));
    if node.extended_logging {
        logging::extended(args, role);
    }
}

#[cfg(test)]
mod tests;
