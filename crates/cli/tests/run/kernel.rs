//! What the kernel knows of processes: when they began, how often they were woken, whom they left unburied.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Ticks of the clock by which the kernel tells when a process began: a hundred a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// The time since the machine was booted.
pub(crate) fn now() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

/// When a process began, by the same clock.
pub(crate) fn began(pid: i32) -> Option<Duration> {
    TICK.checked_mul(stat(Path::new(&format!("/proc/{pid}/stat")))?.get(19)?.parse().ok()?)
}

/// How long it has kept a processor busy.
pub(crate) fn worked(pid: i32) -> Duration {
    let stat = stat(Path::new(&format!("/proc/{pid}/stat"))).unwrap();
    TICK * stat[11..=12].iter().map(|ticks| ticks.parse::<u32>().unwrap()).sum::<u32>()
}

/// The fields of a stat file behind the name, the state first.
fn stat(path: &Path) -> Option<Vec<String>> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}

/// The dead children of a process that it has not asked about.
pub(crate) fn zombies_of(parent: i32) -> usize {
    let parent = parent.to_string();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let stats = entries.filter_map(|entry| stat(&entry.path().join("stat")));
    stats.filter(|stat| stat[0] == "Z" && stat[1] == parent).count()
}

/// How often all threads of a process went to sleep by themselves so far, by their names.
pub(crate) fn sleeps(pid: i32) -> Vec<(String, u64)> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    let count = |dir: &Path| {
        let text = fs::read_to_string(dir.join("status")).ok()?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some((field("Name:")?.to_owned(), field("voluntary_ctxt_switches:")?.parse().ok()?))
    };
    threads.filter_map(|thread| count(&thread.path())).collect()
}

/// Its resident memory in KiB.
pub(crate) fn resident_kib(pid: i32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
