//! The names of all files that belong to a node or to a stream: this is the one place that makes them. Most are read
//! back here, too; those of logs and caches in `cleanup/name.rs`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use acecast_config::{Dirs, SequenceName};
use acecast_reconcile::{Port, Role, StreamUid};

const KEY: &str = ".sauth";
const RESTART: &str = ".restart";
const SEQUENCE: &str = ".json";
const PRIVATE_TRANSPORT: &str = "_private.acelive";
const SIDECAR: &str = ".inputs.json";
/// Both names that the engine's documentation shows: older engines leave the `engine` out.
const PID_FILES: [&str; 2] = ["acestreamengine-", "acestream-"];
const PID_FILE: &str = ".pid";

/// The files of a node that are named after its role and port.
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

    /// Its log.
    pub fn log(&self) -> PathBuf {
        self.dirs.log.join(format!("{}.log", self.stem()))
    }

    /// The part of its log that rotation has put beside it.
    pub fn rotated_log(&self) -> PathBuf {
        self.dirs.log.join(format!("{}.log.1", self.stem()))
    }

    /// Its cache folder.
    pub fn cache_dir(&self) -> PathBuf {
        self.dirs.cache.join(format!("{}_cache", self.stem()))
    }

    /// Its state folder.
    pub fn state_dir(&self) -> PathBuf {
        self.dirs.state.join(format!("{}_state", self.stem()))
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
        self.dirs.metadata.join(key_name(self.uid))
    }

    /// The last piece number of a ts stream.
    pub fn restart(&self) -> PathBuf {
        self.dirs.metadata.join(restart_name(self.uid))
    }

    /// What viewers open.
    pub fn public_transport(&self) -> PathBuf {
        self.dirs.public.join(format!("{}.acelive", self.uid))
    }

    /// What the node of a HLS stream opens: the source's whole URL is in it.
    pub fn private_transport(&self) -> PathBuf {
        self.dirs.private.join(format!("{}{PRIVATE_TRANSPORT}", self.uid))
    }

    /// What a HLS stream's transport files were made from.
    pub fn sidecar(&self) -> PathBuf {
        self.dirs.private.join(format!("{}{PRIVATE_TRANSPORT}{SIDECAR}", self.uid))
    }
}

/// The pid file of the node on this port, whatever its role, under both names that engines give it.
pub fn pid_files(dirs: &Dirs, port: Port) -> [PathBuf; 2] {
    PID_FILES.map(|name| dirs.pid.join(format!("{name}{port}{PID_FILE}")))
}

/// The name of a ts stream's key file.
pub(crate) fn key_name(uid: &StreamUid) -> String {
    format!("{uid}{KEY}")
}

/// The name of the file with its last piece number.
pub(crate) fn restart_name(uid: &StreamUid) -> String {
    format!("{uid}{RESTART}")
}

/// The name of the file with one of a HLS stream's piece numbers.
pub(crate) fn sequence_name(name: &SequenceName) -> String {
    format!("{name}{SEQUENCE}")
}

/// What a file in the metadata dir is, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MetadataFile {
    /// The key or the number of this ts stream.
    Ts(StreamUid),
    /// A sequence file: what it is called, without `.json`.
    Sequence(SequenceName),
    /// Named like a key or a number, but not after a stream.
    Strange,
}

impl MetadataFile {
    /// Looks at a file's name; `None` for one that is no stream's.
    pub(crate) fn of(name: &OsStr) -> Option<Self> {
        let Some(text) = name.to_str() else {
            let is_ts = |ending: &str| name.as_bytes().ends_with(ending.as_bytes());
            return (is_ts(KEY) || is_ts(RESTART)).then_some(MetadataFile::Strange);
        };
        if let Some(stem) = text.strip_suffix(KEY).or_else(|| text.strip_suffix(RESTART)) {
            return Some(stem.parse().map_or(MetadataFile::Strange, MetadataFile::Ts));
        }
        text.strip_suffix(SEQUENCE)?.parse().ok().map(MetadataFile::Sequence)
    }
}

/// The port of the node whose pid file has this name.
pub(crate) fn pid_file_port(name: &str) -> Option<Port> {
    let stem = name.strip_suffix(PID_FILE)?;
    PID_FILES.iter().find_map(|prefix| stem.strip_prefix(prefix))?.parse().ok()
}

/// The stream whose sidecar has this name.
pub(crate) fn sidecar_uid(name: &str) -> Option<StreamUid> {
    private_transport_uid(name.strip_suffix(SIDECAR)?)
}

/// The stream whose private transport file has this name.
pub(crate) fn private_transport_uid(name: &str) -> Option<StreamUid> {
    name.strip_suffix(PRIVATE_TRANSPORT)?.parse().ok()
}
