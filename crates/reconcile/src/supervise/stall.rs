//! Whether a running node does its work, over time.

use std::time::Duration;

use super::{Flow, Notice, Seen, SuperviseSettings};

/// One node's stall: it begins with the first look that shows no work, is told once it lasts, and ends with work.
///
/// An episode that was told outlives the process, so that every stall that is told is followed by a recovery, and a
/// restart that did not help is not told as another stall. The patience begins anew with each process.
#[derive(Clone, Debug)]
pub(super) struct Stall {
    flow: Flow,
    patience: Duration,
    /// Since when this process does no work.
    since: Option<Duration>,
    /// It was told; the episode began then.
    told: Option<Duration>,
}

impl Default for Stall {
    fn default() -> Self {
        Stall { flow: Flow::Unknown, patience: Duration::ZERO, since: None, told: None }
    }
}

impl Stall {
    pub(super) fn look(
        &mut self,
        now: Duration,
        seen: &Seen,
        settings: &SuperviseSettings,
    ) -> Option<Notice> {
        let Seen { port, flow, .. } = *seen;
        // A look that asked no node tells nothing new: a stall that is due by now is due all the same.
        let flow = if flow == Flow::Unknown { self.flow } else { flow };
        self.flow = flow;
        self.patience = settings.patience(seen.bitrate_unknown);
        if flow == Flow::Well {
            self.since = None;
            let began = self.told.take()?;
            return Some(Notice::Recovered { port, after_s: now.saturating_sub(began).as_secs() });
        }
        if !flow.is_bad() {
            return None;
        }
        let since = *self.since.get_or_insert(now);
        if self.told.is_some() || self.due().is_none_or(|due| due > now) {
            return None;
        }
        self.told = Some(since);
        Some(Notice::Stalled { port, flow, for_s: now.saturating_sub(since).as_secs() })
    }

    /// Another process: it gets the same patience.
    pub(super) fn begin_anew(&mut self) {
        *self = Stall { told: self.told, ..Stall::default() };
    }

    /// When this process has done no work for too long, unless it does some.
    pub(super) fn due(&self) -> Option<Duration> {
        self.since.filter(|_| self.flow.is_bad()).map(|since| since.saturating_add(self.patience))
    }

    pub(super) fn is_told(&self) -> bool {
        self.told.is_some()
    }

    /// How it is, if it was told and has not recovered.
    pub(super) fn flow(&self) -> Option<Flow> {
        self.told.map(|_| self.flow)
    }
}
