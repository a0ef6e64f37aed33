//! Runs an engine to its end, within a deadline.
//!
//! The engine's start script does not exec, so killing the child would leave the engine alive. The child gets a process
//! group of its own, and what is killed is the group, while the child has not been reaped: until then no other group can
//! have its number. (This is a child of ours that makes files; a node is never signalled through its group.)

use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::child_env::ChildEnv;
use crate::redact::RawText;

/// How much of each stream of output is kept, in bytes. The rest is read and dropped, so that the engine never waits.
const MAX_OUTPUT: usize = 64 * 1024;

/// How often a run that takes its time asks whether it is called off.
const POLL: Duration = Duration::from_millis(100);

/// How long a killed child may take to be gone. One that takes longer cannot be killed, and is left to init.
const GRACE: Duration = Duration::from_secs(2);

/// What came of a run.
pub(super) struct Ran {
    pub(super) end: End,
    /// What it printed on stdout, then what it printed on stderr.
    pub(super) output: RawText,
}

pub(super) enum End {
    Exited(ExitStatus),
    TimedOut,
    Cancelled,
}

/// Runs a program and waits for it. Whatever it left running is killed at its end.
pub(super) fn run(
    program: &Path,
    args: &[String],
    env: &ChildEnv,
    timeout: Duration,
    cancelled: &dyn Fn() -> bool,
) -> io::Result<Ran> {
    let started = Instant::now();
    let child = Command::new(program)
        .args(args)
        .env_clear()
        .envs(env.vars())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let mut group = Group(child);
    let stdout = group.0.stdout.take().map(OwnedFd::from);
    let stderr = group.0.stderr.take().map(OwnedFd::from);
    let mut streams = [Stream::new(stdout), Stream::new(stderr)];
    let watched = watch(&group, &mut streams, started, timeout, cancelled);
    let status = group.end();
    let end = match watched? {
        // It ended by itself, so there is a status.
        None => End::Exited(status?),
        Some(end) => end,
    };
    let output = streams.map(|stream| stream.kept).concat();
    Ok(Ran { end, output: RawText::new(String::from_utf8_lossy(&output)) })
}

/// Reads what the child prints until it has ended, which is `None`, or has to be ended.
fn watch(
    group: &Group,
    streams: &mut [Stream; 2],
    started: Instant,
    timeout: Duration,
    cancelled: &dyn Fn() -> bool,
) -> io::Result<Option<End>> {
    let pidfd = pidfd_open(group.pid()?, PidfdFlags::empty())?;
    for file in streams.iter().filter_map(|stream| stream.file.as_ref()) {
        rustix::io::ioctl_fionbio(file, true)?;
    }
    loop {
        let left = timeout.saturating_sub(started.elapsed());
        let ended = wait(&pidfd, streams, left.min(POLL))?;
        // After the child was seen to have ended, this reads all that it printed. Something that it left running may
        // hold the streams open, so their end is not waited for.
        streams.iter_mut().for_each(Stream::read_available);
        if ended {
            return Ok(None);
        }
        if left.is_zero() {
            return Ok(Some(End::TimedOut));
        }
        if cancelled() {
            return Ok(Some(End::Cancelled));
        }
    }
}

/// Waits until there is something to read or the child has ended. True if it has.
fn wait(pidfd: &OwnedFd, streams: &[Stream; 2], timeout: Duration) -> io::Result<bool> {
    let files = streams.iter().filter_map(|stream| stream.file.as_ref());
    let mut fds = vec![PollFd::new(pidfd, PollFlags::IN)];
    fds.extend(files.map(|file| PollFd::new(file, PollFlags::IN)));
    let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
    match poll(&mut fds, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(!fds[0].revents().is_empty()),
        Err(error) => Err(error.into()),
    }
}

/// One of the child's streams of output.
struct Stream {
    /// `None` after its end.
    file: Option<File>,
    kept: Vec<u8>,
}

impl Stream {
    fn new(fd: Option<OwnedFd>) -> Self {
        Stream { file: fd.map(File::from), kept: Vec::new() }
    }

    /// Reads what is there without waiting. It stops after a pipe's worth, so that a child that prints for ever does not
    /// keep its deadline from being looked at.
    fn read_available(&mut self) {
        let mut buffer = [0; 16 * 1024];
        for _ in 0..64 {
            let Some(file) = &mut self.file else { return };
            match file.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    let room = MAX_OUTPUT - self.kept.len();
                    self.kept.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // Its end, or nothing more to be had from it.
                Ok(_) | Err(_) => self.file = None,
            }
        }
    }
}

/// A child that leads a process group, which does not outlive this value.
struct Group(Child);

impl Group {
    fn pid(&self) -> io::Result<Pid> {
        let raw = i32::try_from(self.0.id()).map_err(io::Error::other)?;
        Pid::from_raw(raw).ok_or_else(|| io::Error::other("a child without a pid"))
    }

    /// Kills the group and reaps the child.
    fn end(&mut self) -> io::Result<ExitStatus> {
        // A group of zombies only cannot be signalled, and need not be.
        let _ = kill_process_group(self.pid()?, Signal::KILL);
        let deadline = Instant::now() + GRACE;
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            if Instant::now() >= deadline {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "it cannot be killed"));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[cfg(test)]
mod tests;
