//! A process that is held by a pidfd: the only thing that tells a live process from one whose number is used again.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use acecast_reconcile::{Pid, ProcessId};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::process::Proc;

/// A handle on one process. While it says alive, the number is not used by another process.
#[derive(Debug)]
pub(crate) struct PidFd(OwnedFd);

/// What there is to a process id.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A process; it may have ended since, which the handle tells.
    Process(PidFd),
    /// No process has this number: nothing, or a thread of some process.
    Nobody,
}

impl PidFd {
    /// Opens the process with this number.
    ///
    /// # Errors
    ///
    /// What the kernel says if it refuses to answer (`EPERM`, `ENOSYS`, `EMFILE`): then nothing may be concluded.
    pub(crate) fn open(pid: Pid) -> Result<Opened, Errno> {
        let raw = rustix::process::Pid::from_raw(pid.as_raw()).expect("a pid is positive");
        match pidfd_open(raw, PidfdFlags::empty()) {
            Ok(fd) => Ok(Opened::Process(PidFd(fd))),
            // ENOENT or EINVAL: the number belongs to a thread (which of the two depends on the kernel).
            Err(Errno::SRCH | Errno::NOENT | Errno::INVAL) => Ok(Opened::Nobody),
            Err(error) => Err(error),
        }
    }

    /// Opens exactly this process, not another one that has its number now.
    ///
    /// The number may be used again between observing and opening, so the start tick is read after the open, and
    /// the handle is asked last: if it still lives then, what was read was its own. `None` if it has ended.
    ///
    /// # Errors
    ///
    /// As [`PidFd::open`], and what kept a live process from being looked at.
    pub(crate) fn open_exactly(id: ProcessId) -> Result<Option<Self>, Errno> {
        let Opened::Process(fd) = PidFd::open(id.pid)? else { return Ok(None) };
        let now = Proc::try_open(id.pid).and_then(|proc| proc.map_or(Ok(None), |proc| proc.try_stat()));
        if !fd.is_alive() {
            return Ok(None);
        }
        match now {
            Ok(Some(stat)) => Ok((stat.id == id).then_some(fd)),
            // A process that lives and cannot be looked at is not one that has ended.
            Ok(None) => Err(Errno::ACCESS),
            Err(error) => Err(Errno::from_io_error(&error).unwrap_or(Errno::IO)),
        }
    }

    /// The process has not ended. A zombie has ended; a leader whose threads live has not.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(wait_any(&[self], Duration::ZERO), Ok(true))
    }

    /// Sends a signal; a process that has ended is not an error.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Errno> {
        match pidfd_send_signal(&self.0, signal) {
            Err(Errno::SRCH) => Ok(()),
            other => other,
        }
    }

    /// Waits for the end of the process; `true` if it has ended.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        loop {
            match wait_any(&[self], deadline.saturating_duration_since(Instant::now())) {
                Ok(ended) => return ended,
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}

impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Waits until one of the processes has ended; `false` if the time is up.
pub(crate) fn wait_any(handles: &[&PidFd], timeout: Duration) -> Result<bool, Errno> {
    let mut fds: Vec<PollFd<'_>> = handles.iter().map(|handle| PollFd::new(*handle, PollFlags::IN)).collect();
    let timeout = Timespec {
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(timeout.subsec_nanos()),
    };
    Ok(poll(&mut fds, Some(&timeout))? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command, Stdio};

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap()
    }

    fn id(pid: u32) -> Pid {
        Pid::try_from(i64::from(pid)).unwrap()
    }

    #[test]
    fn a_zombie_is_dead_although_it_still_has_a_number() {
        let mut child = sleeper();
        let Opened::Process(fd) = PidFd::open(id(child.id())).unwrap() else { panic!("it lives") };
        assert!(fd.is_alive());
        fd.signal(Signal::KILL).unwrap();
        assert!(fd.wait(Duration::from_secs(10)));
        // Not reaped yet: the number is still taken, and kill(pid, 0) would still succeed.
        let Opened::Process(zombie) = PidFd::open(id(child.id())).unwrap() else { panic!("not reaped yet") };
        assert!(!zombie.is_alive());
        child.wait().unwrap();
        assert!(matches!(PidFd::open(id(child.id())), Ok(Opened::Nobody)));
    }

    #[test]
    fn a_thread_is_nobody() {
        let (send, receive) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            send.send(rustix::thread::gettid().as_raw_nonzero().get()).unwrap();
            let _ = ended.recv();
        });
        let tid = Pid::try_from(i64::from(receive.recv().unwrap())).unwrap();
        assert!(matches!(PidFd::open(tid), Ok(Opened::Nobody)));
        drop(end);
        thread.join().unwrap();
    }

    #[test]
    fn another_process_with_the_same_number_is_not_opened() {
        let mut child = sleeper();
        let now = Proc::open(id(child.id())).unwrap().stat().unwrap().id;
        let before = ProcessId { start_ticks: now.start_ticks - 1, ..now };
        assert!(PidFd::open_exactly(now).unwrap().is_some());
        assert!(PidFd::open_exactly(before).unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
