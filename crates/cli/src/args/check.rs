//! The arguments of `acecast check`.

use clap::Args;

/// `acecast check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) strict: bool,
}
