//! The loop that keeps the nodes running.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use acecast_reconcile::supervise::{Notice, SuperviseSettings, Supervisor};
use acecast_reconcile::{Action, Desired, HeldReason, Plan, Policy, Port, RestartReason, plan};

use crate::host::{Host, Outcome};
use crate::random::Random;
use crate::rules::{self, Waits};

const INTERVAL: Duration = Duration::from_secs(30);

pub(crate) struct Runner {
    pub(crate) supervisor: Supervisor,
    pub(crate) count: Count,
    /// The last config that could be had.
    pub(crate) desired: Option<Rc<Desired>>,
    jitter: Random,
    tick: Duration,
    waits: Waits,
}

/// How much happened.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) rounds: usize,
    pub(crate) ticks: usize,
    pub(crate) events: usize,
    pub(crate) deaths: usize,
    pub(crate) failed_starts: usize,
    pub(crate) starts: usize,
    pub(crate) stops: usize,
    pub(crate) stalls: usize,
    pub(crate) stalled_restarts: usize,
    pub(crate) other_restarts: usize,
    pub(crate) waits_for_sources: usize,
}

impl Runner {
    pub(crate) fn new(seed: u64) -> Self {
        Runner {
            supervisor: supervisor(),
            count: Count::default(),
            desired: None,
            jitter: Random::new(!seed),
            tick: INTERVAL,
            waits: Waits::default(),
        }
    }

    /// Looks, decides, acts.
    pub(crate) fn round(&mut self, host: &mut Host) -> Result<(), String> {
        self.count.rounds += 1;
        if host.controller_is_up {
            self.desired = Some(Rc::clone(&host.desired));
        }
        let Some(desired) = self.desired.clone() else { return Ok(()) };
        let wanted: BTreeSet<Port> = desired.nodes().map(|node| node.spec.port).collect();
        let jitter = &mut self.jitter;
        let seen = host.look(&wanted);
        let notices = self.supervisor.look(host.now, &seen, &mut || jitter.share());
        for notice in &notices {
            match notice {
                Notice::Died { .. } => self.count.deaths += 1,
                Notice::Stalled { .. } => self.count.stalls += 1,
                _ => {}
            }
        }
        let mut policy = Policy::default();
        policy.restarts = self.supervisor.stalled_restarts(host.now);
        policy.backing_off = self.supervisor.back_offs(host.now);
        let plan = plan(&desired, &host.observed, &policy);
        if let Some(refused) = &plan.refused {
            return Err(format!("the guard refuses what was never asked for: {refused}"));
        }
        self.waits.forget_but(&wanted, host);
        rules::a_healthy_neighbour_is_left_alone(host, &desired, &plan)?;
        self.waits.nothing_starts_too_early(host, &plan)?;
        let outcomes = host.carry_out(&plan, &desired);
        self.waits.a_good_node_is_back_soon(host, &desired, &plan, &outcomes)?;
        self.tell(host, &outcomes);
        self.count_plan(&plan);
        self.supervisor.forget_unlisted(&wanted);
        rules::memory_is_bounded(&self.supervisor, &seen)?;
        rules::nobody_is_forgotten(host, &desired, &plan, &outcomes)
    }

    /// Until something happens, the interval is over, or something is due.
    pub(crate) fn sleep(&mut self, host: &mut Host) -> Result<(), String> {
        let due = self.supervisor.next_due(host.now);
        if due.is_some_and(|due| due <= host.now) {
            return Err(format!("the loop does not sleep: {due:?} is due"));
        }
        let wake = [due, host.next_event()].into_iter().flatten().fold(self.tick, Duration::min);
        if wake == self.tick {
            self.tick += INTERVAL;
            self.count.ticks += 1;
        }
        let happened = host.advance(wake);
        self.count.events += happened.events;
        // What ends before there is a config has never been seen.
        for (port, ran) in happened.deaths.into_iter().filter(|_| self.desired.is_some()) {
            self.waits.died(host.now, port, ran);
        }
        if happened.acecast_restarts {
            self.supervisor = supervisor();
            self.desired = None;
            self.waits = Waits::default();
        }
        Ok(())
    }

    /// Says to the supervisor what was done.
    fn tell(&mut self, host: &Host, outcomes: &[Outcome]) {
        for outcome in outcomes {
            match *outcome {
                Outcome::Started(port) => self.supervisor.started(host.now, port),
                Outcome::Restarted(port, ran) => {
                    self.waits.stopped(port, ran);
                    self.supervisor.restarted(host.now, port);
                }
                Outcome::Stopped(port, ran) => {
                    self.waits.stopped(port, ran);
                    self.supervisor.expected_end(port);
                }
                Outcome::Failed(port, ran) => {
                    self.count.failed_starts += 1;
                    self.waits.stopped(port, ran.unwrap_or_default());
                    self.waits.failed(host.now, port);
                    self.supervisor.start_failed(host.now, port, self.jitter.share());
                }
            }
        }
    }

    fn count_plan(&mut self, plan: &Plan) {
        for decision in &plan.decisions {
            match &decision.action {
                Action::Start { .. } => self.count.starts += 1,
                Action::Stop { .. } => self.count.stops += 1,
                Action::Restart { reason: RestartReason::Stalled, .. } => self.count.stalled_restarts += 1,
                Action::Restart { .. } => self.count.other_restarts += 1,
                Action::Held { reason: HeldReason::SourceNotReady, .. } => self.count.waits_for_sources += 1,
                _ => {}
            }
        }
    }
}

fn supervisor() -> Supervisor {
    let mut settings = SuperviseSettings::default();
    settings.restart_stalled = true;
    Supervisor::new(settings)
}
