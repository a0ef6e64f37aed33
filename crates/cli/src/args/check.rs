//! The arguments of `acecast check`.

use clap::Args;

/// `acecast check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,
}
