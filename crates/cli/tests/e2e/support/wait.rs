//! Waiting for what must come about, never for a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer, and gives up with the message.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {} s in vain until {what}", PATIENCE.as_secs());
        sleep(Duration::from_millis(20));
    }
}
