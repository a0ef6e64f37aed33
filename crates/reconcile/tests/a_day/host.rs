//! The made-up host: its config, what runs, and what a plan makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

use acecast_reconcile::supervise::{Flow, Seen};
use acecast_reconcile::testing::{pid, port, running, support, uid};
use acecast_reconcile::{
    Action, Desired, DesiredNode, Field, KeyFacts, KeyState, List, Observed, Plan, Port, ProcessId,
    Processes, Role, Settings, Spec, Stream,
};

use crate::random::Random;
use crate::story::{self, CrashLoop, Event, Events};

const SOURCES: std::ops::Range<u16> = 8640..8656;
/// The first sources have a support node each, on a port so much higher. They are not edited.
const WITH_SUPPORT: std::ops::Range<u16> = 8640..8644;
const SUPPORT: u16 = 100;
/// A source moves to a port so much higher, and back.
const MOVED: u16 = 200;

pub(crate) struct Host {
    pub(crate) now: Duration,
    pub(crate) observed: Observed,
    /// When each node was started.
    pub(crate) since: BTreeMap<Processes, Duration>,
    pub(crate) controller_is_up: bool,
    pub(crate) crash_loops: Vec<CrashLoop>,
    /// When a start was tried, by port.
    pub(crate) starts: BTreeMap<Port, Vec<Duration>>,
    config: BTreeMap<Port, DesiredNode>,
    /// The same, as the controller answers it.
    pub(crate) desired: Rc<Desired>,
    taken_out: Vec<DesiredNode>,
    events: Events,
    hanging: BTreeSet<Processes>,
    without_origin: BTreeSet<Port>,
    random: Random,
    last_pid: i32,
}

/// What became of one decision.
pub(crate) enum Outcome {
    Started(Port),
    /// The old one had run for so long.
    Restarted(Port, Duration),
    /// It could not be started. If that was a restart, the old one had run for so long.
    Failed(Port, Option<Duration>),
    Stopped(Port, Duration),
}

/// What happened while nobody looked.
#[derive(Default)]
pub(crate) struct Happened {
    pub(crate) events: usize,
    /// Which nodes ended, and how long they had run.
    pub(crate) deaths: Vec<(Port, Duration)>,
    pub(crate) acecast_restarts: bool,
}

