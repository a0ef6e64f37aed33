//! The limits that control groups set, in both versions of the kernel's interface.

use std::path::{Component, Path, PathBuf};

/// The files that may hold a limit for a process with this `/proc/PID/cgroup`: each group's own and those of the
/// groups above it, which bind it, too.
pub(crate) fn limit_files(cgroup: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in cgroup.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else { continue };
        let (roots, name): (&[&str], _) = if controllers.is_empty() {
            (&["/sys/fs/cgroup", "/sys/fs/cgroup/unified"], "memory.max")
        } else if controllers.split(',').any(|controller| controller == "memory") {
            (&["/sys/fs/cgroup/memory"], "memory.limit_in_bytes")
        } else {
            continue;
        };
        for group in groups_above(group) {
            files.extend(roots.iter().map(|root| Path::new(root).join(&group).join(name)));
        }
    }
    files
}

/// The limit in bytes; `max` is none. Version 1 writes a huge number instead.
pub(crate) fn limit(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

/// The group and all above it, relative to where they are mounted. A group outside of what this process's namespace
/// shows (`/../other`) cannot be found; what is mounted is then taken as the only one.
fn groups_above(group: &str) -> Vec<PathBuf> {
    let path = Path::new(group.trim_start_matches('/'));
    if path.components().any(|part| !matches!(part, Component::Normal(_))) {
        return vec![PathBuf::new()];
    }
    path.ancestors().map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(cgroup: &str) -> Vec<String> {
        limit_files(cgroup).iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn version_2_up_to_its_root() {
        let mut found = files("0::/system.slice/acecast.service\n");
        found.retain(|path| !path.contains("unified"));
        assert_eq!(
            found,
            [
                "/sys/fs/cgroup/system.slice/acecast.service/memory.max",
                "/sys/fs/cgroup/system.slice/memory.max",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        assert!(files("0::/\n").contains(&"/sys/fs/cgroup/memory.max".to_owned()));
    }

    #[test]
    fn version_1_only_where_it_is_about_memory() {
        assert_eq!(
            files("5:cpu,cpuacct:/docker/a\n4:memory:/docker/a:b\n1:name=systemd:/x\ngarbage\n"),
            [
                "/sys/fs/cgroup/memory/docker/a:b/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            ]
        );
    }

    #[test]
    fn a_group_outside_of_the_namespace() {
        assert!(
            files("0::/../../other\n").iter().all(|path| !path.contains("other") && !path.contains(".."))
        );
        assert!(!files("0::/../x").is_empty());
    }

    #[test]
    fn limits() {
        assert_eq!(limit("max\n"), None);
        assert_eq!(limit("536870912\n"), Some(536_870_912));
        assert_eq!(limit("9223372036854771712\n"), Some(9_223_372_036_854_771_712));
        assert_eq!(limit(""), None);
    }
}
