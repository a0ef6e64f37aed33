//! How much memory each node may use for its cache.

pub(crate) mod cgroup;

use std::io;
use std::path::Path;

use acecast_reconcile::{Desired, Observed, Role};

use crate::files::{FilesError, read_bounded};

const MIB: u64 = 1024 * 1024;

/// What a node needs besides its cache (seen on engine 3.2.3: about 50 MB resident).
const NODE_ITSELF: u64 = 50 * MIB;

/// No node gets a smaller cache, however many share the host, nor a larger one, however few.
const SMALLEST: u64 = 50 * MIB;
const LARGEST: u64 = 1024 * MIB;

/// The memory cache of each node that is started now, in bytes: its share of what the host has. Nodes of a role that is
/// not wanted count as they run.
///
/// # Errors
///
/// If the size of memory cannot be read.
pub fn cache_size(desired: &Desired, observed: &Observed) -> io::Result<u64> {
    let count = |role: Role| match desired.list(role) {
        Some(list) => list.nodes().count() + list.wrong().len(),
        None => observed.nodes.iter().filter(|node| node.identity.role() == Some(role)).count(),
    };
    let (sources, supports) = (count(Role::Source), count(Role::Support));
    Ok(cache_share(host_memory()?, sources + supports, supports == 0))
}

/// The share of one of `nodes` nodes on a host with this much memory. Source nodes leave more of it to others than
/// support nodes do.
pub(crate) fn cache_share(memory: u64, nodes: usize, only_sources: bool) -> u64 {
    let percent = if only_sources { 60 } else { 80 };
    let nodes = u64::try_from(nodes).unwrap_or(u64::MAX).max(1);
    let share = (memory / 100).saturating_mul(percent) / nodes;
    share.saturating_sub(NODE_ITSELF).clamp(SMALLEST, LARGEST)
}

/// The host's memory in bytes: the machine's, or what this process's control group may use if that is less.
fn host_memory() -> io::Result<u64> {
    let text = |path: &Path| -> Result<Option<String>, FilesError> {
        // These files say what they hold only when read; all are small.
        Ok(read_bounded(path, 64 * 1024)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    };
    let meminfo = text(Path::new("/proc/meminfo")).map_err(io::Error::other)?;
    let total = meminfo.as_deref().and_then(mem_total);
    let total = total.ok_or_else(|| io::Error::other("/proc/meminfo shows no MemTotal"))?;
    // Without control groups there is no limit, and a limit that cannot be read is not ours to know.
    let groups = text(Path::new("/proc/self/cgroup")).ok().flatten().unwrap_or_default();
    let limits = cgroup::limit_files(&groups);
    let limits =
        limits.iter().filter_map(|path| text(path).ok().flatten()).filter_map(|text| cgroup::limit(&text));
    Ok(limits.fold(total, u64::min))
}

/// `MemTotal` of `/proc/meminfo` in bytes.
pub(crate) fn mem_total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_bounded_at_both_ends() {
        assert_eq!(cache_share(32 * 1024 * MIB, 50, false) / MIB, 474);
        assert_eq!(cache_share(10_000 * MIB, 10, true), 550 * MIB);
        assert_eq!(cache_share(10_000 * MIB, 10, false), 750 * MIB);
        assert_eq!(cache_share(10_000 * MIB, 1, false), LARGEST);
        assert_eq!(cache_share(10_000 * MIB, 1000, false), SMALLEST);
        assert_eq!(cache_share(0, 0, true), SMALLEST);
        assert_eq!(cache_share(u64::MAX, 1, false), LARGEST);
        assert_eq!(cache_share(u64::MAX, usize::MAX, false), SMALLEST);
    }

    #[test]
    fn the_total_is_in_kilobytes() {
        assert_eq!(mem_total("MemFree: 1 kB\nMemTotal:       16318480 kB\n"), Some(16_318_480 * 1024));
        assert_eq!(mem_total("MemTotal: 5 MB"), None);
        assert_eq!(mem_total(""), None);
    }

    #[test]
    fn this_host_has_memory() {
        let memory = host_memory().unwrap();
        assert!((MIB..1 << 50).contains(&memory), "{memory}");
    }
}
