//! One node's life: that it runs, that it ended, and when it is started again.

use std::collections::BTreeSet;
use std::time::Duration;

use super::stall::Stall;
use super::{Flow, Notice, Seen, SuperviseSettings};
use crate::{BackOff, ProcessId, Processes};

/// What became of one node, since the supervisor began.
#[derive(Clone, Debug, Default)]
pub struct Life {
    state: State,
    failures: u32,
    restarts: u64,
    /// The last node that was seen.
    node: Option<Processes>,
    /// acecast started a node that was not seen yet: it may be another one than the last that was seen.
    is_fresh: bool,
    /// How old the node was when it began to run as far as is known: it may have been there long before.
    age_then: Duration,
    /// The last look showed a node.
    is_in_sight: bool,
    /// It ended by itself or could not be started then, and no node was seen since.
    down_since: Option<Duration>,
    /// When acecast last restarted it.
    restarted: Option<Duration>,
    stall: Stall,
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It runs, as far as is known since then.
    Running {
        /// When it was started, or first seen.
        since: Duration,
    },
    /// It ended by itself, or could not be started, and is not started before then.
    Waiting {
        /// When the wait is over. That may be long ago, if something else holds the start.
        until: Duration,
    },
    /// It does not run, and that is nobody's failure.
    #[default]
    Stopped,
}

impl Life {
    /// Whether it runs.
    pub fn state(&self) -> State {
        self.state
    }

    /// How often in a row it ended by itself, or could not be started. None any more after a good run.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// How often another node took the place of the one that was there before, for whatever reason.
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// How it is, if it has stalled.
    pub fn stalled(&self) -> Option<Flow> {
        self.stall.flow()
    }

    pub(super) fn is_in_sight(&self) -> bool {
        self.is_in_sight
    }

    pub(super) fn out_of_sight(&mut self) {
        self.is_in_sight = false;
    }

    // ---- what a look showed ----

    /// What was told to end, and is gone or another one by now, did not crash. One that was started after it and not
    /// seen yet was not told.
    pub(super) fn told_to_end(&mut self, told: &BTreeSet<ProcessId>, node: Option<Processes>) {
        let was_told = self.node.is_some_and(|last| last.ids().any(|id| told.contains(&id)));
        let is_same = matches!((self.node, node), (Some(last), Some(node)) if is_same(last, node));
        if matches!(self.state, State::Running { .. }) && was_told && !is_same && !self.is_fresh {
            self.stopped();
        }
    }

    /// A node runs there.
    pub(super) fn runs(
        &mut self,
        now: Duration,
        seen: &Seen,
        node: Processes,
        settings: &SuperviseSettings,
        notices: &mut Vec<Notice>,
    ) {
        let port = seen.port;
        let is_another = self.node.is_some_and(|last| !is_same(last, node));
        match self.state {
            State::Running { since } if is_another && !self.is_fresh => {
                let ran = self.ran(now, since);
                self.count_failure(ran, settings);
                let again_in = Duration::ZERO;
                notices.push(Notice::Died { port, ran, failures: self.failures, again_in });
                self.down_since = Some(now);
                self.begin(now, seen.age);
            }
            State::Running { since } => {
                if now.saturating_sub(since) >= settings.good_run {
                    self.failures = 0;
                }
            }
            // Somebody else started it.
            State::Waiting { .. } | State::Stopped => self.begin(now, seen.age),
        }
        self.restarts += u64::from(is_another);
        (self.node, self.is_fresh, self.is_in_sight) = (Some(node), false, true);
        if let (Some(down), State::Running { since }) = (self.down_since.take(), self.state) {
            notices.push(Notice::Back { port, down_for: since.saturating_sub(down) });
        }
    }

    /// How the node that runs there is. What is not wanted cannot stall.
    pub(super) fn flows(
        &mut self,
        now: Duration,
        seen: &Seen,
        settings: &SuperviseSettings,
    ) -> Option<Notice> {
        if seen.listed {
            return self.stall.look(now, seen, settings);
        }
        self.stall = Stall::default();
        None
    }

