//! What happens on a day, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use acecast_reconcile::testing::port;
use acecast_reconcile::{Port, Processes};

use crate::DAY;
use crate::random::Random;

/// Something that happens, other than by acecast.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// Whatever runs on the port ends.
    Kill(Port),
    /// That very process ends.
    End(Port, Processes),
    /// What runs on the port does no work any more, until it is restarted.
    Hang(Port),
    /// The origin of the stream on the port is away, or is there again.
    Origin { port: Port, is_up: bool },
    /// Somebody edits the config.
    Edit,
    /// The controller does not answer, or does again.
    Controller { is_up: bool },
    /// acecast is killed and started again.
    AcecastRestarts,
}

/// A time in which nodes on the port end soon, or cannot be started at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashLoop {
    pub(crate) port: Port,
    pub(crate) from: Duration,
    pub(crate) to: Duration,
    pub(crate) fails_at_start: bool,
}

/// Events in the order of their times, and there in the order in which they were added.
#[derive(Default)]
pub(crate) struct Events {
    queue: BTreeMap<(Duration, u32), Event>,
    added: u32,
}

impl Events {
    pub(crate) fn add(&mut self, at: Duration, event: Event) {
        self.added += 1;
        self.queue.insert((at, self.added), event);
    }

    pub(crate) fn next_at(&self) -> Option<Duration> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next one that has happened by now.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<Event> {
        let first = self.queue.first_entry().filter(|first| first.key().0 <= now);
        first.map(std::collections::btree_map::OccupiedEntry::remove)
    }

    pub(crate) fn clear(&mut self) {
        self.queue.clear();
    }
}

/// The day of nodes on these ports.
pub(crate) fn of_a_day(random: &mut Random, ports: &[u16]) -> (Events, Vec<CrashLoop>) {
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3_600));
    let mut events = Events::default();
    let any = |random: &mut Random| port(random.one_of(ports).expect("there are ports"));
    for _ in 0..1_200 {
        let (at, port) = (random.between(minute, DAY), any(random));
        events.add(at, Event::Kill(port));
    }
    for _ in 0..100 {
        let (at, port) = (random.between(minute, DAY), any(random));
        events.add(at, Event::Hang(port));
        let (at, port) = (random.between(minute, DAY), any(random));
        events.add(at, Event::Origin { port, is_up: false });
        events.add(at + random.between(minute / 6, minute * 20), Event::Origin { port, is_up: true });
    }
    let mut at = minute;
    while at < DAY {
        events.add(at, Event::Edit);
        at += random.between(minute * 2, minute * 6);
    }
    for _ in 0..12 {
        let at = random.between(minute, DAY);
        events.add(at, Event::Controller { is_up: false });
        events.add(at + random.between(minute, minute * 30), Event::Controller { is_up: true });
        events.add(random.between(minute, DAY), Event::AcecastRestarts);
    }
    let crash_loops: Vec<CrashLoop> = (0..48)
        .map(|turn| {
            let from = random.between(minute, Duration::from_secs(23 * 3_600));
            CrashLoop { port: any(random), from, to: from + hour, fails_at_start: turn % 3 == 0 }
        })
        .collect();
    for crash_loop in &crash_loops {
        events.add(crash_loop.from, Event::Kill(crash_loop.port));
    }
    (events, crash_loops)
}
