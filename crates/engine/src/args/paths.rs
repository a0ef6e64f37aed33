//! The names of all files that belong to a node or to a stream: this is the one place that knows them.

use std::path::PathBuf;

use acecast_config::Dirs;
use acecast_reconcile::{Port, Role, StreamUid};

/// The files of a node, which are named after its role and port.
#[derive(Clone, Copy, Debug)]
pub struct NodePaths<'a> {
    dirs: &'a Dirs,
    role: Role,
    port: Port,
}

/// The files of a source node's stream, which are named after its uid.
#[derive(Clone, Copy, Debug)]
pub struct StreamPaths<'a> {
    dirs: &'a Dirs,
    uid: &'a StreamUid,
}

impl<'a> NodePaths<'a> {
    /// The files of the node with this role and port.
    pub fn new(dirs: &'a Dirs, role: Role, port: Port) -> Self {
        NodePaths { dirs, role, port }
    }

    /// Its log. The engine keeps a backup beside it, with `.1` appended.
    pub fn log(&self) -> PathBuf {
        self.dirs.log.join(format!("{}.log", self.stem()))
    }

    /// Its cache folder.
    pub fn cache_dir(&self) -> PathBuf {
        self.dirs.cache.join(format!("{}_cache", self.stem()))
    }

    /// Its state folder.
    pub fn state_dir(&self) -> PathBuf {
        self.dirs.state.join(format!("{}_state", self.stem()))
    }

    /// Its pid file. Older engines leave the `engine` out of the name (engine documentation).
    pub fn pid_files(&self) -> [PathBuf; 2] {
        ["acestreamengine", "acestream"].map(|name| self.dirs.pid.join(format!("{name}-{}.pid", self.port)))
    }

    fn stem(&self) -> String {
        format!("{}_node_{}", self.role, self.port)
    }
}

impl<'a> StreamPaths<'a> {
    /// The files of the stream with this uid.
    pub fn new(dirs: &'a Dirs, uid: &'a StreamUid) -> Self {
        StreamPaths { dirs, uid }
    }

    /// The private key of a ts stream.
    pub fn key(&self) -> PathBuf {
        self.dirs.metadata.join(format!("{}.sauth", self.uid))
    }

    /// The last piece number of a ts stream.
    pub fn restart(&self) -> PathBuf {
        self.dirs.metadata.join(format!("{}.restart", self.uid))
    }

    /// What viewers open.
    pub fn public_transport(&self) -> PathBuf {
        self.dirs.public.join(format!("{}.acelive", self.uid))
    }

    /// What the node of a HLS stream opens: the source's whole URL is in it.
    pub fn private_transport(&self) -> PathBuf {
        self.dirs.private.join(format!("{}_private.acelive", self.uid))
    }

    /// What a HLS stream's transport files were made from; see [`crate::transport`].
    pub fn sidecar(&self) -> PathBuf {
        self.dirs.private.join(format!("{}_private.acelive.inputs.json", self.uid))
    }
}
