//! What `acecast run` tells systemd, heard on a socket as systemd would.

use std::collections::VecDeque;
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use crate::support::{Running, Site, eventually};

/// What systemd would wait for a sign of life.
const WATCHDOG: Duration = Duration::from_secs(2);

/// The socket that systemd would have.
struct Systemd {
    socket: UnixDatagram,
    /// What was heard and not asked for yet, with its time.
    heard: VecDeque<(Instant, String)>,
}

impl Systemd {
    fn new(site: &Site) -> Systemd {
        let socket = UnixDatagram::bind(site.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        Systemd { socket, heard: VecDeque::new() }
    }

    /// Starts `acecast run` as systemd would start it.
    fn start(site: &Site, args: &[&str]) -> Running {
        let run = site.command(&[&["run", "--listen", "off", "--interval", "1h"], args].concat());
        // The variable has to name the process before that is.
        let mut command = Command::new("sh");
        command.args(["-c", "export WATCHDOG_PID=$$; exec \"$0\" \"$@\""]).arg(run.get_program());
        command.args(run.get_args()).current_dir(site.root().parent().unwrap());
        for (name, value) in run.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("NOTIFY_SOCKET", site.path("notify"));
        command.env("ACECAST_LISTEN_TOKEN", "open-sesame");
        command.env("WATCHDOG_USEC", WATCHDOG.as_micros().to_string());
        Running::start(command)
    }

    /// Waits for a message that this is true of, and gives its time and what was heard before it.
    #[track_caller]
    fn until(
        &mut self,
        what: &str,
        is_it: impl Fn(&str) -> bool,
    ) -> (Instant, String, Vec<(Instant, String)>) {
        let mut before = Vec::new();
        eventually(what, || {
            self.listen();
            while let Some((at, text)) = self.heard.pop_front() {
                if is_it(&text) {
                    return Some((at, text, std::mem::take(&mut before)));
                }
                before.push((at, text));
            }
            None
        })
    }

    /// Hears what there is, or what comes in a moment.
    fn listen(&mut self) {
        let mut bytes = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut bytes) {
            let text = str::from_utf8(&bytes[..length]).unwrap().trim_end().to_owned();
            self.heard.push_back((Instant::now(), text));
        }
    }

    /// The same until acecast has been alive so often, and no message but that has come.
    #[track_caller]
    fn signs_of_life(&mut self, count: usize) -> Vec<Instant> {
        (0..count)
            .map(|_| {
                let (at, _, before) = self.until("there is a sign of life", |text| text == "WATCHDOG=1");
                assert!(before.is_empty(), "{before:?}");
                at
            })
            .collect()
    }
}

fn texts(heard: &[(Instant, String)]) -> Vec<&str> {
    heard.iter().map(|(_, text)| text.as_str()).filter(|text| *text != "WATCHDOG=1").collect()
}

fn is_status(text: &str) -> bool {
    text.starts_with("STATUS=") && !text.contains('\n')
}

