//! The arguments of `acecast events`.

use acecast_reconcile::Port;
use clap::Args;

/// `acecast events`.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Go on and show what happens from now on
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Only what happened to the nodes on these ports
    #[arg(long = "port", value_name = "PORT", value_delimiter = ',')]
    pub(crate) ports: Vec<Port>,
    /// How many of the last events to show
    #[arg(short = 'n', long, value_name = "N", default_value = "100")]
    pub(crate) lines: usize,
}
