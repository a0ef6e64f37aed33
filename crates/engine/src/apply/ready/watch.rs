//! Watching a node that was just started, whose engine may be the child itself, the child's child or, if that is gone,
//! anybody's.

use std::io;
use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use acecast_reconcile::{Pid, Port, ProcessId, Processes};

use super::Run;
use crate::args::pid_files;
use crate::command::Part;
use crate::failpoint::pass;
use crate::listeners::Listeners;
use crate::observe::{PidFile, Says};
use crate::pidfd::{Opened, PidFd};
use crate::process::Proc;
use crate::realm::Belongs;
use crate::scan::{self, Candidate};

/// How long at least and at most between two looks at a node that is not ready yet. Its end is noticed at once.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(100));

/// Between these, a look comes so much later than it could as this part of what was waited already.
const LATENESS: u32 = 16;

/// How the waiting ended.
pub(super) enum End {
    Ready,
    Starting,
    Exited(ExitStatus),
    WrongPort { node: Processes, actual: Port },
}

/// A node that was just started.
pub(super) struct Watch<'a> {
    run: &'a Run<'a>,
    port: Port,
    child: Child,
    /// How the child ended. With a wrapper that does not exec, the engine may live on without it.
    ended: Option<ExitStatus>,
    engine: Option<ProcessId>,
    /// Its pid file has named it.
    named: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(run: &'a Run<'a>, port: Port, child: Child) -> Self {
        Watch { run, port, child, ended: None, engine: None, named: false }
    }

    /// Waits until it is ready, has ended, or the time is up.
    pub(super) fn wait(&mut self) -> io::Result<End> {
        let begun = Instant::now();
        let deadline = begun + self.run.options.ready_timeout;
        let handle = self.pid().map(PidFd::open);
        loop {
            if let Some(end) = self.look()? {
                return Ok(end);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.run.cancelled() {
                // Without a pid file it has not begun to broadcast, wherever else it may listen.
                let elsewhere = self.pid_file_names_it().then(|| self.elsewhere()).flatten();
                return Ok(elsewhere.unwrap_or(End::Starting));
            }
            let pause = (begun.elapsed() / LATENESS).clamp(LOOK_AGAIN.0, LOOK_AGAIN.1).min(left);
            match &handle {
                Some(Ok(Opened::Process(fd))) if self.ended.is_none() => {
                    fd.wait(pause);
                }
                _ => std::thread::sleep(pause),
            }
        }
    }

    /// The node as it was last seen: its engine, else what was started.
    pub(super) fn node(&self) -> Option<Pid> {
        let child = self.pid().filter(|_| self.ended.is_none());
        self.engine.map(|engine| engine.pid).or(child)
    }

    /// One look: how it ended, if that can be told by now.
    fn look(&mut self) -> io::Result<Option<End>> {
        self.ended = self.child.try_wait()?.or(self.ended);
        // What was started lives and there is no pid file: it is starting, and no more can be told. Most looks end here.
        if self.ended.is_none() && self.pid_files().iter().all(|path| path.symlink_metadata().is_err()) {
            return Ok(None);
        }
        if self.engine.is_none_or(|engine| !is_surely_alive(engine)) {
            self.engine = self.find_engine();
        }
        match (self.engine, self.ended) {
            (None, Some(status)) => return Ok(Some(End::Exited(status))),
            (None, None) => return Ok(None),
            (Some(_), _) => {}
        }
        if !self.pid_file_names_it() {
            return Ok(None);
        }
        if !std::mem::replace(&mut self.named, true) {
            pass("the pid file names the node");
        }
        let token = self.run.host.config.app.node_access_token.as_ref();
        match self.run.host.client.ask(self.port, token) {
            Ok(answer) if self.is_its_own(answer.pid()) => Ok(Some(End::Ready)),
            _ => Ok(self.elsewhere()),
        }
    }

    /// The engine: the child itself if its wrapper execs, else the child's child, else, if the child is gone, whoever
    /// serves the port in this realm.
    fn find_engine(&self) -> Option<ProcessId> {
        let engine = |process: Proc| {
            let candidate = self.candidate(&process)?;
            (candidate.command.part == Part::Engine).then_some(candidate.stat.id)
        };
        if self.ended.is_none() {
            let child = Proc::open(self.pid()?)?;
            let children = child.children();
            return engine(child).or_else(|| children.into_iter().filter_map(Proc::open).find_map(engine));
        }
        Proc::all()
            .ok()?
            .filter_map(Result::ok)
            .find_map(engine)
            .filter(|id| !self.run.stopper.observed.contains(id) && is_surely_alive(*id))
    }

    fn candidate(&self, process: &Proc) -> Option<Candidate> {
        let found = scan::candidate(process, &self.run.stopper.engines, Some(self.run.host.realm)).ok()??;
        (found.command.port == self.port && found.belongs == Belongs::Here).then_some(found)
    }

    fn pid_files(&self) -> [PathBuf; 2] {
        pid_files(&self.run.host.config.app.dirs, self.port)
    }

    fn pid_file_names_it(&self) -> bool {
        self.pid_files().iter().any(|path| matches!(PidFile::read(path).says, Says::Pid(pid) if self.is(pid)))
    }

    fn is(&self, pid: Pid) -> bool {
        self.engine.is_some_and(|engine| engine.pid == pid)
    }

    /// The answer comes from this engine: it says so, or, on versions that do not tell, the socket is its own.
    fn is_its_own(&self, says: Option<i64>) -> bool {
        match says {
            Some(pid) => self.engine.is_some_and(|engine| i64::from(engine.pid.as_raw()) == pid),
            None => self.sockets().is_some_and(|(listeners, own)| listeners.owned(self.port, &own)),
        }
    }

    /// It listens on another port than the one it was asked to use.
    fn elsewhere(&self) -> Option<End> {
        let (listeners, own) = self.sockets()?;
        if listeners.owned(self.port, &own) {
            return None;
        }
        let actual = listeners.above(self.port, &own)?;
        let wrapper =
            self.pid().filter(|pid| !self.is(*pid)).and_then(Proc::open).and_then(|process| process.stat());
        let wrapper = wrapper.filter(|_| self.ended.is_none()).map(|stat| stat.id);
        Some(End::WrongPort { node: Processes::Engine { engine: self.engine?, wrapper }, actual })
    }

    fn sockets(&self) -> Option<(Listeners, Vec<u64>)> {
        let own = Proc::open(self.engine?.pid)?.sockets()?;
        Some((Listeners::read().ok()?, own))
    }

    fn pid(&self) -> Option<Pid> {
        Pid::try_from(i64::from(self.child.id())).ok()
    }
}

fn is_surely_alive(id: ProcessId) -> bool {
    matches!(PidFd::open_exactly(id), Ok(Some(_)))
}
