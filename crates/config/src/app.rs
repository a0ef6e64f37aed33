//! The app config: the environment that nodes run in.

pub(crate) mod new;
pub(crate) mod origin;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use acecast_reconcile::{Channel, Role, Secret, StreamUrl};

use crate::app::origin::Origin;
use crate::exposed::is_exposed;
use crate::mask::shown_path;
use crate::{Problem, Severity, Trackers, keys};

/// A remote endpoint. `Display` and `Debug` mask userinfo and the values of the query; `reveal()` gives all.
pub type RemoteUrl = StreamUrl;

/// `config.json`, read and validated by [`load_app`](crate::load_app), or a program's own settings by
/// [`AppConfig::new`]. Every path is absolute, and text: whoever sets one sees to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    pub trackers: Trackers,
    /// Signs transport files.
    pub provider_key: Option<Secret>,
    /// Guards the nodes' own HTTP service.
    pub node_access_token: Option<Secret>,
    /// The certificate authorities to trust for remote servers, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Secrets may only be sent over https.
    pub require_https: bool,
    /// Where the settings are, for what is found wrong with them later.
    pub(crate) origin: Origin,
}

/// The endpoints of the controller, each optional until a command needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum Location {
    /// In a file; the path is absolute.
    File(PathBuf),
    /// On a server.
    Url(RemoteUrl),
}

/// Where files are kept; absolute paths.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
        self.says(key).then(|| self.origin.problem(key, severity, message)).flatten()
    }

    /// A setting that can be looked at is there.
    fn says(&self, key: &str) -> bool {
        let Controller { source_node, support_node, monitor, metadata_receiver } = &self.controller;
        match key.split_once('.') {
            None => key == "root",
            Some(("engine_path", channel)) => keys::ENGINE_PATH.contains(&channel),
            Some(("dirs", dir)) => keys::DIRS.contains(&dir),
            Some(("controller", "source_node")) => source_node.is_some(),
            Some(("controller", "support_node")) => support_node.is_some(),
            Some(("controller", "monitor")) => monitor.is_some(),
            Some(("controller", "metadata_receiver")) => metadata_receiver.is_some(),
            Some(_) => false,
        }
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
    /// plain http, and is not this host. `require_https` is not looked at: where it is set, the controller may still be
    /// asked for the list alone, and [`load_nodes`](crate::load_nodes) and [`load_metadata`](crate::load_metadata) refuse
    /// to ask for more. A list in a file is never exposed.
    pub fn exposed_metadata_source(&self) -> Option<&RemoteUrl> {
        self.controller.source_node.as_ref().and_then(Location::url).filter(|url| is_exposed(url))
    }
}

impl Controller {
    /// Where the role's list is.
    pub fn list(&self, role: Role) -> Option<&Location> {
        match role {
            Role::Source => self.source_node.as_ref(),
            Role::Support => self.support_node.as_ref(),
        }
    }

    /// Every URL, to be asked or sent to. Their [`secrets`](RemoteUrl::secrets) must not be shown.
    pub fn urls(&self) -> impl Iterator<Item = &RemoteUrl> {
        let Controller { source_node, support_node, monitor, metadata_receiver } = self;
        let lists = source_node.iter().chain(support_node).filter_map(Location::url);
        lists.chain(monitor).chain(metadata_receiver)
    }

    /// The endpoints that mean something even where there is no root: without it, a relative path leads nowhere.
    pub(crate) fn without_files_unless(mut self, there_is_a_root: bool) -> Self {
        let is_remote = |location: &Location| there_is_a_root || location.url().is_some();
        self.source_node = self.source_node.filter(is_remote);
        self.support_node = self.support_node.filter(is_remote);
        self
    }
}

impl Location {
    /// The URL, if it is on a server.
    pub fn url(&self) -> Option<&RemoteUrl> {
        match self {
            Location::Url(url) => Some(url),
            Location::File(_) => None,
        }
    }
}

impl Dirs {
    /// Folders with the names of their keys, under this one, which must be absolute.
    pub fn under(root: &Path) -> Self {
        Dirs {
            public: root.join("public"),
            private: root.join("private"),
            metadata: root.join("metadata"),
            log: root.join("log"),
            cache: root.join("cache"),
            pid: root.join("pid"),
            state: root.join("state"),
        }
    }

    /// All of them by their keys, in the order of the keys' description.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let Dirs { public, private, metadata, log, cache, pid, state } = self;
        let dirs = [
            ("public", public),
            ("private", private),
            ("metadata", metadata),
            ("log", log),
            ("cache", cache),
            ("pid", pid),
            ("state", state),
        ];
        dirs.into_iter().map(|(key, dir)| (key, dir.as_path()))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File(path) => f.write_str(&shown_path(path)),
            Location::Url(url) => url.fmt(f),
        }
    }
}