    /// No node runs there.
    pub(super) fn is_gone(
        &mut self,
        now: Duration,
        seen: &Seen,
        settings: &SuperviseSettings,
        jitter: &mut dyn FnMut() -> f64,
    ) -> Option<Notice> {
        if !seen.listed {
            self.stopped();
            return None;
        }
        let State::Running { since } = self.state else { return None };
        let ran = self.ran(now, since);
        let again_in = self.fail(now, Some(ran), settings, jitter());
        Some(Notice::Died { port: seen.port, ran, failures: self.failures, again_in })
    }

    // ---- what acecast did ----

    pub(super) fn started(&mut self, now: Duration) {
        self.begin(now, Duration::ZERO);
        self.is_fresh = true;
    }

    pub(super) fn count_restart(&mut self, now: Duration) {
        self.restarted = Some(now);
    }

    pub(super) fn start_failed(&mut self, now: Duration, settings: &SuperviseSettings, jitter: f64) {
        let ran = match self.state {
            State::Running { since } => Some(self.ran(now, since)),
            State::Waiting { .. } | State::Stopped => None,
        };
        if ran.is_some() {
            self.count_restart(now);
        }
        self.fail(now, ran, settings, jitter);
    }

    pub(super) fn stopped(&mut self) {
        self.state = State::Stopped;
        self.down_since = None;
        self.stall = Stall::default();
    }

    // ---- what follows ----

    /// What is left of its wait.
    pub(super) fn back_off(&self, now: Duration) -> Option<BackOff> {
        let State::Waiting { until } = self.state else { return None };
        let left = until.checked_sub(now).filter(|left| !left.is_zero())?;
        Some(BackOff { failures: self.failures, left })
    }

    /// When it is to be restarted because it has stalled, unless it does its work by then.
    pub(super) fn restart_due(&self, settings: &SuperviseSettings) -> Option<Duration> {
        let due = self.stall.due().filter(|_| settings.restart_stalled && self.stall.is_told())?;
        let again = self.restarted.map(|restarted| restarted.saturating_add(settings.stall_again));
        Some(again.map_or(due, |again| again.max(due)))
    }

    /// When something is due about it, in whatever order, and whether or not it is over.
    pub(super) fn dues(&self, settings: &SuperviseSettings) -> impl Iterator<Item = Duration> + use<> {
        let wait = match self.state {
            State::Waiting { until } => Some(until),
            State::Running { .. } | State::Stopped => None,
        };
        let stall = self.stall.due().filter(|_| !self.stall.is_told());
        [wait, stall, self.restart_due(settings)].into_iter().flatten()
    }

    /// How long a node has run by now that runs since then, as far as is known.
    fn ran(&self, now: Duration, since: Duration) -> Duration {
        now.saturating_sub(since).saturating_add(self.age_then)
    }

    fn begin(&mut self, now: Duration, age: Duration) {
        (self.state, self.age_then) = (State::Running { since: now }, age);
        self.stall.begin_anew();
    }

    /// It is down, and waits.
    fn fail(
        &mut self,
        now: Duration,
        ran: Option<Duration>,
        settings: &SuperviseSettings,
        jitter: f64,
    ) -> Duration {
        self.count_failure(ran.unwrap_or_default(), settings);
        let wait = settings.wait(self.failures, jitter);
        self.state = State::Waiting { until: now.saturating_add(wait) };
        // A node that ended before anybody saw it has not been back.
        self.down_since.get_or_insert(now);
        self.stall.begin_anew();
        wait
    }

    fn count_failure(&mut self, ran: Duration, settings: &SuperviseSettings) {
        let before = if ran >= settings.good_run { 0 } else { self.failures };
        self.failures = before.saturating_add(1);
    }
}

/// The same node, if perhaps its engine has appeared or its wrapper has gone since.
fn is_same(last: Processes, now: Processes) -> bool {
    match (last, now) {
        (Processes::Engine { engine: last, .. }, Processes::Engine { engine: now, .. }) => last == now,
        _ => last.ids().any(|id| now.ids().any(|other| other == id)),
    }
}
