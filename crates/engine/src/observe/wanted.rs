//! What a start of the wanted nodes would meet: busy ports, other realms' engines, the state of keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, UdpSocket};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Config, Entry, SourceNode};
use acecast_reconcile::{Field, Listening, Observed, ObservedNode, Port, Rival, SourceKind, Value};

use crate::args::StreamPaths;
use crate::command::normal;
use crate::listeners::LazyListeners;
use crate::metadata::{self, KeyLooks};
use crate::realm::Belongs;
use crate::scan::Candidate;

/// The config has an entry with this port, be it right or wrong.
pub(super) fn wants(config: &Config, port: Port) -> bool {
    config.entry(port).is_some()
}

fn ports(config: &Config) -> impl Iterator<Item = Port> {
    config.entries().filter_map(Entry::common).map(|common| common.port)
}

fn sources(config: &Config) -> impl Iterator<Item = &SourceNode> {
    config.entries().filter_map(Entry::source)
}

pub(super) fn look_for(
    config: &Config,
    candidates: &[Candidate],
    looks: &mut LazyListeners,
    keys: Option<&KeyLooks>,
    observed: &mut Observed,
) {
    let running: BTreeSet<Port> = observed.nodes.iter().map(|node| node.port).collect();
    let unknown: BTreeSet<Port> = observed.unknown.iter().map(|unknown| unknown.port).collect();
    let displaced: BTreeSet<Port> = observed
        .nodes
        .iter()
        .filter_map(|node| match node.listening {
            Listening::Elsewhere(port) => Some(port),
            _ => None,
        })
        .collect();
    for port in ports(config).filter(|port| !running.contains(port) && !unknown.contains(port)) {
        // A node of this realm that had to take this port is known by its own listening.
        if !displaced.contains(&port)
            && let Some(holder) = looks.get().holder(port)
        {
            observed.taken.insert(port, holder);
        }
    }
    observed.rivals = rivals(config, candidates);
    for node in sources(config) {
        if let Some(mut facts) = metadata::key_facts(node, &config.app, keys) {
            facts.runs_with = other_key(node, &config.app, &observed.nodes);
            observed.keys.insert(node.uid.clone(), facts);
        }
    }
    let addresses: BTreeSet<IpAddr> =
        config.entries().filter_map(Entry::support).map(|node| node.source.ip).collect();
    observed.local = addresses.into_iter().filter(|ip| is_local(*ip)).collect();
}

/// The key of the stream's running node, if it has another metadata dir and another key there.
fn other_key(node: &SourceNode, app: &AppConfig, running: &[ObservedNode]) -> Option<String> {
    let dir_of = |running: &ObservedNode| {
        let spec = running.identity.spec().filter(|spec| spec.stream.uid() == Some(&node.uid))?;
        match spec.settings.get(Field::MetadataDir)? {
            Value::Text(dir) => Some(PathBuf::from(dir)),
            _ => None,
        }
    };
    let dirs = running.iter().filter_map(dir_of).filter(|dir| *dir != app.dirs.metadata);
    let with = |metadata| {
        let mut dirs = app.dirs.clone();
        dirs.metadata = metadata;
        dirs
    };
    let other = dirs.map(with).find_map(|dirs| metadata::runs_with(node, app, &dirs));
    other.map(|path| path.to_string_lossy().into_owned())
}

/// An address that can be bound is this host's own. UDP, because nobody connects to that by accident.
fn is_local(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

/// Engines of other realms that use a wanted port, or a wanted stream's files.
fn rivals(config: &Config, candidates: &[Candidate]) -> BTreeMap<Port, Rival> {
    let others: Vec<&Candidate> = candidates.iter().filter(|c| c.belongs == Belongs::Elsewhere).collect();
    let mut rivals = BTreeMap::new();
    if others.is_empty() {
        return rivals;
    }
    for port in ports(config) {
        let in_other_net =
            |c: &Candidate| c.process().and_then(|its| its.same_namespace("net")) == Some(false);
        let uses_port = |c: &&&Candidate| c.command.port == port && !in_other_net(c);
        if let Some(rival) = others.iter().find(uses_port) {
            rivals.insert(port, Rival::Port(rival.stat.id.pid));
        }
    }
    for node in sources(config) {
        let paths = StreamPaths::new(&config.app.dirs, &node.uid);
        let shares_files = |c: &&&Candidate| match node.kind() {
            SourceKind::Ts => {
                c.command.options.last("--name") == Some(node.uid.as_str())
                    && names(c, "--metadata-dir", &config.app.dirs.metadata)
            }
            SourceKind::Hls => names(c, "--url", &paths.private_transport()),
        };
        if let Some(rival) = others.iter().find(shares_files) {
            rivals.entry(node.common.port).or_insert(Rival::Key(rival.stat.id.pid));
        }
    }
    rivals
}

/// The candidate's option names this file or folder, whatever its path is called inside its own root.
fn names(candidate: &Candidate, option: &str, path: &Path) -> bool {
    let Some(value) = candidate.command.options.last(option).map(Path::new) else { return false };
    let identity = |path: &Path| fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    match candidate.process().and_then(|process| process.resolve(value)) {
        Some(seen) => identity(&seen).is_some_and(|its| Some(its) == identity(path)),
        None => normal(value) == normal(path),
    }
}
