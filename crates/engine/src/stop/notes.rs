//! Which nodes have been told to end: for the run after one that is killed meanwhile.
//!
//! An engine takes some seconds to end, and looks like any other until then. Whoever found it in these seconds would
//! keep it, and nothing would start it again. So a file in the pid dir says what is being stopped for as long as an
//! apply lasts. It proves nothing: what it names is looked for and verified like any node before it is touched, and
//! what lives for longer than an engine takes to end was not told, and is left alone.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use acecast_reconcile::{Pid, Port, ProcessId};
use rustix::time::{ClockId, clock_gettime};

use super::Target;
use crate::files::{WITHOUT_WAITING, read_bounded};

/// The file in the pid dir.
const FILE_NAME: &str = ".acecast.stopping";

/// A line is some 70 bytes, and a host has no more than 65,535 ports.
const SIZE_LIMIT: u64 = 8 << 20;

/// The notes of one apply. Those who write hold the [`ApplyLock`](crate::lock::ApplyLock).
#[derive(Debug)]
pub(crate) struct Notes {
    path: PathBuf,
    file: Mutex<Option<File>>,
}

impl Notes {
    pub(crate) fn of(pid_dir: &Path) -> Self {
        Notes { path: pid_dir.join(FILE_NAME), file: Mutex::new(None) }
    }

    /// Notes that this node is about to be told to end. Where that fails, as on a full disk, it is stopped all the
    /// same: what is lost is the help for a run after one that is killed.
    pub(super) fn note(&self, target: &Target) {
        let _: io::Result<()> = self.try_note(target);
    }

    fn try_note(&self, target: &Target) -> io::Result<()> {
        let (boot, now) = (boot()?, uptime());
        let line = |id: ProcessId| format!("{boot} {now} {} {} {}\n", target.port, id.pid, id.start_ticks);
        let lines: String = target.processes.ids().map(line).collect();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            let mut options = OpenOptions::new();
            options.append(true).create(true).mode(0o600).custom_flags(WITHOUT_WAITING);
            *file = Some(options.open(&self.path)?);
        }
        file.as_mut().map_or(Ok(()), |file| file.write_all(lines.as_bytes()))
    }

    /// What was being stopped no longer than `within` ago when the last run that wrote here was killed.
    pub(crate) fn read(&self, within: Duration) -> BTreeSet<(Port, ProcessId)> {
        let text = read_bounded(&self.path, SIZE_LIMIT).ok().flatten().unwrap_or_default();
        if text.is_empty() {
            return BTreeSet::new();
        }
        let Ok(boot) = boot() else { return BTreeSet::new() };
        let since = uptime().saturating_sub(within.as_secs());
        String::from_utf8_lossy(&text).lines().filter_map(|line| parse(line, &boot, since)).collect()
    }

    /// Everything noted has ended, or has been reported as what did not.
    pub(crate) fn clear(&self) {
        let _: io::Result<()> = fs::remove_file(&self.path);
    }
}

/// A line of this boot, and not from before `since`. A line that was cut short names a pid or a start that no node has.
fn parse(line: &str, boot: &str, since: u64) -> Option<(Port, ProcessId)> {
    let mut words = line.split(' ');
    let mut word = || words.next();
    word().filter(|word| *word == boot)?;
    word()?.parse().ok().filter(|at: &u64| *at >= since)?;
    let port = word()?.parse().ok()?;
    let pid = Pid::try_from(word()?.parse::<i64>().ok()?).ok()?;
    let start_ticks = word()?.parse().ok()?;
    word().is_none().then_some((port, ProcessId { pid, start_ticks }))
}

/// Another boot, another count of ticks.
fn boot() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim_end().to_owned())
}

/// Seconds since then, which no wall clock moves.
fn uptime() -> u64 {
    u64::try_from(clock_gettime(ClockId::Boottime).tv_sec).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use acecast_reconcile::Processes;

    use super::*;

    fn id(pid: i64, start_ticks: u64) -> ProcessId {
        ProcessId { pid: Pid::try_from(pid).unwrap(), start_ticks }
    }

    #[test]
    fn what_was_noted_is_read_by_the_next_run_and_cleared_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let port = "8640".parse().unwrap();
        let target = Target { port, processes: Processes::Engine { engine: id(41, 7), wrapper: Some(id(40, 6)) } };
        let killed = Notes::of(dir.path());
        killed.note(&target);
        killed.note(&Target { port, processes: Processes::WrapperOnly(id(50, 9)) });
        let next = Notes::of(dir.path());
        let read = next.read(Duration::from_secs(60));
        assert_eq!(read, [(port, id(40, 6)), (port, id(41, 7)), (port, id(50, 9))].into());
        next.clear();
        assert!(next.read(Duration::from_secs(60)).is_empty());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_whole_lines_of_this_boot_that_are_new_count() {
        let parse = |line: &str| parse(line, "boot", 100);
        let port = "8640".parse().unwrap();
        assert_eq!(parse("boot 100 8640 41 7"), Some((port, id(41, 7))));
        for line in [
            "",
            "boot",
            "boot 100 8640 41",
            "boot 100 8640 41 7 8",
            "boot 99 8640 41 7",
            "other 100 8640 41 7",
            "boot 100 0 41 7",
            "boot 100 8640 1 7",
            "boot 100 8640 -41 7",
            "boot 100 8640 99999999999 7",
            "boot 100 8640 41 \u{1b}[2J",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
