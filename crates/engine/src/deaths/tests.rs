use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use acecast_reconcile::Pid;
use rustix::process::Signal;

use super::*;
use crate::pidfd::{Opened, PidFd};
use crate::process::Proc;

/// A process that lives until it is told to end, at the latest when the test does.
struct Sleeper {
    id: ProcessId,
    fd: PidFd,
    child: Option<Child>,
}

impl Sleeper {
    fn child() -> Self {
        let child = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
        Sleeper::of(i64::from(child.id()), Some(child))
    }

    /// A process whose parent has ended.
    fn orphan() -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 >/dev/null & echo $!"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let orphan = Sleeper::of(line.trim().parse().unwrap(), None);
        assert!(shell.wait().unwrap().success());
        orphan
    }

    fn of(pid: i64, child: Option<Child>) -> Self {
        let pid = Pid::try_from(pid).unwrap();
        let Opened::Process(fd) = PidFd::open(pid).unwrap() else { panic!("it lives") };
        let id = Proc::open(pid).unwrap().stat().unwrap().id;
        Sleeper { id, fd, child }
    }

    /// A child stays a zombie.
    fn kill(&self) {
        self.fd.signal(Signal::KILL).unwrap();
        assert!(self.fd.wait(std::time::Duration::from_secs(10)));
    }

    fn reap(&mut self) {
        self.kill();
        if let Some(mut child) = self.child.take() {
            child.wait().unwrap();
        }
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.fd.signal(Signal::KILL);
        if let Some(mut child) = self.child.take() {
            let _ = child.wait();
        }
    }
}

fn port(n: usize) -> Port {
    Port::try_from(8640 + n as u64).unwrap()
}

/// Each on its port, counted from 8640.
fn nodes<'a>(sleepers: impl IntoIterator<Item = &'a Sleeper>) -> BTreeMap<ProcessId, Port> {
    sleepers.into_iter().enumerate().map(|(n, sleeper)| (sleeper.id, port(n))).collect()
}

/// Reports in a thread of their own, as a run has them.
fn reports(mut watcher: Watcher) -> mpsc::Receiver<Vec<(ProcessId, Port)>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        while let Some(ended) = watcher.wait() {
            send.send(ended).unwrap();
        }
    });
    receive
}

/// The reports until there are so many.
fn ends(reports: &mpsc::Receiver<Vec<(ProcessId, Port)>>, count: usize) -> BTreeMap<ProcessId, Port> {
    let mut all = BTreeMap::new();
    while all.len() < count {
        for (id, port) in reports.recv_timeout(std::time::Duration::from_secs(20)).unwrap() {
            assert_eq!(all.insert(id, port), None, "reported once");
        }
    }
    all
}

#[test]
fn fifty_processes_are_reported_when_they_end_and_once() {
    let sleepers: Vec<Sleeper> =
        (0..50).map(|n| if n % 2 == 0 { Sleeper::child() } else { Sleeper::orphan() }).collect();
    let all = nodes(&sleepers);
    let (deaths, watcher) = pair().unwrap();
    let reports = reports(watcher);
    deaths.watch(all.clone());
    for n in [0, 1, 7] {
        sleepers[n].kill();
        assert_eq!(ends(&reports, 1), BTreeMap::from([(sleepers[n].id, port(n))]));
    }
    // They are named again, as a run does that has not yet seen them gone.
    deaths.watch(all.clone());
    sleepers.iter().for_each(Sleeper::kill);
    let rest = ends(&reports, 47);
    assert!([0, 1, 7].iter().all(|n| !rest.contains_key(&sleepers[*n].id)));
    drop(deaths);
    assert_eq!(reports.recv(), Err(mpsc::RecvError), "nothing else, and an end");
}

