//! Ctrl-C: what was begun is ended first.
//!
//! The signal only sets a flag, and whoever sees it next unwinds. What is dropped on that way ends what it began: sites
//! end everything that runs in them, and remove their folders. Commands that run meanwhile get the terminal's signal, too.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};

static WANTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Between two looks at the flag while this program does nothing else.
const SLICE: Duration = Duration::from_millis(100);

/// Longer than anything that is waited for takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two questions. What is asked is a program's status at the least, so more often would only keep it from working.
const AGAIN: Duration = Duration::from_millis(20);

/// From now on signals end this program in order.
pub(crate) fn heed() {
    let flag = WANTED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(flag)).unwrap();
    }
}

/// Ends this program if that is wanted.
pub(crate) fn check() {
    if WANTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
        eprintln!("interrupted");
        // As a panic, but it is no mistake of the program that would have to be explained.
        resume_unwind(Box::new(()));
    }
}

/// Lets this time pass.
pub(crate) fn sleep(span: Duration) {
    let end = Instant::now() + span;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        check();
        thread::sleep(left.min(SLICE));
    }
}

/// Asks again and again until there is an answer.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        check();
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::sleep(AGAIN);
    }
}
