//! Numbers that are the same for the same seed.

use std::time::Duration;

/// xorshift64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        // Small seeds have few bits set, and so have the first numbers.
        for _ in 0..8 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// From 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1_000_001)).expect("it is small")) / 1_000_000.0
    }

    pub(crate) fn between(&mut self, first: Duration, end: Duration) -> Duration {
        let milliseconds = u64::try_from(end.saturating_sub(first).as_millis()).expect("a day is short");
        first + Duration::from_millis(self.below(milliseconds))
    }

    pub(crate) fn one_of<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let end = u64::try_from(of.len()).expect("it is small");
        (end > 0).then(|| of[usize::try_from(self.below(end)).expect("it is small")])
    }
}
