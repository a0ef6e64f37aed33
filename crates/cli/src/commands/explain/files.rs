//! Where the node's files are, and what is there.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use acecast_config::Dirs;
use acecast_engine::args::{NodePaths, StreamPaths, pid_files};
use acecast_reconcile::{Port, Role, SourceKind, StreamUid};

use crate::output::plain;

/// A file or folder of the node.
pub(super) struct OneFile {
    /// What it is for.
    pub(super) what: &'static str,
    pub(super) path: PathBuf,
    pub(super) there: There,
}

/// What is at the path.
pub(super) enum There {
    Nothing,
    /// It cannot be looked at.
    Unknown(String),
    Something {
        kind: &'static str,
        bytes: Option<u64>,
        age_s: Option<u64>,
        mode: u32,
    },
}

/// All files of the node: those of its port, and those of its stream, of one kind or of both, if it is a source.
pub(super) fn of(
    dirs: &Dirs,
    roles: &[Role],
    port: Port,
    stream: Option<(&StreamUid, Option<SourceKind>)>,
    now: SystemTime,
) -> Vec<OneFile> {
    let mut paths: Vec<(&'static str, PathBuf)> = Vec::new();
    for role in roles {
        let node = NodePaths::new(dirs, *role, port);
        paths.extend([("log", node.log()), ("log before", node.rotated_log())]);
        paths.extend([("cache", node.cache_dir()), ("state", node.state_dir())]);
    }
    paths.extend(pid_files(dirs, port).map(|path| ("pid file", path)));
    if let Some((uid, kind)) = stream {
        let stream = StreamPaths::new(dirs, uid);
        let ts = [("key", stream.key()), ("number", stream.restart())];
        let hls = [("private transport file", stream.private_transport()), ("its inputs", stream.sidecar())];
        paths.extend(ts.into_iter().filter(|_| kind != Some(SourceKind::Hls)));
        paths.push(("public transport file", stream.public_transport()));
        paths.extend(hls.into_iter().filter(|_| kind != Some(SourceKind::Ts)));
    }
    paths.into_iter().map(|(what, path)| OneFile { there: there(&path, now), what, path }).collect()
}

fn there(path: &Path, now: SystemTime) -> There {
    // A link is shown as one: some of these files are never read through it.
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => There::Nothing,
        Err(error) => There::Unknown(plain(&error)),
        Ok(meta) => There::Something {
            kind: kind(&meta),
            bytes: meta.is_file().then_some(meta.len()),
            age_s: meta.modified().ok().map(|then| now.duration_since(then).unwrap_or_default().as_secs()),
            mode: meta.permissions().mode() & 0o7777,
        },
    }
}

fn kind(meta: &Metadata) -> &'static str {
    match meta.file_type() {
        kind if kind.is_file() => "file",
        kind if kind.is_dir() => "folder",
        kind if kind.is_symlink() => "link",
        _ => "special file",
    }
}
