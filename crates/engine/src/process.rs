//! One process of this host, read through a handle on its `/proc` folder, so that all reads are of the same process
//! even if its number is used again.

mod stat;

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use acecast_reconcile::{Pid, ProcessId};
use procfs::ProcError;
use procfs::process::Process;
use rustix::io::Errno;

pub(crate) use stat::{Stat, age, since_boot};

/// The most of a command line or an environment that is read: the kernel allows 2 MiB for both by default, and
/// a process can write what it likes there.
const TEXT_LIMIT: u64 = 4 * 1024 * 1024;

/// Nearly all of them are shorter, so they are read at once instead of in ever larger pieces.
const TEXT_USUAL: usize = 4096;

/// A live process's `/proc` folder, held open.
#[derive(Debug)]
pub(crate) struct Proc(Process);

/// What the environment of a process says about one variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    /// The variable is set.
    Set(String),
    /// The variable is not set.
    Unset,
    /// The environment is empty, as it is for a moment around exec.
    Empty,
    /// It may not be read: the process belongs to another user.
    Unreadable,
}

impl Proc {
    /// The process with this number, if there is one that this user can see.
    pub(crate) fn open(pid: Pid) -> Option<Self> {
        Process::new(pid.as_raw()).ok().map(Proc)
    }

    /// The same; an error says that it could not be looked at, not that there is none.
    pub(crate) fn try_open(pid: Pid) -> io::Result<Option<Self>> {
        unless_gone(Process::new(pid.as_raw()).map(Proc))
    }

    /// Exactly this process, not another one that has its number now.
    pub(crate) fn open_exactly(id: ProcessId) -> Option<Self> {
        Proc::open(id.pid).filter(|process| process.stat().is_some_and(|stat| stat.id == id))
    }

    /// All processes that this user can see. An error says that one could not be looked at, not that there is none.
    pub(crate) fn all() -> io::Result<impl Iterator<Item = io::Result<Self>>> {
        let processes = procfs::process::all_processes().map_err(io_error)?;
        Ok(processes.filter_map(|process| unless_gone(process.map(Proc)).transpose()))
    }

    /// Its number; `None` for init, which is never a node.
    pub(crate) fn pid(&self) -> Option<Pid> {
        Pid::try_from(i64::from(self.0.pid)).ok()
    }

    /// Its arguments; bytes that are not UTF-8 are replaced. Empty for a zombie, for kernel threads, and for what has
    /// ended meanwhile.
    pub(crate) fn argv(&self) -> io::Result<Vec<String>> {
        let bytes = unless_gone(self.text("cmdline"))?.unwrap_or_default();
        let bytes =
            if bytes.is_empty() { self.text_of_a_thread("cmdline").unwrap_or_default() } else { bytes };
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(bytes.split(|b| *b == 0).map(|arg| String::from_utf8_lossy(arg).into_owned()).collect())
    }

    /// One variable of its environment, as it was when the process began.
    pub(crate) fn variable(&self, name: &str) -> Variable {
        let own = self.text("environ");
        let bytes = match own {
            Ok(bytes) if !bytes.is_empty() => bytes,
            own => match self.text_of_a_thread("environ") {
                Some(bytes) => bytes,
                None if own.is_ok() => return Variable::Empty,
                None => return Variable::Unreadable,
            },
        };
        let set = bytes.split(|b| *b == 0).find_map(|entry| {
            let (key, value) = entry.split_at(entry.iter().position(|b| *b == b'=')?);
            (key == name.as_bytes()).then(|| String::from_utf8_lossy(&value[1..]).into_owned())
        });
        set.map_or(Variable::Unset, Variable::Set)
    }

    /// Its identity, parent and name at this moment.
    pub(crate) fn stat(&self) -> Option<Stat> {
        self.try_stat().ok()?
    }

    /// The same; an error says that it could not be read, not that the process has ended.
    pub(crate) fn try_stat(&self) -> io::Result<Option<Stat>> {
        Ok(unless_gone(self.text("stat"))?.and_then(|line| Stat::parse(&line)))
    }

    /// Its folder can be opened, and nothing in it be read: it has ended, or, with `hidepid`, is not for this user.
    pub(crate) fn is_shut(&self) -> bool {
        matches!(self.text("stat"), Err(ProcError::PermissionDenied(_) | ProcError::NotFound(_)))
    }

    /// The path as this process means it: relative to its own folder and inside its own root.
    pub(crate) fn resolve(&self, path: &Path) -> Option<PathBuf> {
        // That a root is shown tells "not allowed" from "not there".
        let base = self.folder_with("root")?.0;
        Some(match path.strip_prefix("/") {
            Ok(inside) => base.join("root").join(inside),
            Err(_) => base.join("cwd").join(path),
        })
    }

    /// The folder it works in.
    pub(crate) fn cwd(&self) -> Option<PathBuf> {
        Some(self.folder_with("cwd")?.1)
    }

