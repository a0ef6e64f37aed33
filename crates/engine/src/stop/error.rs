//! Why a node could not be stopped.

use acecast_reconcile::Pid;
use rustix::io::Errno;
use thiserror::Error;

use super::KILL_TIMEOUT;

/// Why a node could not be stopped.
#[derive(Debug, Error)]
pub(crate) enum StopError {
    /// The kernel does not let this user signal it.
    #[error("pid {pid} may not be signalled by this user; run as root, or as the user that the node runs as")]
    NotPermitted {
        /// Which process.
        pid: Pid,
    },
    /// The kernel refused for another reason.
    #[error("cannot signal pid {pid}")]
    Refused {
        /// Which process.
        pid: Pid,
        /// Why.
        #[source]
        source: Errno,
    },
    /// It lives, but is not the node that was observed.
    #[error("pid {pid} is not the node any more, so it was not signalled")]
    NotTheNode {
        /// Which process.
        pid: Pid,
    },
    /// It is still there after KILL.
    #[error(
        "pid {pid} is still there {} s after SIGKILL: it hangs in the kernel, perhaps until a reboot",
        KILL_TIMEOUT.as_secs()
    )]
    StillThere {
        /// Which process.
        pid: Pid,
    },
    /// Something of it appears again and again.
    #[error("pid {pid} of the same node appeared after it was stopped")]
    Reappears {
        /// Which process.
        pid: Pid,
    },
    /// `/proc` could not be read to make sure.
    #[error("cannot confirm that it is gone: {why}")]
    Unconfirmed {
        /// Why not.
        why: String,
    },
}
