//! The arguments of `acecast monitor`, and of everything that sends.

use std::time::Duration;

use acecast_reconcile::Role;
use clap::Args;

use super::duration;
use super::values::role_parser;

/// `acecast monitor`.
#[derive(Debug, Args)]
pub(crate) struct MonitorArgs {
    /// Only nodes of this role
    #[arg(long, value_name = "ROLE", value_parser = role_parser())]
    pub(crate) node_type: Option<Role>,
    /// Send a report, too, for nodes that are configured or run and do not answer
    #[arg(long)]
    pub(crate) report_silent: bool,
    #[command(flatten)]
    pub(crate) send: Sending,
}

/// How long sending may take.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Sending {
    /// How long sending may take in all, retries included
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}
