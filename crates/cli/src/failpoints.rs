//! Dying at a chosen step, in test builds only.

use std::io::Write as _;
use std::sync::OnceLock;

/// The number of the step at which acecast is to be killed; 0 is none.
const VARIABLE: &str = "ACECAST_DIE_AT";

static DIE_AT: OnceLock<u64> = OnceLock::new();

/// Tells every step on stderr and has the process killed at the chosen one, if the environment asks for it.
pub(crate) fn arm() {
    if let Some(n) = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()) {
        let _ = DIE_AT.set(n);
        acecast_engine::failpoint::watch(passed);
    }
}

fn passed(n: u64, name: &'static str) -> bool {
    let _ = writeln!(std::io::stderr(), "step {n}: {name}");
    DIE_AT.get() == Some(&n)
}