impl Host {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let supports = WITH_SUPPORT.map(|number| support(number + SUPPORT, &format!("127.0.0.1:{number}")));
        let nodes = SOURCES.map(|number| source(number, number)).chain(supports);
        let config: BTreeMap<Port, DesiredNode> = nodes.map(|node| (node.spec.port, node)).collect();
        let ports: Vec<u16> = config.keys().map(|port| port.get()).collect();
        let (events, crash_loops) = story::of_a_day(&mut random, &ports);
        let mut observed = Observed::default();
        observed.local.insert(Ipv4Addr::LOCALHOST.into());
        Host {
            now: Duration::ZERO,
            observed,
            since: BTreeMap::new(),
            controller_is_up: true,
            crash_loops,
            starts: BTreeMap::new(),
            desired: Rc::new(desired(&config)),
            config,
            taken_out: Vec::new(),
            events,
            hanging: BTreeSet::new(),
            without_origin: BTreeSet::new(),
            random,
            last_pid: 20_000,
        }
    }

    pub(crate) fn node(&self, port: Port) -> Option<Processes> {
        self.observed.nodes.iter().find(|node| node.port == port).map(|node| node.processes)
    }

    /// How the node really is.
    pub(crate) fn flow(&self, port: Port) -> Flow {
        let Some(node) = self.node(port) else { return Flow::Unknown };
        let source = self.observed.nodes.iter().find(|node| node.port == port).and_then(|node| {
            match &node.identity.spec()?.stream {
                Stream::Support(source) => Some(source.port),
                Stream::Source(_) => None,
            }
        });
        if self.hanging.contains(&node) {
            Flow::Silent
        } else if self.without_origin.contains(&port) {
            Flow::NoInput
        } else if source.is_some_and(|source| self.node(source).is_none()) {
            Flow::NoPeers
        } else if self.now < self.since[&node] + Duration::from_secs(5) {
            Flow::Starting
        } else {
            Flow::Well
        }
    }

    pub(crate) fn look(&self, wanted: &BTreeSet<Port>) -> Vec<Seen> {
        let running = self.observed.nodes.iter().map(|node| node.port);
        let ports: BTreeSet<Port> = running.chain(wanted.iter().copied()).collect();
        let seen = ports.into_iter().map(|port| {
            let mut seen = Seen::new(port);
            seen.node = self.node(port);
            seen.listed = wanted.contains(&port);
            seen.flow = self.flow(port);
            seen
        });
        seen.collect()
    }

    /// When the next thing happens.
    pub(crate) fn next_event(&self) -> Option<Duration> {
        self.events.next_at()
    }

    /// Time goes by.
    pub(crate) fn advance(&mut self, to: Duration) -> Happened {
        self.now = to;
        let mut happened = Happened::default();
        while let Some(event) = self.events.pop(to) {
            happened.events += 1;
            match event {
                Event::Kill(port) => {
                    let node = self.node(port);
                    happened.deaths.extend(node.map(|node| (port, self.end(node))));
                }
                Event::End(port, node) if self.node(port) == Some(node) => {
                    happened.deaths.push((port, self.end(node)));
                }
                Event::End(..) => {}
                Event::Hang(port) => {
                    let node = self.node(port);
                    self.hanging.extend(node);
                }
                Event::Origin { port, is_up: true } => drop(self.without_origin.remove(&port)),
                Event::Origin { port, is_up: false } => drop(self.without_origin.insert(port)),
                Event::Edit => {
                    self.edit();
                    self.desired = Rc::new(desired(&self.config));
                }
                Event::Controller { is_up } => self.controller_is_up = is_up,
                Event::AcecastRestarts => happened.acecast_restarts = true,
            }
        }
        happened
    }

    /// Nothing bad happens any more.
    pub(crate) fn calm_down(&mut self) {
        self.events.clear();
        self.crash_loops.clear();
        self.without_origin.clear();
        self.controller_is_up = true;
    }

    /// Stops first, then sources, then support nodes, as the engine crate does it. A start that needs a source which
    /// could not be started is skipped.
    pub(crate) fn carry_out(&mut self, plan: &Plan, desired: &Desired) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for decision in &plan.decisions {
            if let Action::Stop { node, .. } = decision.action {
                outcomes.push(Outcome::Stopped(decision.port, self.end(node)));
            }
        }
        for decision in &plan.decisions {
            let (needs, old) = match decision.action {
                Action::Start { needs, .. } => (needs, None),
                Action::Restart { needs, node, .. } => (needs, Some(node)),
                _ => continue,
            };
            if needs.is_some_and(|source| self.node(source).is_none()) {
                continue;
            }
            let ran = old.map(|node| self.end(node));
            let wanted = desired.get(decision.port).expect("only what is wanted is started");
            outcomes.push(match (self.start(wanted), ran) {
                (false, _) => Outcome::Failed(decision.port, ran),
                (true, None) => Outcome::Started(decision.port),
                (true, Some(ran)) => Outcome::Restarted(decision.port, ran),
            });
        }
        outcomes
    }

    fn start(&mut self, wanted: &DesiredNode) -> bool {
        let port = wanted.spec.port;
        self.starts.entry(port).or_default().push(self.now);
        if let Some(uid) = wanted.spec.stream.uid() {
            let facts = KeyFacts::new(KeyState::Present);
            self.observed.keys.insert(uid.clone(), facts);
        }
        let now = self.now;
        let crash_loop =
            self.crash_loops.iter().find(|it| it.port == port && (it.from..it.to).contains(&now));
        if crash_loop.is_some_and(|crash_loop| crash_loop.fails_at_start) {
            return false;
        }
        self.last_pid += 1;
        let id = ProcessId { pid: pid(self.last_pid), start_ticks: 0 };
        let mut node = running(wanted.clone());
        node.processes = Processes::Engine { engine: id, wrapper: None };
        if crash_loop.is_some() {
            let ran = self.random.between(Duration::from_millis(1), Duration::from_secs(20));
            self.events.add(now + ran, Event::End(port, node.processes));
        }
        self.since.insert(node.processes, now);
        self.observed.nodes.push(node);
        true
    }

    /// The node is gone. Says how long it ran.
    fn end(&mut self, node: Processes) -> Duration {
        let found = self.observed.nodes.iter().position(|running| running.processes == node);
        self.observed.nodes.remove(found.expect("only what runs ends"));
        self.hanging.remove(&node);
        let since = self.since.remove(&node).expect("what runs was started");
        self.now.saturating_sub(since)
    }

    /// One node gets another title, or is taken out, or comes back, or moves.
    fn edit(&mut self) {
        let sources = self.config.keys().copied().filter(|port| {
            !WITH_SUPPORT.contains(&port.get()) && !WITH_SUPPORT.contains(&(port.get() - SUPPORT))
        });
        let Some(port) = self.random.one_of(&sources.collect::<Vec<_>>()) else { return };
        let has_room = self.taken_out.len() < 3;
        match self.random.below(4) {
            0 => {
                let title = format!("title {}", self.random.below(1 << 32));
                let node = self.config.remove(&port).expect("it is there");
                self.config.insert(port, node.with(Field::Title, title));
            }
            1 if has_room => self.taken_out.extend(self.config.remove(&port)),
            1 | 2 => {
                let back = self.taken_out.pop();
                self.config.extend(back.map(|node| (node.spec.port, node)));
            }
            _ => {
                let mut node = self.config.remove(&port).expect("it is there");
                let to =
                    if port.get() < MOVED + SOURCES.start { port.get() + MOVED } else { port.get() - MOVED };
                node.spec.port = acecast_reconcile::testing::port(to);
                self.config.insert(node.spec.port, node);
            }
        }
    }
}

fn desired(config: &BTreeMap<Port, DesiredNode>) -> Desired {
    let list = |role: Role| {
        let nodes = config.values().filter(|node| node.spec.role() == role);
        Some(List::new(nodes.cloned(), []).expect("the config repeats nothing"))
    };
    Desired::new(list(Role::Source), list(Role::Support)).expect("the config repeats no port")
}

/// A source with few settings, since it is copied and compared so often.
fn source(number: u16, name: u16) -> DesiredNode {
    let stream = Stream::Source(uid(&format!("stream_{name}")));
    let spec = Spec { port: port(number), stream, settings: Settings::new() };
    DesiredNode::new(spec).url("http://origin.example/x").with(Field::Type, "ts").with(Field::Title, "one")
}
