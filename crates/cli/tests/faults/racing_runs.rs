//! Two applies at the same time, and many of everything: afterwards exactly the configured nodes run.

use std::fmt::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Running, Site, with};

/// Where the schedule comes from. Another one can be tried with `ACECAST_TEST_SEED`.
const SEED: u64 = 0x5eed_acec;

/// How long runs are begun.
const LASTS: Duration = Duration::from_secs(12);

/// How many go on at a time, at most.
const AT_ONCE: usize = 6;

/// Marsaglia's xorshift: the same numbers everywhere, from the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// One run, and how it may end.
struct Race {
    run: Running,
    allowed: &'static [i32],
    /// It was ended by `kill -9`, if it had not ended before.
    killed: bool,
}

/// Racing runs: many `start`, `stop`, `status` and `plan` at once, and some killed. Never has a port two engines, and in the end one
/// `start` leaves exactly the configured nodes.
#[test]
fn racing_runs() {
    let seed = std::env::var("ACECAST_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let site = Site::new();
    let ports: [u16; 4] = site.ports();
    let [one, two, hls, support] = ports;
    site.script("stable", json!({"*": {"ready_ms": 30, "stop_ms": 10}, two.to_string(): {"stop_ms": 120}}));
    site.supports(&[site.support(support, one)]);
    let lists = |bitrate: u64| {
        let one = with(site.ts("one", one), json!({"bitrate": bitrate}));
        let list = json!([one, site.ts("two", two), site.hls("hls", hls)]);
        // In one step: a torn list is another row.
        let beside = site.path("config/new.json");
        std::fs::write(&beside, list.to_string()).unwrap();
        std::fs::rename(beside, site.path("config/source_node.json")).unwrap();
    };
    lists(50_000);
    let mut schedule = format!("seed {seed}\n");
    let mut random = Random(seed);
    let began = Instant::now();
    let mut races: Vec<Race> = Vec::new();
    let mut begun = 0;
    while began.elapsed() < LASTS {
        let port = ports[usize::try_from(random.below(4)).unwrap()].to_string();
        let (args, allowed): (Vec<&str>, &[i32]) = match random.below(8) {
            0 | 1 => (vec!["start"], &[0, 5]),
            2 => (vec!["start", "--lock-timeout", "30", "--parallel", "2"], &[0]),
            3 => (vec!["start", "--lock-timeout", "1", "--force-creating-transport-files"], &[0, 5]),
            4 => (vec!["stop", &port], &[0, 5]),
            5 => (vec!["stop", &port, "--lock-timeout", "30"], &[0]),
            6 => (vec!["status"], &[0, 1]),
            _ => (vec!["plan"], &[0, 1]),
        };
        let _ = writeln!(schedule, "{:5} ms: {}", began.elapsed().as_millis(), args.join(" "));
        races.push(Race { run: site.begin(&args), allowed, killed: false });
        begun += 1;
        // Panics if a port has two.
        let _ = site.pids();
        sleep(Duration::from_millis(random.below(120)));
        while races.len() >= AT_ONCE {
            races = ended(races, &schedule);
            sleep(Duration::from_millis(5));
        }
        if random.below(8) == 0
            && let Some(race) = races.last_mut()
            && race.run.goes_on()
        {
            let _ = writeln!(schedule, "{:5} ms: kill -9 of the last one", began.elapsed().as_millis());
            race.run.signal(Signal::KILL);
            race.killed = true;
        }
        if random.below(10) == 0 {
            lists(50_000 + random.below(2) * 10_000);
        }
    }
    for race in races {
        settle(race, &schedule);
    }
    assert!(begun > 20, "only {begun} runs in {LASTS:?}");
    lists(50_000);
    let last = site.acecast(&["start", "--lock-timeout", "30"]);
    assert_eq!(last.code, Some(0), "{last}\n{schedule}");
    let pids = site.pids();
    assert_eq!(pids.keys().copied().collect::<Vec<_>>(), ports, "{last}\n{schedule}");
    for (port, pid) in pids {
        site.await_status(port, "each engine answers on its own port", |doc| doc["pid"] == pid);
    }
    // Wrappers without an engine would be somebody else.
    for proc in site.procs() {
        assert!(proc.port().is_some_and(|port| ports.contains(&port)), "{proc:?}\n{schedule}");
    }
    site.assert_nothing_to_do();
}

/// Those that go on; of those that do not, how they ended is looked at.
fn ended(races: Vec<Race>, schedule: &str) -> Vec<Race> {
    let mut left = Vec::new();
    for mut race in races {
        if race.run.goes_on() {
            left.push(race);
        } else {
            settle(race, schedule);
        }
    }
    left
}

fn settle(race: Race, schedule: &str) {
    let ran = race.run.wait();
    let allowed = ran.code.map_or(race.killed, |code| race.allowed.contains(&code));
    assert!(allowed, "{ran}\n{schedule}");
}
