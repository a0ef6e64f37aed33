//! Processes that are no nodes, and every command run beside them.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::support::Site;

/// A process of the test's own, which nobody may signal. It ends with this value.
pub(crate) struct Stranger {
    child: Child,
    what: String,
    /// It reads from here, and so it lives.
    _stdin: Option<ChildStdin>,
}

impl Stranger {
    /// Starts it.
    pub(crate) fn start(what: &str, command: &mut Command) -> Stranger {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let stdin = child.stdin.take();
        Stranger { child, what: what.to_owned(), _stdin: stdin }
    }

    /// A program that knows nothing of nodes.
    pub(crate) fn sleep() -> Stranger {
        Stranger::start("a sleep", Command::new("sleep").arg("600").stdin(Stdio::null()))
    }

    /// A program of this name with these arguments. It is a shell that reads its script from a pipe (`-s`), so it
    /// takes any arguments behind that; it does not end by itself.
    pub(crate) fn named(name: &str, args: &[String]) -> Stranger {
        let mut command = Command::new("/bin/sh");
        command.arg0(name).arg("-s").args(args).stdin(Stdio::piped());
        Stranger::start(name, &mut command)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    #[track_caller]
    pub(crate) fn lives(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "{} was ended: {ended:?}", self.what);
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything that could be tempted to signal somebody; in the end, nothing of this site runs any more.
pub(crate) fn every_command(site: &Site, port: u16) {
    let port = port.to_string();
    for args in [
        &["status"] as &[&str],
        &["plan"],
        &["check"],
        &["start", "--dry-run"],
        &["start"],
        &["start", "--port", &port],
        &["status"],
        &["stop", &port, "--dry-run"],
        &["stop", &port],
        &["start"],
        &["stop", "all"],
        &["cleanup"],
        &["start", "--stop-timeout", "0"],
        &["stop", "all", "--stop-timeout", "0"],
    ] {
        let ran = site.acecast(args);
        assert!(matches!(ran.code, Some(0 | 1 | 3)), "{ran}");
    }
}

/// The command line of a node as it stands in `/proc`, without the program.
pub(crate) fn line_of(pid: impl std::fmt::Display) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    text.trim_end_matches('\0').split('\0').skip(1).map(str::to_owned).collect()
}

/// One variable of a process's environment.
pub(crate) fn variable_of(pid: impl std::fmt::Display, name: &str) -> String {
    let text = fs::read(format!("/proc/{pid}/environ")).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    let found = text.split('\0').find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or_else(|| panic!("{name} in the environment of {pid}")).to_owned()
}

/// Gives the folder and all that is in it to a user.
pub(crate) fn chown_all(folder: &Path, user: u32) {
    std::os::unix::fs::lchown(folder, Some(user), Some(user)).unwrap();
    if fs::symlink_metadata(folder).unwrap().is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            chown_all(&entry.unwrap().path(), user);
        }
    }
}
