//! The arguments of `acecast restart`.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;

use super::values::at_least_one;
use super::{StopTarget, Waits, duration};

/// `acecast restart`.
#[derive(Debug, Args)]
pub(crate) struct RestartArgs {
    /// Every node of the config, or the nodes on these ports
    #[arg(value_name = "all|PORT", required = true, value_delimiter = ',')]
    pub(crate) targets: Vec<StopTarget>,
    /// Wait for each node to be ready before the next one is touched; after one that is not ready in time, none is
    #[arg(long, conflicts_with = "parallel")]
    pub(crate) one_by_one: bool,
    /// How many nodes are restarted at the same time, once the first one is ready
    #[arg(long, value_name = "N", default_value = "16", value_parser = at_least_one)]
    pub(crate) parallel: NonZeroUsize,
    /// How long a node may take to answer before it counts as starting
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = duration::parse)]
    pub(crate) ready_timeout: Duration,
    #[command(flatten)]
    pub(crate) waits: Waits,
}
