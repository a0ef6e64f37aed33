//! `acecast run` in the background, and what it says while it goes on.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::http::request;
use crate::support::Site;

/// How long a run may take to end.
const END: Duration = Duration::from_secs(30);

/// A run that goes on; it is killed when it is dropped, and its nodes stay for the site to end.
pub(crate) struct Keeper {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    line: String,
}

/// How long something may take to come about, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(25);

/// What a run does unless a story is about it: a page on a port of its own, and nothing is sent.
const USUAL: [(&str, &str); 3] =
    [("--listen", "127.0.0.1:0"), ("--monitor-every", "0"), ("--metadata-every", "0")];

/// The command for a site, not started.
pub(crate) fn command(site: &Site, interval: &str, more: &[&str]) -> Command {
    let mut args = vec!["run", "--interval", interval];
    for (name, value) in USUAL.iter().filter(|(name, _)| !more.contains(name)) {
        args.extend([name, value]);
    }
    args.extend(more);
    site.command(&args)
}

impl Keeper {
    /// Begins to run.
    pub(crate) fn begin(site: &Site, interval: &str, more: &[&str]) -> Keeper {
        Keeper::of(command(site, interval, more))
    }

    /// The same, with its first round done.
    pub(crate) fn start(site: &Site, interval: &str, more: &[&str]) -> Keeper {
        let keeper = Keeper::begin(site, interval, more);
        keeper.await_ready();
        keeper
    }

    /// Begins to run this command.
    pub(crate) fn of(mut command: Command) -> Keeper {
        let line = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (stderr, heard) = (child.stderr.take().unwrap(), Arc::clone(&lines));
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                heard.lock().unwrap().push(line);
            }
        });
        Keeper { child, lines, line }
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        // It has not been waited for, so the number is still its own.
        kill_process(Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
    }

    /// It has not ended.
    #[track_caller]
    pub(crate) fn assert_goes_on(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "it has ended: {ended:?}\n{self}");
    }

    /// Waits for its end, and gives its exit code.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + END;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it did not end\n{self}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it by SIGTERM.
    #[track_caller]
    pub(crate) fn end(&mut self) {
        self.signal(Signal::TERM);
        assert_eq!(self.wait(), Some(0), "{self}");
    }

    /// Kills it.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    // What it says.

    /// The lines of its stderr so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// How many of them contain this text.
    pub(crate) fn says(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.contains(text)).count()
    }

    /// Waits until it has said this.
    #[track_caller]
    pub(crate) fn await_line(&self, text: &str) {
        self.eventually(&format!("it says {text:?}"), || (self.says(text) > 0).then_some(()));
    }

    /// Waits, and shows what it said if that is in vain.
    #[track_caller]
    pub(crate) fn eventually<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}\n{self}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    // What it shows.

    /// The page's address.
    #[track_caller]
    pub(crate) fn url(&self) -> String {
        self.eventually("it says where the page is", || {
            let lines = self.lines();
            let (_, rest) = lines.iter().find_map(|line| line.split_once("the page is at "))?;
            Some(rest.split('/').take(3).collect::<Vec<_>>().join("/"))
        })
    }

    /// The status and body of what is at this path.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        request("GET", &format!("{}{path}", self.url())).unwrap_or_else(|e| panic!("{path}: {e}\n{self}"))
    }

    /// The document at this path.
    #[track_caller]
    pub(crate) fn doc(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}\n{self}");
        serde_json::from_str(&body).unwrap()
    }

    /// Waits until the first round is done.
    #[track_caller]
    pub(crate) fn await_ready(&self) {
        let url = format!("{}/readyz", self.url());
        self.eventually("it is ready", || (request("GET", &url).ok()?.0 == 200).then_some(()));
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.kill();
        let panics = self.lines().iter().any(|line| line.contains("panicked at"));
        assert!(thread::panicking() || !panics, "a panic\n{self}");
    }
}

impl std::fmt::Display for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "$ {}\n{}", self.line, self.lines().join("\n"))
    }
}

/// The log of events of a site.
pub(crate) fn log(site: &Site) -> Vec<Value> {
    let text = fs::read_to_string(site.root().join("state/events.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Its events of this kind, about the node on this port if one is given.
pub(crate) fn logged(site: &Site, what: &str, port: Option<u16>) -> Vec<Value> {
    let is_meant = |event: &Value| event["event"] == what && port.is_none_or(|port| event["port"] == port);
    log(site).into_iter().filter(is_meant).collect()
}

/// Waits until there are so many of them.
#[track_caller]
pub(crate) fn await_events(
    keeper: &Keeper,
    site: &Site,
    what: &str,
    port: Option<u16>,
    count: usize,
) -> Vec<Value> {
    keeper.eventually(&format!("{count} events {what} of {port:?}"), || {
        Some(logged(site, what, port)).filter(|events| events.len() >= count)
    })
}

/// Waits until exactly these ports have an engine.
#[track_caller]
pub(crate) fn await_ports(keeper: &Keeper, site: &Site, ports: &[u16]) {
    let mut ports = ports.to_vec();
    ports.sort_unstable();
    keeper.eventually(&format!("these run: {ports:?}"), || {
        site.pids().into_keys().eq(ports.iter().copied()).then_some(())
    });
}

/// When an event was written, in seconds of its day.
pub(crate) fn second(event: &Value) -> f64 {
    let (_, time) = event["time"].as_str().unwrap().split_once('T').unwrap();
    let mut parts = time.trim_end_matches('Z').split(':').map(|part| part.parse::<f64>().unwrap());
    std::array::from_fn::<f64, 3, _>(|_| parts.next().unwrap())
        .iter()
        .fold(0.0, |sum, part| sum * 60.0 + part)
}

/// The seconds from each of these events to the next.
pub(crate) fn gaps(events: &[Value]) -> Vec<f64> {
    let gap = |pair: &[Value]| (second(&pair[1]) - second(&pair[0])).rem_euclid(86_400.0);
    events.windows(2).map(gap).collect()
}

/// An apply goes on: somebody holds the lock.
pub(crate) fn is_applying(site: &Site) -> Option<()> {
    let lock = fs::File::open(site.root().join("run/.acecast.lock")).ok()?;
    lock.try_lock().is_err().then_some(())
}
