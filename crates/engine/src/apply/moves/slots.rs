//! How many starts go on at a time where rings, which start all their nodes at once, are carried out side by side.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many may start at a time.
pub(super) struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

/// One may start, until this is dropped.
#[must_use]
pub(super) struct Slot<'a>(&'a Slots);

impl Slots {
    pub(super) fn new(limit: NonZeroUsize) -> Self {
        Slots { free: Mutex::new(limit.get()), freed: Condvar::new() }
    }

    /// Waits for one that is free.
    pub(super) fn take(&self) -> Slot<'_> {
        let free = self.freed.wait_while(self.free(), |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Slot(self)
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::sweep::side_by_side;

    #[test]
    fn as_many_as_allowed_go_on_at_a_time_and_no_more() {
        let two = NonZeroUsize::new(2).unwrap();
        let (slots, together, now, most) =
            (Slots::new(two), Barrier::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
        side_by_side(&[(); 40], NonZeroUsize::new(8).unwrap(), |()| {
            let _slot = slots.take();
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Ends only if two go on at a time.
            together.wait();
            now.fetch_sub(1, Ordering::SeqCst);
        });
        assert_eq!(most.into_inner(), 2);
    }
}
