//! Ending nodes, without ever signalling a process that is not one.
//!
//! A node is told to end through a pidfd that was opened first and verified after, waited for, verified again, killed,
//! and only called stopped when a fresh look through `/proc` finds nothing of it. The signal goes to the engine: its
//! wrapper's death would leave it running (seen on engine 3.2.3), while the wrapper ends by itself once the engine is
//! gone.

mod error;
mod notes;

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use acecast_reconcile::{Pid, Port, ProcessId, Processes};
use rustix::io::Errno;
use rustix::process::Signal;

use crate::chain::said;
use crate::command::Part;
use crate::failpoint::pass;
use crate::pidfd::PidFd;
use crate::process::Proc;
use crate::realm::{Belongs, Realm};
use crate::scan::{self, Candidate};
use crate::sweep::side_by_side;

pub(crate) use error::StopError;
pub(crate) use notes::Notes;
pub use notes::told_to_end;

/// How long a killed process may take to go. One that takes longer hangs in the kernel.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a wrapper may take to end after its engine.
const WRAPPER_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a wrapper is looked at whose engine has not appeared.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How often leftovers of a stopped node are stopped, too, before giving up.
const ROUNDS: usize = 3;

/// Where nodes are to be stopped, and how long each may take.
#[derive(Debug)]
pub(crate) struct Stopper {
    /// Whose nodes.
    pub(crate) realm: Realm,
    /// The configured engines, by which wrappers are known.
    pub(crate) engines: Vec<PathBuf>,
    /// How long a node may take to end before it is killed. Of a wrapper whose engine has not appeared yet, the wait for
    /// the engine is part of it.
    pub(crate) timeout: Duration,
    /// How many nodes are worked on at the same time, at most; each takes up to three descriptors: a handle, and
    /// what is read to verify it.
    pub(crate) at_once: NonZeroUsize,
    /// Processes of nodes that were observed: those of other nodes are never taken for leftovers.
    pub(crate) observed: BTreeSet<ProcessId>,
    /// What is being stopped, for the run after one that is killed.
    pub(crate) notes: Notes,
}

/// A node to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its port.
    pub(crate) port: Port,
    /// Its processes, as observed.
    pub(crate) processes: Processes,
}

/// How a node ended: the worst of what its processes needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stopped {
    /// By itself, or after TERM.
    Ended,
    /// After KILL.
    Killed,
}

impl Stopper {
    /// Stops the nodes, side by side, and tells how each ended, in the order of `targets`. `killing` hears of those
    /// that did not end by themselves.
    pub(crate) fn stop_all(
        &self,
        targets: &[Target],
        killing: &(dyn Fn(Target) + Sync),
    ) -> Vec<Result<Stopped, StopError>> {
        let mut ends = side_by_side(targets, self.at_once, |target| self.stop_one(*target, killing));
        for round in 0..=ROUNDS {
            let leftovers = match self.leftovers(targets) {
                Ok(leftovers) => leftovers,
                Err(error) => {
                    let unconfirmed = || Err(StopError::Unconfirmed { why: said(&error) });
                    ends.iter_mut().filter(|end| end.is_ok()).for_each(|end| *end = unconfirmed());
                    break;
                }
            };
            if leftovers.is_empty() {
                break;
            }
            for leftover in leftovers {
                let at = targets.iter().position(|target| target.port == leftover.port);
                let Some(end) = at.map(|at| &mut ends[at]).filter(|end| end.is_ok()) else { continue };
                let before = end.as_ref().map_or(Stopped::Ended, |before| *before);
                *end = if round == ROUNDS {
                    Err(StopError::Reappears { pid: leftover.processes.pid() })
                } else {
                    self.stop_one(leftover, killing).map(|now| now.max(before))
                };
            }
        }
        ends
    }

    /// What a fresh look finds on the ports of stopped nodes that was not observed before.
    fn leftovers(&self, targets: &[Target]) -> io::Result<Vec<Target>> {
        let ports: BTreeSet<Port> = targets.iter().map(|target| target.port).collect();
        let stopped: BTreeSet<ProcessId> = targets.iter().flat_map(|target| target.processes.ids()).collect();
        let candidates = scan::candidates(&self.engines, Some(&self.realm))?;
        let of_port = |c: &&Candidate| c.belongs == Belongs::Here && ports.contains(&c.command.port);
        let here: Vec<&Candidate> = candidates.iter().filter(of_port).collect();
        let nodes = scan::pair(&here).into_iter();
        let new = nodes.filter(|node| {
            let id = node.processes.main();
            !self.observed.contains(&id) || stopped.contains(&id)
        });
        let mut targets: Vec<Target> = new
            .filter(|node| may_live(node.processes.main()))
            .map(|node| Target { port: node.main.command.port, processes: node.processes })
            .collect();
        targets.dedup();
        Ok(targets)
    }

