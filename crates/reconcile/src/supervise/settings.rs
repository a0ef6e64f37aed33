//! How patient a supervisor is.

use std::time::Duration;

/// How patient a [`super::Supervisor`] is: begin with the default and change what is to be another.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SuperviseSettings {
    /// How long a node that ended waits until it is started again: so long after the first time, twice as long after
    /// the second in a row, and so on.
    pub first_wait: Duration,
    /// The longest such wait.
    pub max_wait: Duration,
    /// The share of a wait that jitter may take off, from 0 to 1: nodes that end together do not start together.
    pub jitter: f64,
    /// A node that ran for so long is a good one: what ended before is not counted any more.
    pub good_run: Duration,
    /// A node that does no work for so long has stalled.
    pub stall_after: Duration,
    /// So much longer for a node that is asked for without a bitrate: the engine measures it first, which takes a
    /// minute by its documentation.
    pub measuring: Duration,
    /// A node that has stalled is restarted again after so long at the earliest.
    pub stall_again: Duration,
    /// Restart nodes that have stalled. Otherwise they are only told of.
    pub restart_stalled: bool,
}

impl Default for SuperviseSettings {
    fn default() -> Self {
        SuperviseSettings {
            first_wait: Duration::from_secs(1),
            max_wait: Duration::from_secs(60),
            jitter: 0.3,
            good_run: Duration::from_secs(5 * 60),
            stall_after: Duration::from_secs(60),
            measuring: Duration::from_secs(60),
            stall_again: Duration::from_secs(10 * 60),
            restart_stalled: false,
        }
    }
}

impl SuperviseSettings {
    /// The wait after so many failures in a row. Jitter, from 0 to 1, only takes something off.
    pub(super) fn wait(&self, failures: u32, jitter: f64) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1));
        let grown = factor.and_then(|factor| self.first_wait.checked_mul(factor));
        let wait = grown.map_or(self.max_wait, |grown| grown.min(self.max_wait));
        wait.mul_f64(1.0 - share(jitter) * share(self.jitter))
    }

    /// How long a node may do no work before it has stalled.
    pub(super) fn patience(&self, bitrate_unknown: bool) -> Duration {
        let measuring = if bitrate_unknown { self.measuring } else { Duration::ZERO };
        self.stall_after.saturating_add(measuring)
    }
}

/// A share from 0 to 1, whatever the number is.
fn share(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(0.0, 1.0) }
}
