//! Watching while there are no descriptors left, in a process of its own: the limit is everybody's.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};

use acecast_engine::deaths;
use acecast_reconcile::{Pid, Port, ProcessId};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Ends with the test, however that ends.
struct Sleeper(Child);

impl Sleeper {
    fn end(&mut self) {
        // One that was reaped already is not signalled again.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.end();
    }
}

#[test]
fn a_shortage_makes_news_late_and_loses_none() {
    let spawn = || Sleeper(Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap());
    let (mut gone, mut living) = (spawn(), spawn());
    let [gone_id, living_id] = [&gone, &living].map(|child| {
        let pid = child.0.id();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        // The start is the 22nd field of all, and the 20th behind the name, which may hold anything.
        let start = stat[stat.rfind(')').unwrap()..].split_whitespace().nth(20).unwrap();
        ProcessId { pid: Pid::try_from(i64::from(pid)).unwrap(), start_ticks: start.parse().unwrap() }
    });
    gone.end();
    let port = |n| Port::try_from(n).unwrap();

    let (deaths, mut watcher) = deaths::pair().unwrap();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    // The lowest free number is the limit: what is open stays open, and nothing else can be.
    let free = std::fs::File::open("/dev/null").unwrap();
    let lowest = u64::try_from(std::os::fd::AsRawFd::as_raw_fd(&free)).unwrap();
    drop(free);
    setrlimit(Resource::RLIMIT_NOFILE, lowest, hard).unwrap();
    assert!(std::fs::File::open("/dev/null").is_err());
    deaths.watch(BTreeMap::from([(gone_id, port(8640)), (living_id, port(8641))]));
    let first = watcher.wait();
    let looked_at = watcher.looked_at();
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).unwrap();
    assert_eq!(first, Some(vec![(gone_id, port(8640))]), "that one needs no descriptor");
    assert_eq!(looked_at, 1);

    living.0.kill().unwrap();
    assert_eq!(watcher.wait(), Some(vec![(living_id, port(8641))]));
    assert_eq!(watcher.looked_at(), 0);
}
