//! Which streams' files are in the hands of a running node, whosever node it is.
//!
//! One idea: files are written only when nobody else writes them. So this looks at the nodes of all realms, at those
//! that nothing is proven of, and at wrappers whose engine has not appeared: each may rewrite a stream's key and numbers
//! at any moment.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use acecast_config::Dirs;
use acecast_reconcile::{Pid, Port, SourceKind, StreamUid};

use super::{ObserveError, Observer};
use crate::args::{StreamPaths, private_transport_uid};
use crate::command::{Mode, NodeCommand, normal};
use crate::realm::{Belongs, Realm};
use crate::scan::{self, Candidate};

/// A node that has a stream's files in its hands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct StreamUser {
    /// The stream.
    pub uid: StreamUid,
    /// What it takes in.
    pub kind: SourceKind,
    /// The node's engine; its wrapper as long as there is no engine.
    pub pid: Pid,
    /// The port that it was asked to use.
    pub port: Port,
    /// It is proven to be a node of this realm.
    pub here: bool,
}

impl Observer<'_> {
    /// The running nodes, of any realm, that use the metadata of a stream here. Nodes that this user cannot see are not
    /// among them; see [`super::Snapshot::others_hidden`].
    ///
    /// A ts node uses it if its `--metadata-dir` is this one, under whatever path. A HLS node does so, too, and also if
    /// it carries one of the private transport files here: its sequence goes on from theirs.
    ///
    /// # Errors
    ///
    /// If the pid dir or `/proc` cannot be looked at.
    pub fn stream_users(&self) -> Result<Vec<StreamUser>, ObserveError> {
        let dirs = &self.app.dirs;
        let unreadable = |source| ObserveError::PidDir { path: dirs.pid.clone(), source };
        let realm = Realm::open(&dirs.pid).map_err(unreadable)?;
        let engines = scan::engine_paths(self.app);
        let candidates = scan::candidates(&engines, realm.as_ref()).map_err(ObserveError::Proc)?;
        let all: Vec<&Candidate> = candidates.iter().collect();
        // Wrapper and engine are joined by parent and port, which is no matter of realms.
        let found = scan::pair(&all);
        let mut users: Vec<StreamUser> = found.iter().filter_map(|node| user(node.main, dirs)).collect();
        users.sort();
        Ok(users)
    }
}

fn user(candidate: &Candidate, dirs: &Dirs) -> Option<StreamUser> {
    let (kind, uid) = stream(&candidate.command)?;
    let option = |name| candidate.command.options.last(name).map(Path::new);
    let shares_metadata =
        || option("--metadata-dir").is_some_and(|dir| is_same(candidate, dir, &dirs.metadata));
    // The folder's identity holds while the file is replaced; the file's, where a container was given only that.
    let carries_private = || {
        let private = StreamPaths::new(dirs, &uid).private_transport();
        option("--url").is_some_and(|file| {
            is_same(candidate, file, &private)
                || file.parent().is_some_and(|folder| is_same(candidate, folder, &dirs.private))
        })
    };
    let uses = shares_metadata() || (kind == SourceKind::Hls && carries_private());
    uses.then(|| StreamUser {
        uid,
        kind,
        pid: candidate.stat.id.pid,
        port: candidate.command.port,
        here: candidate.belongs == Belongs::Here,
    })
}

/// The stream whose files a node with this command line would use.
fn stream(command: &NodeCommand) -> Option<(SourceKind, StreamUid)> {
    match command.mode {
        Mode::Source => Some((SourceKind::Ts, command.options.last("--name")?.parse().ok()?)),
        Mode::Support => {
            let file = Path::new(command.options.last("--url")?).file_name()?.to_str()?;
            Some((SourceKind::Hls, private_transport_uid(file)?))
        }
    }
}

/// The process means this folder or file by that path, whatever it is called inside its own root. Where that cannot be
/// told, or nothing is there yet, the same text is taken for the same place.
fn is_same(candidate: &Candidate, its: &Path, place: &Path) -> bool {
    let identity = |path: &Path| fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    let process = candidate.process();
    let seen = process.as_ref().and_then(|process| process.resolve(its)).and_then(|seen| identity(&seen));
    if let Some(seen) = seen {
        return Some(seen) == identity(place);
    }
    let cwd = process.and_then(|process| process.cwd()).unwrap_or_default();
    normal(&cwd.join(its)) == normal(place)
}

#[cfg(test)]
mod tests;
