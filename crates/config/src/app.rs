//! The app config: the environment that nodes run in.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use acecast_reconcile::{Channel, Secret, StreamUrl};

use crate::exposed::is_exposed;
use crate::problem::Places;
use crate::{Problem, Severity};

/// A remote endpoint. `Display` and `Debug` mask userinfo and the values of the query; `reveal()` gives all.
pub type RemoteUrl = StreamUrl;

/// `config.json`, read and validated. Every path is absolute.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// Where each channel's engine is, with environment variables expanded. Only the channels that nodes use have
    /// been looked at (by [`crate::load_nodes`]).
    pub engine_path: BTreeMap<Channel, PathBuf>,
    /// What other paths are relative to.
    pub root: PathBuf,
    /// Where node lists come from and where data goes to.
    pub controller: Controller,
    /// Where files are kept.
    pub dirs: Dirs,
    /// The announce URLs of every source, at least one.
    pub trackers: Vec<String>,
    /// Signs transport files.
    pub provider_key: Option<Secret>,
    /// Guards the nodes' own HTTP service.
    pub node_access_token: Option<Secret>,
    /// The certificate authorities to trust for remote servers, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Secrets may only be sent over https.
    pub require_https: bool,
    /// Where in the document paths are, for what is found wrong with them later.
    pub(crate) places: Places,
}

/// The endpoints of the controller, each optional until a command needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// The list of source nodes.
    pub source_node: Option<Location>,
    /// The list of support nodes.
    pub support_node: Option<Location>,
    /// Takes the nodes' status.
    pub monitor: Option<RemoteUrl>,
    /// Takes the streams' metadata.
    pub metadata_receiver: Option<RemoteUrl>,
}

/// Where a node list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In a file; the path is absolute.
    File(PathBuf),
    /// On a server.
    Url(RemoteUrl),
}

/// Where files are kept; absolute paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// Public transport files.
    pub public: PathBuf,
    /// Private transport files of HLS streams.
    pub private: PathBuf,
    /// Keys and sequence numbers, which must outlive the server.
    pub metadata: PathBuf,
    /// Log files.
    pub log: PathBuf,
    /// The nodes' caches.
    pub cache: PathBuf,
    /// Pid files; the realm.
    pub pid: PathBuf,
    /// The nodes' state.
    pub state: PathBuf,
}

impl AppConfig {
    /// Something that was found wrong with what a key says, as in `root`, `dirs.pid`, `controller.source_node` or
    /// `engine_path.stable`. `None` if the config says nothing there.
    pub fn problem_at(&self, key: &str, severity: Severity, message: String) -> Option<Problem> {
        self.places.get(key).map(|place| place.problem(severity, message))
    }

    /// The metadata receiver, if private keys that are sent to it can be read on the way: it is asked for by plain http,
    /// and is not this host. `require_https` is not looked at.
    pub fn exposed_receiver(&self) -> Option<&RemoteUrl> {
        self.controller.metadata_receiver.as_ref().filter(|url| is_exposed(url))
    }

    /// The metadata receiver, if `require_https` forbids to send private keys to it: plain http to another host.
    pub fn forbidden_receiver(&self) -> Option<&RemoteUrl> {
        self.exposed_receiver().filter(|_| self.require_https)
    }

    /// The controller of source nodes, if private keys that it answers with can be read on the way: it is asked by
    /// plain http, and is not this host. `require_https` is not looked at. A list in a file is never exposed.
    pub fn exposed_metadata_source(&self) -> Option<&RemoteUrl> {
        match &self.controller.source_node {
            Some(Location::Url(url)) => Some(url).filter(|url| is_exposed(url)),
            Some(Location::File(_)) | None => None,
        }
    }

    /// The controller of source nodes, if `require_https` forbids to ask it for metadata: plain http to another host.
    /// It may still be asked for the list alone. [`load_nodes`](crate::load_nodes) and
    /// [`load_metadata`](crate::load_metadata) refuse by themselves.
    pub fn forbidden_metadata_source(&self) -> Option<&RemoteUrl> {
        self.exposed_metadata_source().filter(|_| self.require_https)
    }
}

impl Controller {
    /// The endpoints that mean something even where there is no root: without it, a relative path leads nowhere.
    pub(crate) fn without_files_unless(mut self, there_is_a_root: bool) -> Self {
        let is_remote = |location: &Location| there_is_a_root || matches!(location, Location::Url(_));
        self.source_node = self.source_node.filter(is_remote);
        self.support_node = self.support_node.filter(is_remote);
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File(path) => f.write_str(&acecast_reconcile::escape(&path.to_string_lossy())),
            Location::Url(url) => url.fmt(f),
        }
    }
}
