//! What may be so for long, and is said once.

use std::collections::BTreeSet;

use acecast_reconcile::Port;

use super::Runner;

/// What was said last of some things that may be so for long.
#[derive(Default)]
pub(super) struct Said {
    pub(super) observe: Option<String>,
    pub(super) lock: bool,
    pub(super) change: Option<String>,
    /// The lists could not be kept for a later run.
    pub(super) keeping: Option<String>,
    pub(super) skipped: BTreeSet<(Option<Port>, Option<String>)>,
}

impl Runner<'_> {
    /// Says what is wrong, unless it was said already and is still so.
    pub(super) fn say_once(&mut self, what: fn(&mut Said) -> &mut Option<String>, error: Option<String>) {
        let said = what(&mut self.said);
        if *said == error {
            return;
        }
        if let Some(error) = &error {
            self.context.out.warning(error);
        }
        *said = error;
    }
}
