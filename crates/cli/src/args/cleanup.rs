//! The arguments of `acecast cleanup`.

use std::time::Duration;

use clap::Args;

use super::duration;

/// `acecast cleanup`.
#[derive(Debug, Args)]
pub(crate) struct CleanupArgs {
    /// Show what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How long to wait for another run to end
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration::parse)]
    pub(crate) lock_timeout: Duration,
}
