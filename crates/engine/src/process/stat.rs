//! What the kernel counts of a process.

use std::time::Duration;

use acecast_reconcile::{Pid, ProcessId};

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
    pub(super) fn of(stat: procfs::process::Stat) -> Option<Self> {
        let pid = Pid::try_from(i64::from(stat.pid)).ok()?;
        Some(Stat {
            id: ProcessId { pid, start_ticks: stat.starttime },
            parent: Pid::try_from(i64::from(stat.ppid)).ok(),
            rss_bytes: stat.rss.saturating_mul(procfs::page_size()),
            cpu: of_ticks(stat.utime.saturating_add(stat.stime)),
            comm: stat.comm,
        })
    }
}

/// How long a process has lived, by the clock that counts from boot and never jumps.
pub(crate) fn age(id: ProcessId) -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let now = Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default());
    now.saturating_sub(of_ticks(id.start_ticks))
}

/// The kernel shows times in ticks of a clock that only this call knows; nearly always a hundred a second.
fn of_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks.saturating_mul(1000) / procfs::ticks_per_second().max(1))
}

#[cfg(test)]
mod tests {
    use rustix::time::{ClockId, clock_gettime};

    use super::super::Proc;
    use super::*;

    fn spent() -> Duration {
        let now = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
    }

    #[test]
    fn time_on_processors_is_that_of_all_threads() {
        let me = Pid::try_from(i64::from(std::process::id())).unwrap();
        let until = spent() + Duration::from_millis(200);
        let work = move || {
            // For itself.
            while spent() + Duration::from_millis(100) < until {
                std::hint::black_box((0..100_000).fold(0u64, |sum, n| std::hint::black_box(sum ^ n)));
            }
            // And in the kernel, which is asked for the time.
            while spent() < until {}
        };
        std::thread::spawn(work).join().unwrap();
        let before = spent();
        let stat = Proc::open(me).unwrap().stat().unwrap();
        let after = spent();
        // The kernel cuts both of its parts to whole ticks.
        let ticks = of_ticks(3);
        assert!(
            stat.cpu + ticks >= before && stat.cpu <= after + ticks,
            "{before:?} {:?} {after:?}",
            stat.cpu
        );
    }

    #[test]
    fn a_second_has_as_many_ticks_as_the_system_says() {
        assert_eq!(of_ticks(procfs::ticks_per_second() * 90), Duration::from_secs(90));
    }
}
