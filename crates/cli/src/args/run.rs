//! The arguments of `acecast run`.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acecast_engine::files::read_bounded;
use acecast_reconcile::supervise::SuperviseSettings;
use acecast_reconcile::{Role, Secret};
use anyhow::Context as _;
use clap::Args;

use super::duration;
use super::values::{at_least_one, role_parser};
use crate::web;

/// The variable with what a viewer of the page must know.
pub(crate) const LISTEN_TOKEN: &str = "ACECAST_LISTEN_TOKEN";

/// `acecast run`.
#[derive(Args)]
pub(crate) struct RunArgs {
    /// Only nodes of this role; only its list is read
    #[arg(value_name = "ROLE", value_parser = role_parser())]
    pub(crate) role: Option<Role>,
    /// How often the config is read and the nodes are looked at; one that dies is seen at once
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = above_zero)]
    pub(crate) interval: Duration,
    /// How often each node's status is sent to the controller; 0 is never
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    pub(crate) monitor_every: Duration,
    /// How often the streams' metadata is backed up to the controller; 0 is never
    #[arg(long, value_name = "DURATION", default_value = "300s", value_parser = duration::parse)]
    pub(crate) metadata_every: Duration,
    /// Report nodes without input, without peers or without an answer after this time
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = above_zero)]
    pub(crate) stall_after: Duration,
    /// Restart them, too, each at most once in 10 minutes
    #[arg(long)]
    pub(crate) restart_stalled: bool,
    /// Stop the nodes when this ends, for containers
    #[arg(long)]
    pub(crate) stop_nodes: bool,
    /// Where the page and the metrics are served, or `off`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9640")]
    pub(crate) listen: Listen,
    /// The token that viewers have to send; needed where other hosts can connect. Better set by the variable or the file
    #[arg(long, value_name = "TOKEN", env = LISTEN_TOKEN, hide_env_values = true)]
    pub(crate) listen_token: Option<String>,
    /// A file with that token
    #[arg(long, value_name = "PATH", conflicts_with = "listen_token")]
    pub(crate) listen_token_file: Option<PathBuf>,
    /// Stop nodes that are not in the config even if they are most of those that run
    #[arg(long)]
    pub(crate) allow_mass_stop: bool,
    /// How many nodes are started or restarted at the same time
    #[arg(long, value_name = "N", default_value = "16", value_parser = at_least_one)]
    pub(crate) parallel: NonZeroUsize,
    /// How long a node may take to answer before it counts as starting
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = duration::parse)]
    pub(crate) ready_timeout: Duration,
    /// How long a node may take to end before it is killed
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    pub(crate) stop_timeout: Duration,
}

impl fmt::Debug for RunArgs {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunArgs { role, interval, listen, .. } = self;
        let mut shown = f.debug_struct("RunArgs");
        shown.field("role", role).field("interval", interval).field("listen", listen).finish_non_exhaustive()
    }
}

/// Where the page is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    /// Nowhere.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl std::str::FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Listen::Off),
            address => address
                .parse()
                .map(Listen::At)
                .map_err(|_| "expected an address and a port like 127.0.0.1:9640, or `off`".to_owned()),
        }
    }
}

/// A token is a line.
const MAX_TOKEN: u64 = 4096;

impl RunArgs {
    /// Where the page is served, and the token that it asks for; or what is wrong with that.
    pub(crate) fn listen(&self) -> anyhow::Result<Option<web::Listen>> {
        let Listen::At(address) = self.listen else { return Ok(None) };
        let token = match (&self.listen_token, &self.listen_token_file) {
            (Some(token), _) => Some(token.clone()),
            (None, Some(path)) => Some(token_in(path)?),
            (None, None) => None,
        };
        Ok(Some(web::Listen { address, token: token.map(Secret::new) }))
    }

    /// What decides about time.
    pub(crate) fn supervision(&self) -> SuperviseSettings {
        let mut settings = SuperviseSettings::default();
        settings.stall_after = self.stall_after;
        settings.restart_stalled = self.restart_stalled;
        settings
    }
}

fn token_in(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let text = read_bounded(path, MAX_TOKEN)
        .map_err(anyhow::Error::from)
        .and_then(|text| text.context("it does not exist"))
        .with_context(|| format!("cannot read the token in {name}"))?;
    let token = String::from_utf8_lossy(&text).trim().to_owned();
    anyhow::ensure!(!token.is_empty(), "the token file {name} is empty");
    Ok(token)
}

fn above_zero(text: &str) -> Result<Duration, String> {
    let time = duration::parse(text)?;
    if time.is_zero() { Err("expected more than 0".to_owned()) } else { Ok(time) }
}
