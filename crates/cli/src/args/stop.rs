//! The arguments of `acecast stop`.

use clap::Args;

use super::{StopTarget, Waits};

/// `acecast stop`.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Every node of this pid dir, or the nodes on these ports
    #[arg(value_name = "all|PORT", required = true, value_delimiter = ',')]
    pub(crate) targets: Vec<StopTarget>,
    #[command(flatten)]
    pub(crate) waits: Waits,
}
