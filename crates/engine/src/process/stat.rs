//! What the kernel counts of a process.

use std::time::Duration;

use acecast_reconcile::{Pid, ProcessId};

/// Fields behind the name, by their numbers in proc(5).
const STATE: usize = 3;
const PARENT: usize = 4;
const IN_USER_MODE: usize = 14;
const IN_KERNEL_MODE: usize = 15;
const START: usize = 22;
const RSS: usize = 24;
const LAST: usize = RSS + 1;

/// Facts of a process that change or may be lost with it.
#[derive(Clone, Debug)]
pub(crate) struct Stat {
    /// Number and start.
    pub(crate) id: ProcessId,
    /// The parent's number, if it can be a node's wrapper.
    pub(crate) parent: Option<Pid>,
    /// Resident memory, bytes.
    pub(crate) rss_bytes: u64,
    /// Time that it and its threads have spent on processors, for itself and in the kernel.
    pub(crate) cpu: Duration,
    /// The kernel's name of it.
    pub(crate) comm: String,
}

impl Stat {
    /// Reads the line of `/proc/PID/stat`: only what is needed, as a look at a thousand nodes reads thousands of them.
    /// `None` for init, and for what is no whole line.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        // A process chooses its name, in which there may be blanks and parentheses. Behind it there are none.
        let begin = line.iter().position(|b| *b == b'(')?;
        let end = line.iter().rposition(|b| *b == b')')?;
        let comm = line.get(begin + 1..end)?;
        let pid: i64 = str::from_utf8(&line[..begin]).ok()?.trim_end().parse().ok()?;
        let behind = str::from_utf8(&line[end + 1..]).ok()?;
        let fields: Vec<&str> = behind.split_ascii_whitespace().take(LAST - STATE + 1).collect();
        let number = |field: usize| fields.get(field - STATE)?.parse::<u64>().ok();
        // Where a line was cut, the last number may be a part of one.
        fields.get(LAST - STATE)?;
        let parent = i64::try_from(number(PARENT)?).ok()?;
        Some(Stat {
            id: ProcessId { pid: Pid::try_from(pid).ok()?, start_ticks: number(START)? },
            parent: Pid::try_from(parent).ok(),
            rss_bytes: number(RSS)?.saturating_mul(procfs::page_size()),
            cpu: of_ticks(number(IN_USER_MODE)?.saturating_add(number(IN_KERNEL_MODE)?)),
            comm: String::from_utf8_lossy(comm).into_owned(),
        })
    }
}

/// How long a process has lived, by the clock that counts from boot and never jumps.
pub(crate) fn age(id: ProcessId) -> Duration {
    since_boot().saturating_sub(of_ticks(id.start_ticks))
}

/// The time on the clock that a process's start is told by, which nobody sets.
pub(crate) fn since_boot() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

/// The kernel shows times in ticks of a clock that only this call knows; nearly always a hundred a second.
fn of_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks.saturating_mul(1000) / procfs::ticks_per_second().max(1))
}

#[cfg(test)]
mod tests;
