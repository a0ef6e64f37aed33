//! The arguments of `acecast plan`.

use clap::Args;

use super::PlanScope;

/// `acecast plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) scope: PlanScope,
    /// Ask the controller for the streams' keys and piece numbers, as `start` with this option does
    #[arg(long)]
    pub(crate) get_remote_metadata: bool,
    /// Exit with 6 if there is something to do
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}