#[test]
fn systemd_is_told_when_the_nodes_run_and_what_becomes_of_acecast() {
    let site = Site::new();
    let [news, relay] = site.ports();
    site.sources(&[site.ts("news", news)]);
    site.supports(&[site.support(relay, news)]);
    // If it came too early, it would come before the node is there.
    site.script("stable", json!({news.to_string(): {"ready_ms": 500}}));
    let mut systemd = Systemd::new(&site);
    let run = Systemd::start(&site, &[]);

    let (_, _, before) = systemd.until("it is ready", |text| text == "READY=1");
    assert_eq!(site.pids().len(), 2, "ready is when what was missing was started");
    assert_eq!(texts(&before), [""; 0], "nothing was said before");
    let (_, status, _) = systemd.until("there is a status", is_status);
    assert!(status.contains('2'), "{status}");
    let pids = site.pids();

    // What was meant for acecast alone, nodes do not have: they would answer for it.
    for proc in site.procs().iter().filter(|proc| proc.args.iter().any(|arg| arg.contains("engine"))) {
        let environ = fs::read(format!("/proc/{}/environ", proc.pid)).unwrap();
        let names: Vec<&[u8]> =
            environ.split(|byte| *byte == 0).map(|line| line.split(|b| *b == b'=').next().unwrap()).collect();
        assert!(names.iter().any(|name| name == b"PATH"), "{proc:?}");
        for name in &names {
            assert!(*name != b"NOTIFY_SOCKET" && !name.starts_with(b"WATCHDOG_"), "{proc:?}");
            assert!(*name != b"ACECAST_LISTEN_TOKEN", "{proc:?}");
        }
    }

    let asked = clock_gettime(ClockId::Monotonic);
    run.signal(Signal::HUP);
    let (_, reloading, before) = systemd.until("it reloads", |text| text.contains("RELOADING=1"));
    assert_eq!(texts(&before), [""; 0]);
    let lines: Vec<&str> = reloading.lines().collect();
    assert_eq!(lines[0], "RELOADING=1");
    let micros: i64 = lines[1].strip_prefix("MONOTONIC_USEC=").unwrap().parse().unwrap();
    // systemd takes no readiness for that of a reload before this time.
    assert!(micros >= asked.tv_sec * 1_000_000 + asked.tv_nsec / 1000, "{reloading}");
    let (_, _, before) = systemd.until("it is ready again", |text| text == "READY=1");
    assert_eq!(texts(&before), [""; 0]);
    systemd.until("there is a status", is_status);

    run.signal(Signal::TERM);
    let (_, _, before) = systemd.until("it stops", |text| text == "STOPPING=1");
    assert_eq!(texts(&before), [""; 0]);
    run.wait().exit(0);
    systemd.listen();
    assert!(systemd.heard.iter().all(|(_, text)| text != "READY=1"), "{:?}", systemd.heard);
    assert_eq!(site.pids(), pids, "nodes outlive it");
}

#[test]
fn the_watchdog_is_fed_at_rest_twice_as_often_as_it_must_be_and_no_more() {
    let site = Site::new();
    let mut systemd = Systemd::new(&site);
    let run = Systemd::start(&site, &[]);
    systemd.until("there is a status", is_status);
    let signs = systemd.signs_of_life(5);
    let mut gaps: Vec<Duration> = signs.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| *gap < WATCHDOG), "systemd would have ended it: {gaps:?}");
    gaps.sort();
    let middle = gaps[gaps.len() / 2];
    assert!(middle <= WATCHDOG / 2 + Duration::from_millis(250), "{gaps:?}");
    assert!(middle >= WATCHDOG / 4, "{gaps:?}");
    run.signal(Signal::INT);
    systemd.until("it stops", |text| text == "STOPPING=1");
    run.wait().exit(0);
}

#[test]
fn each_step_of_a_long_round_is_a_sign_of_life() {
    let site = Site::new();
    let ports: [u16; 4] = site.ports();
    let names = ["a", "b", "c", "d"];
    site.sources(&names.iter().zip(ports).map(|(name, port)| site.ts(name, port)).collect::<Vec<_>>());
    site.script("stable", json!({"*": {"ready_ms": WATCHDOG.as_millis() / 2}}));
    let mut systemd = Systemd::new(&site);
    let run = Systemd::start(&site, &["--parallel", "1"]);
    let (ready, _, mut before) = systemd.until("it is ready", |text| text == "READY=1");
    before.push((ready, String::new()));
    let gaps: Vec<Duration> = before.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(gaps.iter().sum::<Duration>() > WATCHDOG, "it took too long for one sign: {gaps:?}");
    assert!(gaps.iter().all(|gap| *gap < WATCHDOG), "systemd would have ended it: {gaps:?}");
    run.signal(Signal::TERM);
    run.wait().exit(0);
}

#[test]
fn a_config_that_cannot_be_had_does_not_keep_it_from_being_ready() {
    let site = Site::new();
    site.use_controller();
    site.world.faults(&json!({"source_node": {"status": 500}, "support_node": {"status": 500}}));
    let mut systemd = Systemd::new(&site);
    let run = Systemd::start(&site, &[]);
    systemd.until("it is ready", |text| text == "READY=1");
    run.signal(Signal::TERM);
    run.wait().exit(0);
}

#[test]
fn without_systemd_nothing_is_missed() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let mut command = site.command(&["run", "--listen", "off"]);
    // The socket of a systemd that is gone.
    command.env("NOTIFY_SOCKET", site.path("nobody")).env("WATCHDOG_USEC", "nonsense");
    let run = Running::start(command);
    eventually("the node runs", || site.pids().contains_key(&port).then_some(()));
    run.signal(Signal::TERM);
    run.wait().exit(0);
}
