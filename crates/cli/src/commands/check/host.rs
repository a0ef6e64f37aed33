//! What of this host does not fit the app config: folders and engines. Nothing is written to find out.

use std::collections::BTreeSet;
use std::net::UdpSocket;

use acecast_config::{AppConfig, Entry, Lists, Problem, RemoteUrl, Severity, SupportNode};
use acecast_engine::args::StreamPaths;
use acecast_reconcile::{Channel, Endpoint, Port, SourceKind, StreamUid};

use crate::commands::access::{no_room_for_a_key, not_a_folder, not_runnable, not_writable};

/// Everything that would keep nodes from starting, or cost them their keys.
pub(super) fn problems(app: &AppConfig, lists: &Lists) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |key: &str, found: Option<(Severity, String)>| {
        problems.extend(found.and_then(|(severity, message)| app.problem_at(key, severity, message)));
    };
    // Of nodes that could be started.
    let used: BTreeSet<Channel> = lists.entries().filter_map(Entry::channel).collect();
    for channel in used {
        let engine = app.engine_path.get(&channel);
        say(&format!("engine_path.{channel}"), engine.and_then(|path| not_runnable(path)).map(error));
    }
    say("root", not_a_folder(&app.root).map(|(_, message)| error(message)));
    // Where there is no root yet, this may be another machine than the one that the config is for: what this user may do
    // here says nothing then. `plan`, which is for this host, says it.
    let is_the_host = app.root.is_dir();
    // One folder in which nothing can be made is one thing to mend, however many others should be in it.
    let mut blamed = BTreeSet::new();
    for (key, path) in app.dirs.all() {
        let found = match not_a_folder(path) {
            Some((_, message)) => Some(error(message)),
            None => not_writable(path)
                .filter(|(folder, _)| is_the_host && blamed.insert(*folder))
                .map(|(_, message)| (Severity::Warning, message)),
        };
        say(&format!("dirs.{key}"), found);
    }
    let has_key = |uid: &StreamUid| StreamPaths::new(&app.dirs, uid).key().exists();
    let mut streams = lists.entries().filter_map(Entry::source).filter(|node| node.kind() == SourceKind::Ts);
    if is_the_host
        && streams.any(|node| !has_key(&node.uid))
        && let Some((key, message)) = no_room_for_a_key(app)
    {
        say(key, Some((Severity::Warning, message)));
    }
    for (key, other) in [("cache", &app.dirs.cache), ("log", &app.dirs.log)] {
        let message =
            format!("is the same folder as dirs.{key}; keys are better kept apart from what may be removed");
        say("dirs.metadata", (*other == app.dirs.metadata).then_some((Severity::Warning, message)));
    }
    say(
        "controller.metadata_receiver",
        app.exposed_receiver().filter(|_| !app.require_https).map(in_the_clear),
    );
    let source = app.exposed_metadata_source();
    say("controller.source_node", source.map(|url| keys_from(url, app.require_https)));
    for (port, source) in lists.entries().filter_map(Entry::support).filter_map(fed_by_itself) {
        let message = format!(
            "the support node on port {port} takes its stream from {source}, which is this node itself on this host"
        );
        say("controller.support_node", Some((Severity::Warning, message)));
    }
    problems
}

/// The node's port and source, if the source is the node: its own port on an address that can be bound here. What is
/// so on every host is an error of its entry.
fn fed_by_itself(node: &SupportNode) -> Option<(Port, Endpoint)> {
    let is_here = || UdpSocket::bind((node.source.ip, 0)).is_ok();
    (node.source.port == node.common.port && is_here()).then_some((node.common.port, node.source))
}

/// What is sent there can be read on the way.
fn in_the_clear(url: &RemoteUrl) -> (Severity, String) {
    let message = format!(
        "private keys go to {url} over plain http: everybody on the way can read them; use an https URL, and set \
         require_https to true"
    );
    (Severity::Warning, message)
}

/// What is asked for there, with `get_metadata`, can be read on the way.
fn keys_from(url: &RemoteUrl, forbidden: bool) -> (Severity, String) {
    let message = if forbidden {
        format!(
            "require_https forbids to ask {url} for metadata over plain http: the lists can be read, keys cannot"
        )
    } else {
        format!(
            "private keys that are restored come from {url} over plain http: everybody on the way can read them"
        )
    };
    (Severity::Warning, message)
}

fn error(message: String) -> (Severity, String) {
    (Severity::Error, message)
}
