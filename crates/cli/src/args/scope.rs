//! Which nodes a command is about, and how long it may take over them.

use std::time::Duration;

use acecast_reconcile::{Port, Role, StreamUid};
use clap::Args;

use super::duration;
use super::values::{port, role_parser, uid};

/// Which nodes a plan is about, and what its user allows.
#[derive(Debug, Args)]
pub(crate) struct PlanScope {
    /// Only nodes of this role; only its list is read
    #[arg(value_name = "ROLE", value_parser = role_parser())]
    pub(crate) role: Option<Role>,
    /// Only start the nodes on these ports; nothing is stopped or restarted
    #[arg(long = "port", value_name = "PORT", value_delimiter = ',', value_parser = port)]
    pub(crate) ports: Vec<Port>,
    /// Stop nodes that are not in the config even if they are most of those that run
    #[arg(long)]
    pub(crate) allow_mass_stop: bool,
    /// Let this stream get a new key, and lose its viewers
    #[arg(long = "new-key", value_name = "UID", value_parser = uid)]
    pub(crate) new_keys: Vec<StreamUid>,
}

/// Options of commands that stop nodes.
#[derive(Debug, Args)]
pub(crate) struct Waits {
    /// How long a node may take to end before it is killed
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    pub(crate) stop_timeout: Duration,
    /// How long to wait for another run to end
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration::parse)]
    pub(crate) lock_timeout: Duration,
    /// Show what would be done, and write nothing at all
    #[arg(long)]
    pub(crate) dry_run: bool,
}
