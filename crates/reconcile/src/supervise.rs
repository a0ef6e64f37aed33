//! When a node that ended is started again, and when one that does no work is worth a word.
//!
//! One idea: decisions about time are pure as well. [`Supervisor`] has no clock, no timer and no randomness: whoever
//! looks at the host tells it what was seen, the time, as a [`Duration`] since some fixed moment, and numbers for the
//! jitter. So a day is simulated in a second. It starts and stops nothing: it says what the planner is to know
//! ([`crate::Policy::backing_off`], [`crate::Policy::restarts`]), and the planner decides.
//!
//! One round of a program that keeps nodes running:
//!
//! 1. [`Supervisor::look`] with what runs now;
//! 2. a plan, with [`Supervisor::back_offs`] and [`Supervisor::stalled_restarts`] of the same moment in its policy;
//! 3. carry it out, and say what became of it: [`Supervisor::started`], [`Supervisor::restarted`],
//!    [`Supervisor::start_failed`], [`Supervisor::expected_end`];
//! 4. sleep until something happens, or until [`Supervisor::next_due`].
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use std::time::Duration;
//! use acecast_reconcile::supervise::{Flow, Notice, Seen, SuperviseSettings, Supervisor};
//! use acecast_reconcile::testing::{port, running, source};
//!
//! let mut supervisor = Supervisor::new(SuperviseSettings::default());
//! let mut no_jitter = || 0.0;
//! let at = Duration::from_secs;
//! let mut seen = Seen::new(port(8640)).listed().runs(running(source(8640, "news")).processes, Flow::Well);
//! assert_eq!(supervisor.look(at(0), &[seen], &mut no_jitter), []);
//!
//! // It ran for a while and is gone.
//! seen.node = None;
//! let died = Notice::Died { port: port(8640), ran: at(100), failures: 1, again_in: at(1) };
//! assert_eq!(supervisor.look(at(100), &[seen], &mut no_jitter), [died]);
//! assert_eq!(supervisor.back_offs(at(100))[&port(8640)].left, at(1));
//! assert_eq!(supervisor.next_due(at(100)), Some(at(101)));
//!
//! // The wait is over: nothing keeps the planner from starting it.
//! assert_eq!(supervisor.look(at(101), &[seen], &mut no_jitter), []);
//! assert!(supervisor.back_offs(at(101)).is_empty());
//! supervisor.started(at(101), port(8640));
//! # }
//! ```

mod life;
mod seen;
mod settings;
mod stall;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::{BackOff, Port, ProcessId, RestartReason};

pub use life::{Life, State};
pub use seen::{Flow, Notice, Seen};
pub use settings::SuperviseSettings;

/// What became of the nodes since this began, as far as decisions about time need it.
///
/// Times are since a fixed moment of the caller's choice, and one that is earlier than the one before does no harm.
#[derive(Clone, Debug)]
pub struct Supervisor {
    settings: SuperviseSettings,
    lives: BTreeMap<Port, Life>,
    /// When the host was last looked at: what was due by then has had its round.
    looked: Option<Duration>,
}

impl Supervisor {
    /// Knows of no node.
    pub fn new(settings: SuperviseSettings) -> Self {
        Supervisor { settings, lives: BTreeMap::new(), looked: None }
    }

    /// Takes in what one look at the host showed, and says what is new, by port.
    ///
    /// There is one entry for each port that is wanted or has a node. A port that is left out is one of which nothing
    /// could be told this time: what was known of it stays. `jitter` gives numbers from 0 to 1.
    pub fn look(&mut self, now: Duration, seen: &[Seen], jitter: &mut dyn FnMut() -> f64) -> Vec<Notice> {
        self.looked = Some(now);
        for life in self.lives.values_mut() {
            life.out_of_sight();
        }
        // By port, so that the order of what was seen makes no difference.
        let seen: BTreeMap<Port, &Seen> = seen.iter().map(|seen| (seen.port, seen)).collect();
        let mut notices = Vec::new();
        for (port, seen) in seen {
            if let Some(node) = seen.node {
                let life = self.lives.entry(port).or_default();
                life.runs(now, seen, node, &self.settings, &mut notices);
                notices.extend(life.flows(now, seen, &self.settings));
            } else if let Some(life) = self.lives.get_mut(&port) {
                notices.extend(life.is_gone(now, seen, &self.settings, jitter));
            }
        }
        notices
    }

