//! A supervisord of its own, with a socket in the site's folder.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::interrupt;
use crate::support::Site;

/// How long it may take to end all its programs.
const END: Duration = Duration::from_secs(20);

/// A program counts as running once it has lived for a second, supervisor's own default: a node that cannot have its
/// stream ends within that time. Sources come before support nodes; one that comes too early all the same is tried again.
/// Signals go to the group, because the wrapper does not pass them on.
const PROGRAM: &str = "autostart=false\nautorestart=true\nstartsecs=1\nstartretries=10\nstopasgroup=true\n\
                       killasgroup=true\nredirect_stderr=true\nstdout_logfile=/dev/null\n\
                       stdout_logfile_maxbytes=0\n";

/// supervisord with a program for each command line; all of it ends when this is dropped.
pub(crate) struct Daemon {
    child: Child,
    config: PathBuf,
}

/// Both of its programs are there.
pub(crate) fn is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has = |name: &str| std::env::split_paths(&path).any(|dir| dir.join(name).exists());
    has("supervisord") && has("supervisorctl")
}

impl Daemon {
    /// Starts it without its programs, and waits until it can be told what to do.
    pub(crate) fn start(site: &Site, lines: &[Vec<String>]) -> Daemon {
        let (config, socket) = (site.path("supervisord.conf"), site.path("supervisor.sock"));
        fs::write(&config, text(site, &socket, lines)).unwrap();
        let mut command = Command::new("supervisord");
        command.arg("-c").arg(&config).current_dir(site.path(""));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let daemon = Daemon { child, config };
        interrupt::until("supervisord listens", || UnixStream::connect(&socket).ok());
        daemon
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Its client, not started.
    pub(crate) fn control(&self, words: &[&str]) -> Command {
        let mut command = Command::new("supervisorctl");
        command.arg("-c").arg(&self.config).args(words);
        command
    }

    /// Ends all programs.
    pub(crate) fn stop_all(&self) {
        let output = self.control(&["stop", "all"]).output().unwrap();
        interrupt::check();
        assert!(output.status.success(), "{output:?}");
    }

    /// Waits until it takes all programs for running.
    pub(crate) fn await_all_running(&self) {
        interrupt::until("all programs run", || {
            let output = self.control(&["status"]).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            (!text.is_empty() && text.lines().all(|line| line.contains("RUNNING"))).then_some(())
        });
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It has not been waited for, so the number is still its own.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let deadline = Instant::now() + END;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(site: &Site, socket: &Path, lines: &[Vec<String>]) -> String {
    let (socket, place) = (socket.display(), site.path(""));
    let place = place.display();
    let mut text = format!(
        "[unix_http_server]\nfile={socket}\n[supervisord]\nnodaemon=true\nlogfile=/dev/null\n\
         logfile_maxbytes=0\npidfile={place}/supervisord.pid\nchildlogdir={place}\n\
         [rpcinterface:supervisor]\n\
         supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
         [supervisorctl]\nserverurl=unix://{socket}\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let words: Vec<String> = line.iter().map(|word| quoted(word)).collect();
        let is_support = line.iter().any(|word| word.starts_with("--download-from"));
        let priority = if is_support { 200 } else { 100 };
        let command = words.join(" ");
        writeln!(text, "[program:node_{number:02}]\ncommand={command}\npriority={priority}\n{PROGRAM}")
            .unwrap();
    }
    text
}

/// A word of a command as supervisor's config has it: as for a shell, and with each `%` twice.
fn quoted(word: &str) -> String {
    assert!(!word.contains('\''), "{word}");
    format!("'{}'", word.replace('%', "%%"))
}
