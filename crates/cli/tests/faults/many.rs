//! Many cases, a few at a time.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Runs all cases, `at_once` side by side, and fails with the names of those that failed.
pub(crate) fn cases<C: Sync + std::fmt::Display>(all: &[C], at_once: usize, run: impl Fn(&C) + Sync) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let work = || {
        while let Some(case) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            // The message is printed where it panics; what remains is to say which case it was.
            if catch_unwind(AssertUnwindSafe(|| run(case))).is_err() {
                failed.lock().unwrap().push(case.to_string());
            }
        }
    };
    let at_once = NonZeroUsize::new(at_once).expect("somebody has to work");
    thread::scope(|scope| {
        for _ in 0..at_once.get().min(all.len()) {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} cases failed: {}", failed.len(), all.len(), failed.join("; "));
}
