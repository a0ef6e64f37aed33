//! What the page, the figures and the probes show: the last look, and how it came to it.
//!
//! One idea: whoever looks at the page pays for it. The loop shows what it sees in its own rounds; a viewer who wants to
//! see something newer has the host looked at once more, at most once a second for all viewers together.

mod digest;
mod looks;
mod pages;
mod tasks;
mod trend;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use acecast_config::Config;
use acecast_engine::events::{Event, parse};
use acecast_engine::observe::Snapshot;
use acecast_reconcile::supervise::{SuperviseSettings, Supervisor};
use acecast_reconcile::{Plan, Policy, Port, Role, plan};
use serde_json::Value;

use super::look::Look;
use crate::commands::events::event_line;
use crate::context::Context;
use crate::journal;
use crate::output::chained;
use digest::Digest;
use looks::Looks;
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
    /// Events that are not in the log of events.
    events_dropped: AtomicU64,
    state: Mutex<State>,
    /// One look at a time.
    looking: Mutex<()>,
}

/// Held for moments only, for the loop must never wait for a viewer: what takes longer is made of what is shared here,
/// before or after.
struct State {
    context: Arc<Context>,
    config: Option<Arc<Config>>,
    is_fresh: bool,
    supervisor: Arc<Supervisor>,
    policy: Policy,
    digest: Arc<Digest>,
    looks: Looks,
    trends: Arc<Trends>,
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
            supervisor: Arc::new(Supervisor::new(SuperviseSettings::default())),
            policy: Policy::default(),
            digest: Arc::default(),
            looks: Looks::default(),
            trends: Arc::default(),
            events: events.iter().filter_map(|line| serde_json::from_str(line).ok()).collect(),
            last_words: BTreeMap::new(),
        };
        View {
            role,
            started: SystemTime::now(),
            ready: AtomicBool::new(false),
            tasks: Tasks::default(),
            events_dropped: AtomicU64::new(0),
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
        let config = config.cloned().map(Arc::new);
        let mut state = self.state();
        state.context = context;
        state.config = config;
        state.is_fresh = is_fresh;
    }

    /// Says what has happened, the newest last: to people, to the log of events, and on the page.
    pub(super) fn tell(&self, events: &[Event]) {
        let context = self.context();
        for event in events.iter().filter_map(|event| parse(&event.line())) {
            context.out.note(event_line(&context.out, &event));
        }
        if !journal::write(&context, events) {
            self.events_dropped.fetch_add(events.len() as u64, Ordering::Relaxed);
        }
        let lines = events.iter().filter_map(|event| serde_json::from_str::<Value>(&event.line()).ok());
        let lines: Vec<Value> = lines.collect();
        let mut state = self.state();
        state.events.extend(lines);
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
        let began = Instant::now();
        let supervisor = Arc::new(supervisor.clone());
        let seen = {
            let mut state = self.state();
            state.supervisor = supervisor;
            state.policy = policy;
            // What a quick look cannot tell is looked at by whoever asks next.
            state.looks.change(began);
            state.seen()
        };
        if look == Look::Whole {
            self.show(began, seen.digest(snapshot, plan, self.role));
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
        let _one_at_a_time = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        let seen = {
            let state = self.state();
            if state.looks.is_young(began, young) {
                return;
            }
            state.seen()
        };
        let Seen { context, config, policy, supervisor: _ } = &seen;
        let snapshot = match context.observer().observe(config.as_deref()) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::debug!(error = chained(&error), "the page could not be made newer");
                return;
            }
        };
        context.hide_secrets_of(&snapshot);
        let made = config.as_deref().map(|config| plan(&config.desired(), &snapshot.observed, policy));
        self.show(began, seen.digest(&snapshot, &made.unwrap_or_default(), self.role));
    }

    /// Shows a look that began then, unless a later one is shown already.
    fn show(&self, began: Instant, mut digest: Digest) {
        let mut state = self.state();
        let ended = Instant::now();
        if !state.looks.take(began, ended) {
            return;
        }
        state.last_words.retain(|port, _| digest.is_down(*port));
        digest.add_last_words(&state.last_words);
        Arc::make_mut(&mut state.trends).note(ended, &digest.rows);
        state.digest = Arc::new(digest);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn seen(&self) -> Seen {
        Seen {
            context: Arc::clone(&self.context),
            config: self.config.clone(),
            policy: self.policy.clone(),
            supervisor: Arc::clone(&self.supervisor),
        }
    }
}

/// What a look is made of beside what it shows of the host.
struct Seen {
    context: Arc<Context>,
    config: Option<Arc<Config>>,
    policy: Policy,
    supervisor: Arc<Supervisor>,
}

impl Seen {
    fn digest(&self, snapshot: &Snapshot, plan: &Plan, role: Option<Role>) -> Digest {
        Digest::of(&self.context, self.config.as_deref(), snapshot, plan, role, &self.supervisor)
    }
}