    /// The program that it runs.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        Some(self.folder_with("exe")?.1)
    }

    /// Whether it lives in the same namespace of this kind (`pid`, `net`) as the caller; `None` if that may not be
    /// known.
    pub(crate) fn same_namespace(&self, kind: &str) -> Option<bool> {
        let own = fs::read_link(format!("/proc/self/ns/{kind}")).ok()?;
        let (_, its) = self.folder_with(&format!("ns/{kind}"))?;
        Some(own == its)
    }

    /// It has a number of its own in a nested pid namespace. Readable for everybody.
    pub(crate) fn in_nested_pid_namespace(&self) -> bool {
        self.0.status().ok().and_then(|status| status.nspid).is_some_and(|numbers| numbers.len() > 1)
    }

    /// The inodes of its sockets; `None` if they may not be known.
    pub(crate) fn sockets(&self) -> Option<Vec<u64>> {
        let mut inodes = Vec::new();
        let folder = self.folder_with("root").map_or_else(|| self.own_folder(), |(folder, _)| folder);
        for entry in fs::read_dir(folder.join("fd")).ok()? {
            // Descriptors come and go while they are read.
            let Ok(target) = entry.and_then(|entry| fs::read_link(entry.path())) else { continue };
            let inode = target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']'));
            inodes.extend(inode.and_then(|inode| inode.parse::<u64>().ok()));
        }
        Some(inodes)
    }

    /// The user it runs as.
    pub(crate) fn uid(&self) -> Option<u32> {
        self.0.uid().ok()
    }

    /// The processes that it has started and that have not ended.
    pub(crate) fn children(&self) -> Vec<Pid> {
        let children = self.0.task_main_thread().and_then(|task| task.children()).unwrap_or_default();
        children.into_iter().filter_map(|pid| Pid::try_from(i64::from(pid)).ok()).collect()
    }

    fn own_folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.0.pid))
    }

    /// Where this link of it is shown, and where that leads: in its own folder, or in that of a thread.
    ///
    /// A leader that has ended while its threads live is a living process without texts, root, program and
    /// descriptors of its own; its threads still have them.
    fn folder_with(&self, link: &str) -> Option<(PathBuf, PathBuf)> {
        let own = self.own_folder();
        if let Ok(target) = fs::read_link(own.join(link)) {
            return Some((own, target));
        }
        self.other_threads().into_iter().find_map(|tid| {
            let folder = own.join(format!("task/{tid}"));
            let target = fs::read_link(folder.join(link)).ok()?;
            Some((folder, target))
        })
    }

    /// The same for its texts.
    fn text_of_a_thread(&self, name: &str) -> Option<Vec<u8>> {
        let read = |tid: i32| self.text(&format!("task/{tid}/{name}")).unwrap_or_default();
        self.other_threads().into_iter().map(read).find(|text| !text.is_empty())
    }

    /// The threads of a leader that has ended; none of one that lives.
    fn other_threads(&self) -> Vec<i32> {
        // Kernel threads come here, too, and a host has hundreds; none has another thread. The folder's count of links
        // is 2 and the number of threads. If the path means another process by now, this one has ended.
        if fs::metadata(self.own_folder().join("task")).is_ok_and(|tasks| tasks.nlink() == 3) {
            return Vec::new();
        }
        // Of the others, only the letter behind the name is looked at.
        let stat = self.text("stat").unwrap_or_default();
        let state = stat.iter().rposition(|b| *b == b')').and_then(|end| stat.get(end + 2));
        if state != Some(&b'Z') {
            return Vec::new();
        }
        let tasks = self.0.tasks().into_iter().flatten().filter_map(Result::ok);
        tasks.map(|task| task.tid).filter(|tid| *tid != self.0.pid).collect()
    }

    fn text(&self, name: &str) -> Result<Vec<u8>, ProcError> {
        let mut bytes = Vec::with_capacity(TEXT_USUAL);
        self.0.open_relative(name)?.take(TEXT_LIMIT).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// `None` for what has ended meanwhile or may not be seen. Being short of descriptors or memory says nothing about the
/// process: taken for its end, it would hide a running node.
fn unless_gone<T>(read: Result<T, ProcError>) -> io::Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(ProcError::Io(error, _)) if is_shortage(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

fn is_shortage(error: &io::Error) -> bool {
    let shortages = [Errno::MFILE, Errno::NFILE, Errno::NOMEM];
    Errno::from_io_error(error).is_some_and(|errno| shortages.contains(&errno))
}

/// What the kernel said. The path is left out: it is that of some process, or one that whoever asked knows.
pub(crate) fn io_error(error: ProcError) -> io::Error {
    match error {
        ProcError::Io(error, _) => error,
        ProcError::PermissionDenied(_) => io::ErrorKind::PermissionDenied.into(),
        ProcError::NotFound(_) => io::ErrorKind::NotFound.into(),
        other => io::Error::other(other.to_string()),
    }
}
