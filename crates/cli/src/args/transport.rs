//! The arguments of `acecast transport`.

use acecast_reconcile::{Port, StreamUid};
use clap::Args;

/// `acecast transport`.
#[derive(Debug, Args)]
pub(crate) struct TransportArgs {
    /// The stream of the source node on this port, or with this uid
    #[arg(value_name = "PORT|UID")]
    pub(crate) stream: StreamTarget,
}

/// Which stream is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamTarget {
    /// That of the source node on this port.
    Port(Port),
    /// The one with this uid.
    Uid(StreamUid),
}

impl std::str::FromStr for StreamTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A uid may consist of digits; a port is what people mean by them.
        let port = text.parse().map(StreamTarget::Port);
        port.or_else(|_| {
            text.parse().map(StreamTarget::Uid).map_err(|_| "expected a port or a stream_uid".to_owned())
        })
    }
}
