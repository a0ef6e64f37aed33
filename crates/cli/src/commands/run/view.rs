//! What the page, the figures and the probes show: the last look, and how it came to it.
//!
//! One idea: whoever looks at the page pays for it. The loop shows what it sees in its own rounds; a viewer who wants to
//! see something newer has the host looked at once more, at most once a second for all viewers together.

mod digest;
mod tasks;
mod trend;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acecast_config::Config;
use acecast_engine::events::{Event, parse};
use acecast_engine::observe::Snapshot;
use acecast_reconcile::supervise::{SuperviseSettings, Supervisor};
use acecast_reconcile::{Plan, Policy, Port, Role, plan};
use acecast_telemetry::metrics::{Format, Metrics};
use serde_json::{Value, json};

use super::round::Look;
use crate::commands::events::event_line;
use crate::context::Context;
use crate::journal;
use crate::output::{chained, schema};
use crate::web::Pages;
use digest::Digest;
use tasks::{TaskHandle, Tasks};
use trend::Trends;

/// A look that is younger is not repeated.
const FRESH: Duration = Duration::from_millis(900);

/// So many events are shown on the page.
const EVENTS: usize = 200;

/// What is shown.
pub(super) struct View {
    role: Option<Role>,
    started: SystemTime,
    ready: AtomicBool,
    tasks: Tasks,
    state: Mutex<State>,
    /// One look at a time.
    looking: Mutex<()>,
}

struct State {
    context: Arc<Context>,
    config: Option<Arc<Config>>,
    is_fresh: bool,
    supervisor: Supervisor,
    policy: Policy,
    digest: Digest,
    looked: Option<Instant>,
    trends: Trends,
    events: VecDeque<Value>,
    last_words: BTreeMap<Port, String>,
}

impl View {
    pub(super) fn new(context: Arc<Context>, role: Option<Role>) -> Self {
        let events = acecast_engine::events::read(&context.app.dirs.state, EVENTS).unwrap_or_default();
        let state = State {
            context,
            config: None,
            is_fresh: false,
            supervisor: Supervisor::new(SuperviseSettings::default()),
            policy: Policy::default(),
            digest: Digest::default(),
            looked: None,
            trends: Trends::default(),
            events: events.iter().filter_map(|line| serde_json::from_str(line).ok()).collect(),
            last_words: BTreeMap::new(),
        };
        View {
            role,
            started: SystemTime::now(),
            ready: AtomicBool::new(false),
            tasks: Tasks::default(),
            state: Mutex::new(state),
            looking: Mutex::new(()),
        }
    }

    /// The role in scope, if it is one.
    pub(super) fn role(&self) -> Option<Role> {
        self.role
    }

    /// What the app config says by now.
    pub(super) fn context(&self) -> Arc<Context> {
        Arc::clone(&self.state().context)
    }

    /// For whoever does this task, to say how it went.
    pub(super) fn task(&self, name: &'static str) -> TaskHandle<'_> {
        self.tasks.handle(name)
    }

    pub(super) fn first_round_done(&self) {
        self.ready.store(true, Ordering::SeqCst);
    }

    pub(super) fn config_is(&self, context: Arc<Context>, config: Option<&Config>, is_fresh: bool) {
        let controller = &context.app.controller;
        let monitor = controller.monitor.as_ref().map(|_| "monitor");
        let metadata = controller.metadata_receiver.as_ref().map(|_| "metadata");
        self.tasks.expect(["config", "reconcile"].into_iter().chain(monitor).chain(metadata));
        let mut state = self.state();
        state.context = context;
        state.config = config.cloned().map(Arc::new);
        state.is_fresh = is_fresh;
    }

    /// Says what has happened, the newest last: to people, to the log of events, and on the page.
    pub(super) fn tell(&self, events: &[Event]) {
        let context = self.context();
        for event in events.iter().filter_map(|event| parse(&event.line())) {
            context.out.note(event_line(&context.out, &event));
        }
        journal::write(&context, events);
        let mut state = self.state();
        for event in events {
            state.events.extend(serde_json::from_str::<Value>(&event.line()).ok());
        }
        let too_many = state.events.len().saturating_sub(EVENTS);
        state.events.drain(..too_many);
    }

    /// The loop has looked. A quick look asks no node how it is, so what was known of that stays.
    pub(super) fn saw(
        &self,
        snapshot: &Snapshot,
        plan: &Plan,
        supervisor: &Supervisor,
        policy: Policy,
        look: Look,
    ) {
        let mut state = self.state();
        state.supervisor = supervisor.clone();
        state.policy = policy;
        match look {
            Look::Whole => state.take(snapshot, plan, self.role),
            // What has changed is looked at by whoever asks next.
            Look::Quick => state.looked = None,
        }
    }

    /// What nodes wrote last that have ended, clean; shown until they run again.
    pub(super) fn last_words(&self, words: BTreeMap<Port, String>) {
        self.state().last_words.extend(words);
    }

    /// Looks at the host without planning anything, for want of a config.
    pub(super) fn look(&self) {
        self.refresh(Duration::ZERO);
    }

    /// How many nodes are how, in words.
    pub(super) fn summary(&self) -> String {
        self.state().digest.summary()
    }

    /// Looks at the host, unless that was done a moment ago.
    fn refresh(&self, young: Duration) {
        let is_young = |state: &State| state.looked.is_some_and(|at| at.elapsed() < young);
        let _one_at_a_time = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let (context, config, policy) = {
            let state = self.state();
            if is_young(&state) {
                return;
            }
            (Arc::clone(&state.context), state.config.clone(), state.policy.clone())
        };
        // Nothing is locked while the host is looked at: the loop must never wait for a viewer.
        let snapshot = match context.observer().observe(config.as_deref()) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::debug!(error = chained(&error), "the page could not be made newer");
                return;
            }
        };
        context.hide_secrets_of(&snapshot);
        let made = config.as_deref().map(|config| plan(&config.desired(), &snapshot.observed, &policy));
        self.state().take(&snapshot, &made.unwrap_or_default(), self.role);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, snapshot: &Snapshot, plan: &Plan, role: Option<Role>) {
        self.digest =
            Digest::of(&self.context, self.config.as_deref(), snapshot, plan, role, &self.supervisor);
        self.last_words.retain(|port, _| self.digest.is_down(*port));
        self.digest.add_last_words(&self.last_words);
        let now = Instant::now();
        self.looked = Some(now);
        self.trends.note(now, &self.digest.rows);
    }
}

impl Pages for View {
    fn status(&self) -> Value {
        self.refresh(FRESH);
        let state = self.state();
        let mut document = state.digest.status(&state.trends, state.is_fresh);
        let age = state.looked.map(|looked| looked.elapsed().as_secs_f64());
        document["refreshed_s"] = json!(age);
        state.context.out.cleaned(document)
    }

    fn plan(&self) -> Value {
        self.refresh(FRESH);
        let state = self.state();
        state.context.out.cleaned(state.digest.plan.clone())
    }

    fn events(&self) -> Value {
        let mut document = schema();
        document.insert("events".to_owned(), self.state().events.iter().cloned().collect());
        document.into()
    }

    fn metrics(&self, openmetrics: bool) -> String {
        self.refresh(FRESH);
        let state = self.state();
        let metrics = Metrics {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            start_time_s: self.started.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64()),
            nodes: state.digest.nodes.clone(),
            tasks: self.tasks.list(),
            plan: state.config.as_ref().map(|_| state.digest.plan_size),
            events_dropped: None,
        };
        metrics.render(if openmetrics { Format::OpenMetrics } else { Format::Text })
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }

    fn is_alive(&self) -> bool {
        true
    }
}
