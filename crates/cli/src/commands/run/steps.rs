//! What is heard of an apply while it goes on: only that it does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use acecast_engine::apply::{NodeResult, Progress, Step};
use acecast_reconcile::Decision;

use super::notify;

/// What a step takes beside its waits for nodes.
const MARGIN: Duration = Duration::from_secs(60);

/// Remembers when the last step was, for the watchdog.
pub(super) struct Steps {
    last: Mutex<Instant>,
}

impl Steps {
    /// Does the work, and feeds the watchdog meanwhile: a node may take longer to end than the watchdog waits. An apply
    /// that has not taken a step for much longer than `longest` is not alive.
    pub(super) fn watched<R: Send>(longest: Duration, work: impl FnOnce(&Steps) -> R + Send) -> R {
        let steps = Steps { last: Mutex::new(Instant::now()) };
        let Some(every) = notify::watchdog() else { return work(&steps) };
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let feeder = scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    if steps.since_last() < longest + MARGIN {
                        notify::alive();
                    }
                    thread::park_timeout(every / 2);
                }
            });
            let _end = End { done: &done, feeder: feeder.thread() };
            work(&steps)
        })
    }

    fn since_last(&self) -> Duration {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    fn another(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// Ends the feeding, also of work that panics: the scope waits for it.
struct End<'a> {
    done: &'a AtomicBool,
    feeder: &'a Thread,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.done.store(true, Ordering::SeqCst);
        self.feeder.unpark();
    }
}

impl Progress for Steps {
    fn step(&self, decision: &Decision, step: Step) {
        tracing::debug!(port = %decision.port, step = step.as_str(), "apply");
        self.another();
    }

    fn done(&self, decision: &Decision, result: &NodeResult) {
        tracing::debug!(port = %decision.port, outcome = %result.outcome, "apply");
        self.another();
    }
}