    /// acecast started the node, and it lives. Should it be gone at the next look, it ended by itself.
    pub fn started(&mut self, now: Duration, port: Port) {
        self.lives.entry(port).or_default().started(now);
    }

    /// acecast stopped the node and started it again, and it lives: the end of the old one was no crash.
    pub fn restarted(&mut self, now: Duration, port: Port) {
        let life = self.lives.entry(port).or_default();
        life.started(now);
        life.count_restart(now);
    }

    /// acecast tried to start the node, by itself or as the second half of a restart, and it is not there: that
    /// counts like an end. `jitter` is a number from 0 to 1.
    pub fn start_failed(&mut self, now: Duration, port: Port, jitter: f64) {
        self.lives.entry(port).or_default().start_failed(now, &self.settings, jitter);
    }

    /// acecast stopped the node: its end was no crash, and nothing waits.
    pub fn expected_end(&mut self, port: Port) {
        if let Some(life) = self.lives.get_mut(&port) {
            life.stopped();
        }
    }

    /// These processes were told to end, by whoever on this host: the nodes that they were, and that are gone or others
    /// by now, did not crash. Goes before the [`Supervisor::look`] with the same.
    pub fn told_to_end(&mut self, told: &BTreeSet<ProcessId>, seen: &[Seen]) {
        for seen in seen {
            if let Some(life) = self.lives.get_mut(&seen.port) {
                life.told_to_end(told, seen.node);
            }
        }
    }

    /// The nodes whose wait is not over, for [`crate::Policy::backing_off`].
    pub fn back_offs(&self, now: Duration) -> BTreeMap<Port, BackOff> {
        let waits = self.lives.iter().filter_map(|(port, life)| Some((*port, life.back_off(now)?)));
        waits.collect()
    }

    /// The nodes to be restarted because they have stalled, for [`crate::Policy::restarts`]: none, unless the
    /// settings say so, and each at most once in [`SuperviseSettings::stall_again`].
    pub fn stalled_restarts(&self, now: Duration) -> BTreeMap<Port, RestartReason> {
        let due = |life: &Life| life.restart_due(&self.settings).is_some_and(|due| due <= now);
        self.lives
            .iter()
            .filter(|(_, life)| due(life))
            .map(|(port, _)| (*port, RestartReason::Stalled))
            .collect()
    }

    /// Forgets the ports that are not wanted and had no node at the last look, so that memory is bounded by the
    /// config.
    pub fn forget_unlisted(&mut self, wanted: &BTreeSet<Port>) {
        self.lives.retain(|port, life| wanted.contains(port) || life.is_in_sight());
    }

    /// When to look again, should nothing happen until then: a wait ends, a stall is to be told, a node that has
    /// stalled may be restarted. Never in the past.
    ///
    /// What was due at the last look has had its round, and is not due again: where something else holds a start,
    /// there is nothing to wake up for.
    pub fn next_due(&self, now: Duration) -> Option<Duration> {
        let dues = self.lives.values().flat_map(|life| life.dues(&self.settings));
        // What has become due since the last look was not in the round of that look.
        let pending = dues.filter(|due| self.looked.is_none_or(|looked| *due > looked));
        pending.min().map(|due| due.max(now))
    }

    /// What is known of the node on the port, if anything is.
    pub fn life(&self, port: Port) -> Option<&Life> {
        self.lives.get(&port)
    }

    /// The same for all nodes, by port.
    pub fn lives(&self) -> impl Iterator<Item = (Port, &Life)> {
        self.lives.iter().map(|(port, life)| (*port, life))
    }
}