#[test]
fn what_is_gone_already_is_reported_at_once() {
    let (zombie, mut reaped, live) = (Sleeper::child(), Sleeper::child(), Sleeper::orphan());
    zombie.kill();
    reaped.reap();
    let before = ProcessId { start_ticks: live.id.start_ticks - 1, ..live.id };
    let (deaths, mut watcher) = pair().unwrap();
    let gone = [(reaped.id, port(1)), (zombie.id, port(2)), (before, port(3))];
    deaths.watch(gone.into_iter().chain([(live.id, port(4))]).collect());
    assert_eq!(watcher.wait(), Some(gone.to_vec()), "in the order of their ports");
    assert_eq!(watcher.looked_at(), 0);
}

#[test]
fn exactly_those_of_the_last_list_are_watched() {
    let sleepers = [Sleeper::child(), Sleeper::child(), Sleeper::orphan()];
    let (deaths, mut watcher) = pair().unwrap();
    let mut gone = Sleeper::child();
    gone.reap();
    deaths.watch(nodes(sleepers.iter().chain([&gone])));
    assert_eq!(watcher.wait(), Some(vec![(gone.id, port(3))]));
    // The first is not wanted any more, and the second has another port.
    deaths.watch(BTreeMap::from([(sleepers[1].id, port(9)), (sleepers[2].id, port(2))]));
    sleepers.iter().for_each(Sleeper::kill);
    assert_eq!(watcher.wait(), Some(vec![(sleepers[2].id, port(2)), (sleepers[1].id, port(9))]));
    // Not named in between, so this is a new question.
    deaths.watch(BTreeMap::new());
    deaths.watch(nodes([&gone]));
    assert_eq!(watcher.wait(), Some(vec![(gone.id, port(0))]));
    drop(deaths);
    assert_eq!(watcher.wait(), None);
    assert_eq!(watcher.wait(), None, "the end lasts");
}

#[test]
fn what_has_ended_does_not_keep_the_watcher_awake() {
    let sleepers = [Sleeper::child(), Sleeper::orphan()];
    let (deaths, watcher) = pair().unwrap();
    let (tell, told) = mpsc::channel();
    let mut its = watcher;
    let thread = thread::spawn(move || {
        while let Some(ended) = its.wait() {
            tell.send(ended).unwrap();
        }
        rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)
    });
    deaths.watch(nodes(&sleepers));
    sleepers[0].kill();
    assert_eq!(ends(&told, 1).len(), 1);
    // Half a second of a watcher that does not wait would be about half a second of a processor.
    assert!(told.recv_timeout(std::time::Duration::from_millis(500)).is_err());
    drop(deaths);
    let spent = thread.join().unwrap();
    assert!(spent.tv_sec == 0 && spent.tv_nsec < 200_000_000, "{spent:?}");
}

#[test]
fn the_end_comes_with_the_last_of_the_clones() {
    let (deaths, watcher) = pair().unwrap();
    let reports = reports(watcher);
    let clone = deaths.clone();
    drop(deaths);
    let mut gone = Sleeper::child();
    gone.reap();
    clone.watch(nodes([&gone]));
    assert_eq!(ends(&reports, 1).len(), 1);
    drop(clone);
    assert_eq!(reports.recv(), Err(mpsc::RecvError));
}

#[test]
fn those_that_are_too_many_to_be_held_are_reported_as_well() {
    for most in [0, 2] {
        let mut sleepers: Vec<Sleeper> =
            (0..5).map(|n| if n % 2 == 0 { Sleeper::child() } else { Sleeper::orphan() }).collect();
        let (deaths, mut watcher) = pair_of(most).unwrap();
        sleepers[4].reap();
        deaths.watch(nodes(&sleepers));
        assert_eq!(watcher.wait(), Some(vec![(sleepers[4].id, port(4))]));
        assert_eq!(watcher.looked_at(), 4 - most);
        let reports = reports(watcher);
        sleepers.iter().for_each(Sleeper::kill);
        assert_eq!(ends(&reports, 4).len(), 4, "most {most}");
    }
}
