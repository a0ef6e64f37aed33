//! Processes of one site, found by its folder in their command lines.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process and its command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proc {
    pub(crate) pid: i32,
    pub(crate) args: Vec<String>,
}

impl Proc {
    /// It is an engine, not its wrapper or a helper.
    pub(crate) fn is_engine(&self) -> bool {
        self.args[0].ends_with("/acestreamengine")
            && !self.args.iter().any(|arg| arg == "--create-hls-transport")
    }

    /// The value of an option in either spelling.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let inline = self.args.iter().find_map(|arg| arg.strip_prefix(name)?.strip_prefix('='));
        let at = self.args.iter().position(|arg| arg == name);
        inline.or_else(|| at.and_then(|at| self.args.get(at + 1)).map(String::as_str))
    }

    /// The port that a node was asked to use.
    pub(crate) fn port(&self) -> Option<u16> {
        self.option("--port")?.parse().ok()
    }
}

/// All processes that name the folder. This process names none of them.
pub(crate) fn naming(folder: &str) -> Vec<Proc> {
    let pids =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(read).filter(|proc| proc.args.iter().any(|arg| arg.contains(folder))).collect()
}

fn read(pid: i32) -> Option<Proc> {
    let mut bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    if bytes.is_empty() {
        // A leader that has ended while its threads live, unless it is a kernel thread or a zombie.
        let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten();
        let texts = threads.filter_map(|thread| fs::read(thread.path().join("cmdline")).ok());
        bytes = texts.into_iter().find(|text| !text.is_empty())?;
    }
    let text = String::from_utf8_lossy(bytes.strip_suffix(b"\0")?).into_owned();
    Some(Proc { pid, args: text.split('\0').map(str::to_owned).collect() })
}

/// Sends a signal to the process if it still is the one that was found.
pub(crate) fn signal(proc: &Proc, signal: Signal) {
    let Some(pid) = Pid::from_raw(proc.pid) else { return };
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    // From here on the number cannot come to mean another process.
    if read(proc.pid).as_ref() == Some(proc) {
        let _ = pidfd_send_signal(handle, signal);
    }
}

/// Ends everything that names the folder; true once nothing is left.
pub(crate) fn end_all(folder: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let left = naming(folder);
        if left.is_empty() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        for proc in &left {
            signal(proc, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
