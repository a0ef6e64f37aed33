//! Which nodes acecast has told to end.
//!
//! An engine takes some seconds to end, and looks like any other until then. Whoever found it in these seconds, because
//! the run that told it was killed, would keep it, and nothing would start it again. And who sees it end has to know that
//! this was no crash. So a file in the pid dir says what was told, before it is told. It proves nothing: what it names
//! is looked for and verified like any node before it is touched, and what lives for longer than an engine takes to end
//! was not told, and is left alone.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acecast_reconcile::{Pid, Port, ProcessId};

use super::{Target, may_live};
use crate::files::{open_to_append, read_bounded};
use crate::process::since_boot;

/// The file in the pid dir.
const FILE_NAME: &str = ".acecast.stopping";

/// A line is some 70 bytes, and a host has no more than 65,535 ports.
const SIZE_LIMIT: u64 = 8 << 20;

/// For so long, a node is known to have been told. Whoever sees ends looks long before that.
const LATELY: Duration = Duration::from_secs(600);

/// The processes of this pid dir's nodes that acecast has told to end in the last ten minutes: their ends are no crashes.
/// Empty where the file that says so cannot be read.
pub fn told_to_end(pid_dir: &Path) -> BTreeSet<ProcessId> {
    Notes::of(pid_dir).read(LATELY).into_iter().map(|(_, id)| id).collect()
}

/// The notes of one apply. Those who write hold the [`ApplyLock`](crate::lock::ApplyLock).
#[derive(Debug)]
pub(crate) struct Notes {
    path: PathBuf,
    writing: Mutex<Writing>,
}

#[derive(Debug, Default)]
struct Writing {
    file: Option<File>,
    /// What this apply has noted.
    noted: BTreeSet<ProcessId>,
}

impl Notes {
    pub(crate) fn of(pid_dir: &Path) -> Self {
        Notes { path: pid_dir.join(FILE_NAME), writing: Mutex::default() }
    }

    /// Notes that this node is about to be told to end. Where that fails, as on a full disk, it is stopped all the
    /// same: what is lost is the help for a run after one that is killed.
    pub(super) fn note(&self, target: &Target) {
        let _: Result<(), Box<dyn Error>> = self.try_note(target);
    }

    fn try_note(&self, target: &Target) -> Result<(), Box<dyn Error>> {
        let (boot, now) = (boot()?, since_boot().as_secs());
        let line = |id: ProcessId| format!("{boot} {now} {} {} {}\n", target.port, id.pid, id.start_ticks);
        let lines: String = target.processes.ids().map(line).collect();
        let mut writing = self.writing();
        writing.noted.extend(target.processes.ids());
        let file = match &mut writing.file {
            Some(file) => file,
            closed => closed.insert(open_to_append(&self.path)?),
        };
        Ok(file.write_all(lines.as_bytes())?)
    }

    /// What was told no longer than `within` ago.
    pub(crate) fn read(&self, within: Duration) -> BTreeSet<(Port, ProcessId)> {
        self.lines(within).into_iter().map(|(_, noted)| noted).collect()
    }

    fn lines(&self, within: Duration) -> Vec<(String, (Port, ProcessId))> {
        let text = read_bounded(&self.path, SIZE_LIMIT).ok().flatten().unwrap_or_default();
        let (false, Ok(boot)) = (text.is_empty(), boot()) else { return Vec::new() };
        let since = since_boot().as_secs().saturating_sub(within.as_secs());
        let noted = |line: &str| Some((line.to_owned(), parse(line, &boot, since)?));
        String::from_utf8_lossy(&text).lines().filter_map(noted).collect()
    }

