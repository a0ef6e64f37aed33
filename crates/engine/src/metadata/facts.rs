//! What the planner has to know of a stream's key.

use std::fs;
use std::io;
use std::path::Path;

use acecast_config::{AppConfig, Metadata, SourceNode};
use acecast_reconcile::{KeyFacts, KeyTrace, Restore, SourceKind};

use super::judge::same_key;
use super::{KeyFile, fingerprint, judge_key, read_key};
use crate::args::StreamPaths;

/// The facts about the key of a ts stream; a HLS stream has no key. Nothing is changed.
pub fn key_facts(node: &SourceNode, app: &AppConfig) -> Option<KeyFacts> {
    if node.kind() != SourceKind::Ts {
        return None;
    }
    let paths = StreamPaths::new(&app.dirs, &node.uid);
    let key = read_key(&paths.key());
    let traces = [(KeyTrace::Restart, paths.restart()), (KeyTrace::TransportFile, paths.public_transport())];
    Some(KeyFacts {
        traces: traces.into_iter().filter(|(_, path)| is_there(path)).map(|(trace, _)| trace).collect(),
        restore: brought(node, &key),
        key: key.state(),
    })
}

/// What cannot be looked at counts as there: it is no reason to believe that the stream is a new one.
fn is_there(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound)
}

/// What the config brings along, beside what is there.
fn brought(node: &SourceNode, local: &KeyFile) -> Restore {
    let Some(Metadata::Ts { private_key, .. }) = &node.metadata else {
        return Restore::Nothing;
    };
    let remote = private_key.reveal();
    // The engine would replace a damaged key that is restored like any other damaged key.
    if judge_key(remote).is_err() {
        return Restore::Nothing;
    }
    match local {
        KeyFile::Whole(local) if !same_key(local.reveal(), remote) => {
            Restore::Conflict { local: fingerprint(local.reveal()), remote: fingerprint(remote) }
        }
        KeyFile::Whole(_) | KeyFile::Missing | KeyFile::Damaged(_) | KeyFile::Unreadable(_) => Restore::Fits,
    }
}
