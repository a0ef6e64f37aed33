//! What a process that goes on costs: its memory now, and what it does within a time.

use std::fs;
use std::time::{Duration, Instant};

use crate::interrupt;
use crate::kernel::{sleeps, worked};

/// Its memory in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// All that is resident, shared pages in full.
    pub(crate) resident: u64,
    /// Its share of it: a page that n processes use counts as an n-th.
    pub(crate) share: u64,
    /// What no other process uses.
    pub(crate) private: u64,
}

impl Memory {
    /// Reads it.
    pub(crate) fn of(pid: i32) -> Memory {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
        let field = |name: &str| -> u64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        let private = field("Private_Clean:") + field("Private_Dirty:");
        Memory { resident: field("Rss:"), share: field("Pss:"), private }
    }
}

/// KiB as MiB.
pub(crate) fn mib(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap()) / 1024.0
}

/// What a process did within a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// To the hundredth of a second, as the kernel tells it of others.
    pub(crate) cpu: Duration,
    /// How often its threads went to sleep by themselves.
    pub(crate) sleeps: u64,
}

impl Work {
    /// Looks on for so long.
    pub(crate) fn within(span: Duration, pid: i32) -> Work {
        let all_sleeps = || sleeps(pid).iter().map(|(_, count)| count).sum::<u64>();
        let (cpu, before) = (worked(pid), all_sleeps());
        interrupt::sleep(span);
        // Threads that ended meanwhile took their count with them.
        Work { cpu: worked(pid).saturating_sub(cpu), sleeps: all_sleeps().saturating_sub(before) }
    }

    /// Its processor time in ms, as text.
    pub(crate) fn cpu_ms(self) -> String {
        if self.cpu.is_zero() { "under 10".to_owned() } else { self.cpu.as_millis().to_string() }
    }
}

/// Waits until the process does nothing for a moment.
pub(crate) fn await_rest(pid: i32) {
    const MOMENT: Duration = Duration::from_millis(500);
    const PATIENCE: Duration = Duration::from_secs(20);
    let begun = Instant::now();
    while Work::within(MOMENT, pid).sleeps > 0 && begun.elapsed() < PATIENCE {}
}