    /// Everything that was noted here, and these, have ended, or have been reported as what did not. What others noted
    /// and has not ended is left to the next apply, and what has ended to whoever wonders why.
    pub(crate) fn clear(&self, done: impl IntoIterator<Item = ProcessId>) {
        let mut writing = std::mem::take(&mut *self.writing());
        writing.noted.extend(done);
        if writing.noted.is_empty() {
            return;
        }
        let stays = |id: &ProcessId| !writing.noted.contains(id) || !may_live(*id);
        let left = self.lines(LATELY).into_iter().filter(|(_, (_, id))| stays(id));
        let left: String = left.map(|(line, _)| line + "\n").collect();
        let _: Result<(), Box<dyn Error>> = self.replace(&left);
    }

    /// In one step: who asks meanwhile what was told needs no lock for it.
    fn replace(&self, text: &str) -> Result<(), Box<dyn Error>> {
        if text.is_empty() {
            return Ok(fs::remove_file(&self.path)?);
        }
        let beside = self.path.with_extension("stopping.new");
        // A run that was killed here may have left it.
        let _ = fs::remove_file(&beside);
        open_to_append(&beside)?.write_all(text.as_bytes())?;
        Ok(fs::rename(&beside, &self.path)?)
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use acecast_reconcile::Processes;

    use super::*;
    use crate::process::Proc;

    type Plant = fn(&Path, &Path) -> io::Result<()>;

    fn id(pid: i64, start_ticks: u64) -> ProcessId {
        ProcessId { pid: Pid::try_from(pid).unwrap(), start_ticks }
    }

    #[test]
    fn what_was_noted_is_read_by_the_next_run_and_cleared_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let port = "8640".parse().unwrap();
        let target =
            Target { port, processes: Processes::Engine { engine: id(41, 7), wrapper: Some(id(40, 6)) } };
        let killed = Notes::of(dir.path());
        killed.note(&target);
        killed.note(&Target { port, processes: Processes::WrapperOnly(id(50, 9)) });
        let next = Notes::of(dir.path());
        let read = next.read(Duration::from_secs(60));
        assert_eq!(read, [(port, id(40, 6)), (port, id(41, 7)), (port, id(50, 9))].into());
        next.clear([id(41, 7), id(50, 9)]);
        assert_eq!(next.read(Duration::from_secs(60)), read, "that it was told explains why it has ended");
        assert_eq!(told_to_end(dir.path()), [id(40, 6), id(41, 7), id(50, 9)].into());
    }

    #[test]
    fn what_lives_and_is_not_this_runs_affair_is_left_to_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let port = "8640".parse().unwrap();
        let pid = Pid::try_from(i64::from(std::process::id())).unwrap();
        let alive = Proc::open(pid).unwrap().stat().unwrap().id;
        let killed = Notes::of(dir.path());
        killed.note(&Target { port, processes: Processes::WrapperOnly(alive) });
        let other = Notes::of(dir.path());
        other.note(&Target { port, processes: Processes::WrapperOnly(id(50, 9)) });
        other.clear([]);
        assert_eq!(other.read(Duration::from_secs(60)), [(port, alive), (port, id(50, 9))].into());
        killed.clear([]);
        assert_eq!(
            other.read(Duration::from_secs(60)),
            [(port, id(50, 9))].into(),
            "reported as what did not end"
        );
    }

    #[test]
    fn what_is_no_file_of_its_own_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let port = "8640".parse().unwrap();
        let target = Target { port, processes: Processes::WrapperOnly(id(50, 9)) };
        let other = dir.path().join("other");
        let path = dir.path().join(FILE_NAME);
        let plants: [Plant; 2] =
            [|other, path| symlink(other, path), |other, path| fs::hard_link(other, path)];
        for plant in plants {
            fs::write(&other, "").unwrap();
            plant(&other, &path).unwrap();
            Notes::of(dir.path()).note(&target);
            assert_eq!(fs::read_to_string(&other).unwrap(), "");
            fs::remove_file(&path).unwrap();
        }
        fs::create_dir(&path).unwrap();
        let notes = Notes::of(dir.path());
        notes.note(&target);
        assert!(notes.read(Duration::from_secs(60)).is_empty());
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
