//! The app config: the environment that nodes run in.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use acecast_reconcile::{Channel, Secret, StreamUrl};

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
    /// Something that was found wrong with what a key says, as in `root`, `dirs.pid` or `engine_path.stable`. `None` if
    /// the config says nothing there.
    pub fn problem_at(&self, key: &str, severity: Severity, message: String) -> Option<Problem> {
        self.places.get(key).map(|place| place.problem(severity, message))
    }

    /// The metadata receiver, if `require_https` forbids to send private keys to it: plain http to another host.
    pub fn forbidden_receiver(&self) -> Option<&RemoteUrl> {
        self.controller.metadata_receiver.as_ref().filter(|url| self.require_https && is_exposed(url))
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

/// Whoever is on the way can read what is sent there.
fn is_exposed(url: &RemoteUrl) -> bool {
    let identity = url.identity();
    let Some(rest) = identity.get(.."http://".len()).filter(|s| s.eq_ignore_ascii_case("http://")) else {
        return false;
    };
    let authority = identity[rest.len()..].split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !(loopback || host.eq_ignore_ascii_case("localhost"))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File(path) => f.write_str(&acecast_reconcile::escape(&path.to_string_lossy())),
            Location::Url(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_host_may_be_reached_in_the_clear() {
        let exposed = |url: &str| is_exposed(&url.parse().unwrap());
        for url in
            ["https://example.com/", "http://127.0.0.9:80/x", "http://[::1]:8080/", "http://LocalHost/"]
        {
            assert!(!exposed(url), "{url}");
        }
        for url in [
            "http://example.com/",
            "HTTP://192.0.2.1/",
            "http://127.0.0.1@example.com/",
            "http://localhost.example.com",
        ] {
            assert!(exposed(url), "{url}");
        }
    }
}
