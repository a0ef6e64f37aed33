//! Properties of every story: whatever happens in whatever order, at whatever times.

use std::collections::BTreeSet;

use acecast_reconcile::Port;
use acecast_reconcile::supervise::{Flow, Seen, State, SuperviseSettings, Supervisor};
use acecast_reconcile::testing::port;

use super::*;

const PORTS: u16 = 4;

/// Small, and good enough to choose what happens next.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1_001)).expect("it is small")) / 1_000.0
    }

    fn port(&mut self) -> Port {
        port(8640 + u16::try_from(self.below(u64::from(PORTS))).expect("it is small"))
    }
}

fn seen(random: &mut Random) -> Vec<Seen> {
    let mut seen = Vec::new();
    for number in 8640..8640 + PORTS {
        let flow = match random.below(6) {
            0 => Flow::NoInput,
            1 => Flow::Silent,
            2 => Flow::Starting,
            3 => Flow::Unknown,
            _ => Flow::Well,
        };
        let pid = 100 + i32::from(number) + [0, 10_000][usize::from(random.below(2) == 0)];
        let mut one = Seen::new(port(number));
        one.listed = random.below(8) > 0;
        one.bitrate_unknown = random.below(4) == 0;
        one.node = (random.below(3) > 0).then(|| node(pid));
        one.flow = flow;
        seen.extend((random.below(10) > 0).then_some(one));
    }
    seen
}

/// The world stays as it is, and the loop sleeps for as long as it is told: it comes to rest.
fn comes_to_rest(supervisor: &Supervisor, mut now: Duration, seen: &[Seen]) -> Result<(), String> {
    let mut it = supervisor.clone();
    // For each port a wait or a stall, and a restart; and each one more if it is due already.
    for _ in 0..=PORTS * 4 {
        let Some(due) = it.next_due(now) else { return Ok(()) };
        if due < now {
            return Err(format!("{due:?} is before {now:?}"));
        }
        it.look(due, seen, &mut || 0.5);
        if let Some(again) = it.next_due(due).filter(|again| *again <= due) {
            return Err(format!("at {due:?} {again:?} is due again"));
        }
        now = due;
    }
    Err(format!("it never rests; {:?} is due next", it.next_due(now)))
}

fn check(seed: u64, restart_stalled: bool) -> Result<(), String> {
    let mut random = Random(seed);
    let mut settings = SuperviseSettings::default();
    settings.restart_stalled = restart_stalled;
    let mut it = Supervisor::new(settings.clone());
    let mut now = s(random.below(1_000));
    let mut last = Vec::new();
    for _ in 0..300 {
        let step = match random.below(5) {
            0 => ms(0),
            1 => ms(random.below(1_000)),
            2 => s(random.below(60)),
            3 => s(random.below(700)),
            _ => it.next_due(now).map_or(s(30), |due| due.saturating_sub(now)),
        };
        // Now and then the clock goes back.
        now = if random.below(50) == 0 { now.saturating_sub(step) } else { now + step };
        let port = random.port();
        match random.below(12) {
            0 => it.started(now, port),
            1 => it.restarted(now, port),
            2 => it.start_failed(now, port, random.share()),
            3 => it.expected_end(port),
            4 => {
                let wanted: BTreeSet<Port> = [port].into();
                it.forget_unlisted(&wanted);
            }
            _ => {
                last = seen(&mut random);
                let numbers = [random.share(), random.share()];
                let mut turn = 0;
                it.look(now, &last, &mut || {
                    turn += 1;
                    numbers[turn % 2]
                });
                if let Some(due) = it.next_due(now).filter(|due| *due <= now) {
                    return Err(format!("right after a look at {now:?}, {due:?} is due"));
                }
            }
        }
        if let Some(due) = it.next_due(now).filter(|due| *due < now) {
            return Err(format!("at {now:?}, {due:?} is due"));
        }
        comes_to_rest(&it, now, &last)?;
        for (port, life) in it.lives() {
            let left = it.back_offs(now).get(&port).map(|wait| wait.left);
            let expected = match life.state() {
                State::Waiting { until } => until.checked_sub(now).filter(|left| !left.is_zero()),
                _ => None,
            };
            if left != expected {
                return Err(format!("port {port} waits {left:?} in {life:?}"));
            }
        }
        if it.lives().count() > usize::from(PORTS) {
            return Err("it knows ports that nobody told of".to_owned());
        }
    }
    Ok(())
}

#[test]
fn whatever_happens_a_loop_that_sleeps_until_next_due_comes_to_rest() {
    for seed in 1..=150 {
        for restart_stalled in [false, true] {
            check(seed * 0x9E37_79B9, restart_stalled).unwrap_or_else(|failure| {
                panic!("seed {seed}, restart_stalled {restart_stalled}: {failure}")
            });
        }
    }
}
