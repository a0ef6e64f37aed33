//! The arguments of `acecast explain`.

use acecast_reconcile::Port;
use clap::Args;

use super::values::port;

/// `acecast explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The node on this port, configured or running
    #[arg(value_name = "PORT", value_parser = port)]
    pub(crate) port: Port,
}
