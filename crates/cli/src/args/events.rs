//! The arguments of `acecast events`.

use acecast_reconcile::Port;
use clap::Args;

use super::values::{number, port};

/// `acecast events`.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Go on and show what happens from now on
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Only what happened to the nodes on these ports
    #[arg(long = "port", value_name = "PORT", value_delimiter = ',', value_parser = port)]
    pub(crate) ports: Vec<Port>,
    /// How many of the last events to show
    #[arg(short = 'n', long, value_name = "N", default_value = "100", value_parser = number)]
    pub(crate) lines: usize,
}
