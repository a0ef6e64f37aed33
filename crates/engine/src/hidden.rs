//! Whether a look from here shows every process of this host.
//!
//! A node that is missed would be started a second time, and a number that means another process here would be
//! signalled.

use std::fs;

/// Why nodes may be missed from here, or taken for what they are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Hidden {
    /// `/proc` belongs to another pid namespace than the caller, or there is none: its numbers are not those that the
    /// caller can signal.
    #[error("/proc is missing or shows another pid namespace")]
    Namespace,
    /// `/proc` does not show other users' processes to this user (mount option `hidepid`).
    #[error("/proc hides other users' processes")]
    OtherUsers,
}

/// Makes sure that no process is hidden from this user. If it is an error, start, stop and remove nothing.
pub fn none_hidden() -> Result<(), Hidden> {
    if proc_is_foreign() {
        return Err(Hidden::Namespace);
    }
    if others_are_hidden() { Err(Hidden::OtherUsers) } else { Ok(()) }
}

/// Init is everybody's witness.
pub(crate) fn others_are_hidden() -> bool {
    fs::read("/proc/1/stat").is_err()
}

fn proc_is_foreign() -> bool {
    // A process is shown with its numbers from the namespace that this /proc is of down to its own.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    numbers.is_none_or(|numbers| numbers.split_whitespace().count() != 1)
}
