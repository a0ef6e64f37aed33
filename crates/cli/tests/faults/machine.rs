//! What this machine lets a test do.

use std::io::Write as _;

/// Says that a test, or a part of it, could not be done here. The test runner captures what is printed by the usual
/// means and shows it for failed tests only, so this goes to stderr by itself: nothing passes in silence.
pub(crate) fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
}
