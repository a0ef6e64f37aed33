//! What the planner has to know of a stream's key.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Dirs, Metadata, SourceNode};
use acecast_reconcile::{KeyFacts, KeyTrace, Restore, SourceKind};

use super::judge::same_key;
use super::{KeyFile, KeyLooks, fingerprint, judge_key, read_key};
use crate::args::StreamPaths;

/// The facts about the key of a ts stream; a HLS stream has no key. Nothing is changed, and nothing read that was read
/// before and has not changed.
pub(crate) fn key_facts(node: &SourceNode, app: &AppConfig, looks: Option<&KeyLooks>) -> Option<KeyFacts> {
    if node.kind() != SourceKind::Ts {
        return None;
    }
    let paths = StreamPaths::new(&app.dirs, &node.uid);
    // Beside a key that the config brings, the one that is there has to be known, not only that it is whole.
    let looks = looks.filter(|_| node.metadata.is_none());
    let (state, restore) = if let Some(looks) = looks {
        (looks.state(&paths.key()), Restore::Nothing)
    } else {
        let key = read_key(&paths.key());
        (key.state(), brought(node, &key))
    };
    let traces = [(KeyTrace::Restart, paths.restart()), (KeyTrace::TransportFile, paths.public_transport())];
    let mut facts = KeyFacts::new(state);
    facts.traces = traces.into_iter().filter(|(_, path)| is_there(path)).map(|(trace, _)| trace).collect();
    facts.restore = restore;
    Some(facts)
}

/// Where the stream's running node has its key, if it keeps it in another metadata dir, and starting it with the
/// config's would be starting it with another key. Nothing is changed.
pub(crate) fn runs_with(node: &SourceNode, app: &AppConfig, running: &Dirs) -> Option<PathBuf> {
    let theirs = StreamPaths::new(running, &node.uid).key();
    let wanted = match (read_key(&StreamPaths::new(&app.dirs, &node.uid).key()), &node.metadata) {
        (KeyFile::Whole(key), _) => Some(key),
        (KeyFile::Missing | KeyFile::Damaged(_), Some(Metadata::Ts { private_key, .. })) => {
            Some(private_key.clone())
        }
        _ => None,
    };
    match (read_key(&theirs), wanted) {
        // Nothing there to be lost.
        (KeyFile::Missing | KeyFile::Damaged(_), _) => None,
        (KeyFile::Whole(theirs), Some(wanted)) if same_key(theirs.reveal(), wanted.reveal()) => None,
        (KeyFile::Whole(_) | KeyFile::Unreadable(_), _) => Some(theirs),
    }
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
