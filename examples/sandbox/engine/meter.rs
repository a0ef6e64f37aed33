//! A true rate: the bytes of the last seconds, divided by them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts bytes, and knows how many a second there are now.
pub(crate) struct Meter {
    window: Duration,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    total: u64,
    first: Option<Instant>,
    recent: VecDeque<(Instant, u64)>,
}

/// A rate over less than this would be a guess.
const SHORTEST: Duration = Duration::from_secs(1);

impl Meter {
    pub(crate) fn over(window: Duration) -> Self {
        Self { window, seen: Mutex::default() }
    }

    pub(crate) fn add(&self, bytes: usize) {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.total += bytes as u64;
        seen.first.get_or_insert(now);
        seen.recent.push_back((now, bytes as u64));
        seen.forget(now, self.window);
    }

    /// Forgets the past, as when an input is lost.
    pub(crate) fn restart(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.first = None;
        seen.recent.clear();
    }

    pub(crate) fn total(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).total
    }

    /// Bytes a second.
    pub(crate) fn rate(&self) -> u64 {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.forget(now, self.window);
        let Some(first) = seen.first else { return 0 };
        let span = (now - first).clamp(SHORTEST, self.window.max(SHORTEST));
        let bytes: u64 = seen.recent.iter().map(|(_, bytes)| bytes).sum();
        bytes * 1000 / u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Seen {
    fn forget(&mut self, now: Instant, window: Duration) {
        while self.recent.front().is_some_and(|(at, _)| now - *at > window) {
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Meter;

    #[test]
    fn counts_and_forgets() {
        let meter = Meter::over(Duration::from_secs(2));
        assert_eq!(meter.rate(), 0);
        meter.add(600);
        meter.add(400);
        assert_eq!(meter.total(), 1000);
        assert!((900..=1000).contains(&meter.rate()), "{}", meter.rate());
        meter.restart();
        assert_eq!((meter.rate(), meter.total()), (0, 1000));
    }
}
