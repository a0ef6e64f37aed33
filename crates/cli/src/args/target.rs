//! What `acecast stop` is to stop.

use std::collections::BTreeSet;
use std::str::FromStr;

use acecast_reconcile::{Port, StopScope};

/// One argument of `acecast stop`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopTarget {
    /// Every node.
    All,
    /// The node on this port.
    Port(Port),
}

impl FromStr for StopTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(StopTarget::All),
            port => port
                .parse()
                .map(StopTarget::Port)
                .map_err(|_| "expected `all`, or a port from 1 to 65535".to_owned()),
        }
    }
}

impl StopTarget {
    /// What all arguments together mean.
    pub(crate) fn scope(targets: &[StopTarget]) -> StopScope {
        let ports: Option<BTreeSet<Port>> = targets
            .iter()
            .map(|target| match target {
                StopTarget::All => None,
                StopTarget::Port(port) => Some(*port),
            })
            .collect();
        ports.map_or(StopScope::All, StopScope::Ports)
    }
}

/// `all` beside ports may be a slip, and the difference is every broadcast of the host.
pub(super) fn check(command: &str, targets: &[StopTarget]) -> Result<(), clap::Error> {
    if targets.len() > 1 && targets.contains(&StopTarget::All) {
        return Err(super::conflict(command, "`all` cannot be used together with ports"));
    }
    Ok(())
}