    fn stop_one(&self, target: Target, killing: &(dyn Fn(Target) + Sync)) -> Result<Stopped, StopError> {
        pass("before the note of a stop");
        self.notes.note(&target);
        pass("after the note of a stop");
        let deadline = Instant::now() + self.timeout;
        let (engine, wrapper) = match target.processes {
            Processes::Engine { engine, wrapper } => (Some(engine), wrapper),
            Processes::WrapperOnly(wrapper) => (self.await_engine(wrapper, deadline), Some(wrapper)),
        };
        let killing = || killing(target);
        let mut end = Stopped::Ended;
        if let Some(engine) = engine {
            end = self.end(target.port, engine, deadline, &killing)?;
        }
        if let Some(wrapper) = wrapper {
            // It has nothing left to wait for; one without an engine has to be told.
            let patience = if engine.is_some() { WRAPPER_TIMEOUT } else { Duration::ZERO };
            let gone = match open(wrapper)? {
                Some(fd) => fd.wait(patience),
                None => true,
            };
            pass("the engine is gone");
            if !gone {
                let of_wrapper =
                    self.end(target.port, wrapper, Instant::now() + WRAPPER_TIMEOUT, &killing)?;
                end = end.max(of_wrapper);
            }
        }
        Ok(end)
    }

    /// A wrapper around its fork: a signal now often leaves an engine behind that appears a moment later.
    fn await_engine(&self, wrapper: ProcessId, deadline: Instant) -> Option<ProcessId> {
        let fd = open(wrapper).ok().flatten()?;
        loop {
            let engine = Proc::open(wrapper.pid)
                .into_iter()
                .flat_map(|process| process.children())
                .filter_map(Proc::open)
                .filter_map(|child| scan::candidate(&child, &self.engines, Some(&self.realm)).ok()?)
                .find(|child| child.command.part == Part::Engine);
            let left = deadline.saturating_duration_since(Instant::now());
            match engine {
                Some(engine) => return Some(engine.stat.id),
                None if left.is_zero() || fd.wait(left.min(LOOK_AGAIN)) => return None,
                None => {}
            }
        }
    }

    /// TERM, wait, verify again, KILL, confirm.
    fn end(
        &self,
        port: Port,
        id: ProcessId,
        deadline: Instant,
        killing: &dyn Fn(),
    ) -> Result<Stopped, StopError> {
        let pid = id.pid;
        let Some(fd) = open(id)? else { return Ok(Stopped::Ended) };
        if !self.is_still_node(&fd, id, port)? {
            return Ok(Stopped::Ended);
        }
        pass("before TERM");
        signal(&fd, pid, Signal::TERM)?;
        pass("after TERM");
        if fd.wait(deadline.saturating_duration_since(Instant::now())) {
            return Ok(Stopped::Ended);
        }
        if !self.is_still_node(&fd, id, port)? {
            return Ok(Stopped::Ended);
        }
        killing();
        pass("before KILL");
        signal(&fd, pid, Signal::KILL)?;
        pass("after KILL");
        if fd.wait(KILL_TIMEOUT) { Ok(Stopped::Killed) } else { Err(StopError::StillThere { pid }) }
    }

    /// What the handle holds is still the node; `false` if it has ended. Its start and its command line are read
    /// first and the handle is asked last: if that says alive, what was read was its own.
    fn is_still_node(&self, fd: &PidFd, id: ProcessId, port: Port) -> Result<bool, StopError> {
        let look = || -> io::Result<bool> {
            let Some(process) = Proc::try_open(id.pid)? else { return Ok(false) };
            let found = scan::candidate(&process, &self.engines, Some(&self.realm))?;
            let is_it =
                |c: Candidate| c.stat.id == id && c.command.port == port && c.belongs == Belongs::Here;
            Ok(found.is_some_and(is_it))
        };
        let is_node = look();
        match (fd.is_alive(), is_node) {
            (false, _) => Ok(false),
            (true, Ok(true)) => Ok(true),
            (true, Ok(false)) => Err(StopError::NotTheNode { pid: id.pid }),
            (true, Err(error)) => {
                let source = Errno::from_io_error(&error).unwrap_or(Errno::IO);
                Err(StopError::Refused { pid: id.pid, source })
            }
        }
    }
}

fn may_live(id: ProcessId) -> bool {
    !matches!(PidFd::open_exactly(id), Ok(None))
}

fn open(id: ProcessId) -> Result<Option<PidFd>, StopError> {
    PidFd::open_exactly(id).map_err(|source| StopError::Refused { pid: id.pid, source })
}

fn signal(fd: &PidFd, pid: Pid, signal: Signal) -> Result<(), StopError> {
    fd.signal(signal).map_err(|source| match source {
        Errno::PERM => StopError::NotPermitted { pid },
        source => StopError::Refused { pid, source },
    })
}
