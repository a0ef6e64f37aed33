//! Carrying out what a round has planned, under the lock, and taking in what came of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use acecast_config::Config;
use acecast_engine::apply::{Options, Outcome, Report};
use acecast_engine::deaths::reap_children;
use acecast_engine::events::{By, Event, What};
use acecast_engine::files::create_dir_all;
use acecast_engine::lock::{ApplyLock, LockError};
use acecast_engine::observe::Snapshot;
use acecast_engine::realm::Realm;
use acecast_reconcile::supervise::{Life, State};
use acecast_reconcile::{Action, Decision, Plan, Port};

use super::look::Look;
use super::steps::Steps;
use super::{LOCKED_AGAIN, Runner, UNUSABLE_AGAIN, journal, seen, text};
use crate::commands::change::{OnHost, unix_time};
use crate::output::plain;

/// After a neighbour's first death, a plan that is being carried out for others gives way after so long.
const GIVES_WAY: Duration = Duration::from_millis(200);

/// After so long, the rest of such a plan goes on.
const GOES_ON: Duration = Duration::from_secs(1);

impl Runner<'_> {
    /// Looks and plans again under the lock, and carries it out. True if it came to that, or to nothing to do.
    pub(super) fn change(&mut self, config: &Config, is_fresh: bool) -> bool {
        let context = Arc::clone(&self.context);
        let pid_dir = &context.app.dirs.pid;
        let cancelled = || context.signals.wanted();
        // Somebody may have tidied it away.
        if let Err(error) = create_dir_all(pid_dir) {
            return self.cannot_change(&text(&error));
        }
        let lock = match ApplyLock::acquire(pid_dir, Duration::ZERO, &cancelled, &mut |_| {}) {
            Ok(lock) => lock,
            Err(error @ LockError::Held { .. }) => return self.wait_for_lock(&error),
            Err(LockError::Cancelled { .. }) => return false,
            Err(error) => return self.cannot_change(&text(&error)),
        };
        let realm = match Realm::open(pid_dir) {
            Ok(Some(realm)) => realm,
            Ok(None) => {
                return self.cannot_change(&format!("the pid dir {} has disappeared", pid_dir.display()));
            }
            Err(error) => {
                return self.cannot_change(&format!(
                    "cannot open the pid dir {}: {}",
                    pid_dir.display(),
                    plain(&error)
                ));
            }
        };
        self.said.lock = false;
        self.say_once(|said| &mut said.change, None);
        let Some(snapshot) = self.observe(config, Look::Quick) else { return false };
        let made = self.plan(config, is_fresh, &snapshot);
        if made.refused.is_some() || made.changes() == 0 {
            return made.refused.is_none();
        }
        let report = self.carry_out(config, &realm, &made, &snapshot);
        drop(lock);
        self.after(config, is_fresh, &made, &report);
        true
    }

    fn carry_out(&self, config: &Config, realm: &Realm, made: &Plan, snapshot: &Snapshot) -> Report {
        let is_touched = |decision: &Decision| decision.action.is_change();
        let touched: BTreeSet<Port> = made
            .decisions
            .iter()
            .filter(|decision| is_touched(decision))
            .map(|decision| decision.port)
            .collect();
        // A neighbour that dies for the first time is started before the rest of this is done; one that keeps dying waits.
        let urgent = |port: Port| {
            !touched.contains(&port) && self.supervisor.life(port).is_none_or(|life| life.failures() == 0)
        };
        // So is one that has just died, and whose wait ends meanwhile.
        let due = self.first_wait(&touched);
        let gives_way = || {
            self.ended.first(urgent).is_some_and(|at| at.elapsed() >= GIVES_WAY)
                || due.is_some_and(|due| due <= self.now())
        };
        self.apply(config, realm, made, snapshot, &|| self.context.signals.wanted() || gives_way())
    }

    /// When the first of those is started again that have just died for the first time, and are not touched by a plan.
    pub(super) fn first_wait(&self, touched: &BTreeSet<Port>) -> Option<Duration> {
        let now = self.now();
        let wait = |(port, life): (Port, &Life)| match life.state() {
            State::Waiting { until } if life.failures() == 1 && !touched.contains(&port) => Some(until),
            _ => None,
        };
        self.supervisor.lives().filter_map(wait).filter(|until| *until > now).min()
    }

    pub(super) fn apply(
        &self,
        config: &Config,
        realm: &Realm,
        made: &Plan,
        snapshot: &Snapshot,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Report {
        let mut options = Options::new(unix_time());
        options.parallel = self.args.parallel;
        options.ready_timeout = self.args.ready_timeout;
        options.stop_timeout = self.args.stop_timeout;
        let doubted = self.broken.values().copied().collect();
        let here = OnHost { context: &self.context, config, realm, options, doubted: &doubted };
        Steps::watched(self.args.ready_timeout + self.args.stop_timeout, |steps| {
            here.apply(made, snapshot, steps, cancelled)
        })
    }

    /// Takes in what came of an apply, and looks at what runs now.
    fn after(&mut self, config: &Config, is_fresh: bool, made: &Plan, report: &Report) {
        let now = self.now();
        let failed = made.decisions.iter().zip(&report.results).filter_map(|(decision, result)| {
            Some((decision.port, self.context.out.clean(result.log.last()?)))
        });
        self.view.last_words(failed.collect());
        reap_children();
        let snapshot = self.observe(config, Look::Quick);
        // Without a look, the next one tells.
        let is_gone = |node| snapshot.as_ref().is_some_and(|snapshot| !seen::runs(snapshot, node));
        for (decision, result) in made.decisions.iter().zip(&report.results) {
            let port = decision.port;
            if result.engine_broken {
                self.broken.extend(seen::channel(config, port).map(|channel| (port, channel)));
            }
            match (&decision.action, result.outcome) {
                // What failed before the old node was touched is no end of it.
                (Action::Restart { node, .. }, Outcome::Failed) if !is_gone(*node) => {}
                (Action::Start { .. } | Action::Restart { .. }, Outcome::Failed) => {
                    self.supervisor.start_failed(now, port, fastrand::f64());
                }
                (Action::Start { .. }, Outcome::Ready | Outcome::Starting) => {
                    self.supervisor.started(now, port);
                    self.broken.remove(&port);
                }
                (Action::Restart { .. }, Outcome::Ready | Outcome::Starting) => {
                    self.supervisor.restarted(now, port);
                    self.broken.remove(&port);
                }
                (Action::Stop { .. }, Outcome::Stopped | Outcome::Killed) => {
                    self.supervisor.expected_end(port);
                }
                _ => {}
            }
        }
        self.tell_of(made, report);
        for problem in &report.problems {
            self.context.out.warning(problem);
        }
        if report.is_good() || report.interrupted {
            self.view.task("reconcile").succeeded();
        } else {
            self.view.task("reconcile").failed("something failed or was skipped: see the events");
        }
        if made.decisions.iter().any(|decision| decision.action.new_key()) {
            self.uploads.new_key();
        }
        let Some(snapshot) = snapshot else { return };
        let next = self.heed(config, is_fresh, &snapshot, Look::Quick);
        self.watch(&snapshot);
        let policy = self.policy(config, is_fresh);
        self.view.saw(&snapshot, &next, &self.supervisor, policy, Look::Quick);
        // What this plan could not know of yet is not left until the next interval; what it has tried is.
        let tried = |port: Port| made.decisions.iter().any(|d| d.port == port && d.action.is_change());
        let is_new = next.decisions.iter().any(|d| d.action.is_change() && !tried(d.port));
        if is_new {
            self.again_at = Some(Instant::now());
        } else if report.interrupted && next.changes() > 0 {
            self.again_at = Some(Instant::now() + GOES_ON);
        }
    }

    /// Says what came of an apply; what could not be done last time either is not said again.
    fn tell_of(&mut self, made: &Plan, report: &Report) {
        let events = journal::of_apply(&self.context.out, made, report, By::Run);
        let key = |event: &Event| (event.port, event.detail.clone());
        let is_skipped = |event: &Event| event.outcome.as_deref() == Some(Outcome::Skipped.as_str());
        let skipped: BTreeSet<_> = events.iter().filter(|event| is_skipped(event)).map(key).collect();
        // What gave way to a neighbour goes on in a moment: that is no event.
        let gave_way = report.interrupted && !self.context.signals.wanted();
        let is_news = |event: &Event| {
            let is_old = gave_way || self.said.skipped.contains(&key(event));
            event.what != What::Held && !(is_skipped(event) && is_old)
        };
        self.tell(&events.iter().filter(|event| is_news(event)).cloned().collect::<Vec<_>>());
        self.said.skipped = skipped;
        self.say_held(made);
    }

    /// Another command holds the lock.
    fn wait_for_lock(&mut self, error: &LockError) -> bool {
        if !self.said.lock {
            self.said.lock = true;
            self.context.out.note(format_args!("{}; waiting for it", self.context.out.clean(&text(error))));
        }
        self.again_at = Some(Instant::now() + LOCKED_AGAIN);
        false
    }

    /// Nothing can be carried out, and nobody is at it.
    fn cannot_change(&mut self, why: &str) -> bool {
        let why = self.context.out.clean(why);
        self.view.task("reconcile").failed(&why);
        self.say_once(|said| &mut said.change, Some(format!("cannot start or stop anything: {why}")));
        self.again_at = Some(Instant::now() + UNUSABLE_AGAIN);
        false
    }
}
