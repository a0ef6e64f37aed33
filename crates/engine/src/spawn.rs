//! Starting a process that outlives acecast.

use std::fmt;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, sigprocmask};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;

use crate::child_env::ChildEnv;
use crate::failpoint::pass;
use crate::files::{open_log, shown};
use crate::spec_text;

/// What to start, and how.
pub(crate) struct Launch<'a> {
    /// The engine's real, absolute path: its wrapper finds its folder by the path it is called with.
    pub(crate) engine: &'a Path,
    /// Its arguments.
    pub(crate) args: &'a [String],
    /// The environment that nodes inherit.
    pub(crate) env: &'a ChildEnv,
    /// The node's spec, as text.
    pub(crate) spec: &'a str,
    /// Where its output is appended to.
    pub(crate) log: &'a Path,
    /// The soft and hard limit of open files that it gets.
    pub(crate) nofile: Option<(u64, u64)>,
}

impl fmt::Debug for Launch<'_> {
    /// Without the arguments, which hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch").field("engine", &self.engine).field("log", &self.log).finish_non_exhaustive()
    }
}

/// Why a node could not be started.
#[derive(Debug, Error)]
pub(crate) enum SpawnError {
    /// Its log cannot be opened.
    #[error("cannot open the log {}", shown(.path))]
    Log {
        /// The log.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The engine cannot be run.
    #[error("cannot run the engine {}", shown(.engine))]
    Run {
        /// The engine.
        engine: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Starts a node: detached in a session of its own, hang-ups ignored, output appended to its log.
///
/// The child is for waiting and reaping while acecast lives; the node does not depend on it.
pub(crate) fn spawn(launch: &Launch<'_>) -> Result<Child, SpawnError> {
    let Launch { engine, args, env, spec, log, nofile } = launch;
    let log_failed = |source| SpawnError::Log { path: log.to_path_buf(), source };
    // Appending keeps rotation safe: nobody writes at an offset of their own.
    let out = open_log(log).map_err(log_failed)?;
    let err = out.try_clone().map_err(log_failed)?;
    let mut command = Command::new(engine);
    command.args(*args).env_clear().envs(env.vars()).env(spec_text::VARIABLE, spec).current_dir("/");
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    detach(&mut command, *nofile);
    pass("before a node's fork");
    #[cfg(feature = "failpoints")]
    die_in_between(&mut command);
    let child = command.spawn().map_err(|source| SpawnError::Run { engine: engine.to_path_buf(), source })?;
    pass("after a node's fork");
    Ok(child)
}

/// The moment between fork and exec, in which a node cannot be known for one: only its own side can end acecast then.
#[cfg(feature = "failpoints")]
#[expect(unsafe_code, reason = "only a hook between fork and exec can do this")]
fn die_in_between(command: &mut Command) {
    if crate::failpoint::strikes("between a node's fork and its exec") {
        let hook = || {
            crate::failpoint::orphan_this_child();
            Ok(())
        };
        // SAFETY: the hook allocates nothing, takes no lock, and only makes system calls that are safe after fork.
        unsafe { command.pre_exec(hook) };
    }
}

/// Gives the child a session of its own and a clean state: an empty signal mask, default handlers except that
/// hang-ups are ignored, no inherited descriptor, and the limit of open files that acecast itself began with.
///
/// For the hook's sake the whole process is forked, a third of what a start costs in processor time. Without one, the
/// standard library lends the child its memory instead (`posix_spawn`); but then a node ignores hang-ups only if
/// acecast does, and its limits are acecast's. Changing those for a moment would have acecast miss a hang-up, and other
/// starts run out of descriptors.
#[expect(unsafe_code, reason = "only a hook between fork and exec can do this")]
fn detach(command: &mut Command, nofile: Option<(u64, u64)>) {
    let hook = move || {
        nix::unistd::setsid()?;
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
        for signal in Signal::iterator().filter(|signal| !matches!(signal, Signal::SIGKILL | Signal::SIGSTOP))
        {
            let action = if signal == Signal::SIGHUP { SigHandler::SigIgn } else { SigHandler::SigDfl };
            // SAFETY: the handlers are the system's own.
            unsafe { nix::sys::signal::signal(signal, action)? };
        }
        // Before the limit is put back: it may be lower than descriptors that are open by now.
        close_on_exec_above_stderr();
        if let Some((soft, hard)) = nofile {
            setrlimit(Resource::Nofile, Rlimit { current: Some(soft), maximum: Some(hard) })?;
        }
        Ok(())
    };
    // SAFETY: the hook allocates nothing, takes no lock, and only makes system calls that are safe after fork.
    unsafe { command.pre_exec(hook) };
}

/// Marks, not closes: the pipe by which a failed exec is reported is among them.
#[expect(unsafe_code, reason = "the call has no safe wrapper")]
fn close_on_exec_above_stderr() {
    const FIRST: libc::c_uint = 3;
    // SAFETY: the call touches no memory of this process.
    let done =
        unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if done == 0 {
        return;
    }
    // Kernels before 5.11 cannot mark ranges. What is open beyond the first ten thousand is acecast's own, and is
    // marked since it was opened.
    let soft = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    for fd in 3..libc::c_int::try_from(soft.min(10_000)).unwrap_or(1024) {
        // SAFETY: a number that is no descriptor is refused with EBADF.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn launch(script: &str, nofile: Option<(u64, u64)>) -> String {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("node.log");
        fs::write(&log, "before\n").unwrap();
        let env = ChildEnv::from_vars([("A".into(), "1".into()), ("NOTIFY_SOCKET".into(), "/x".into())]);
        let args = ["-c".to_owned(), script.to_owned()];
        let engine = Path::new("/bin/sh");
        let launch = Launch { engine, args: &args, env: &env, spec: "{}", log: &log, nofile };
        assert!(spawn(&launch).unwrap().wait().unwrap().success());
        fs::read_to_string(&log).unwrap()
    }

    #[test]
    fn the_child_has_its_own_session_and_a_clean_state() {
        let out =
            launch("grep -E '^Sig(Ign|Blk)' /proc/self/status; ps -o sid= -p $$ | tr -d ' '; echo $$", None);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "before");
        assert_eq!(lines[1].split_whitespace().last(), Some("0000000000000000"), "nothing is blocked");
        // Real-time signals belong to the C library; what the test's own parent ignored of them stays ignored.
        let ignored =
            u64::from_str_radix(lines[2].split_whitespace().last().unwrap(), 16).unwrap() & 0x7fff_ffff;
        assert_eq!(ignored, 1, "only SIGHUP is ignored");
        assert_eq!(lines[3], lines[4], "it leads its session");
    }

    #[test]
    fn descriptors_are_not_inherited_and_the_environment_is_the_given_one() {
        let held = fs::File::open("/dev/null").unwrap();
        rustix::io::fcntl_setfd(&held, rustix::io::FdFlags::empty()).unwrap();
        let out = launch(
            "ls /proc/self/fd | wc -l; echo $A $ACECAST_SPEC [$NOTIFY_SOCKET]; ulimit -n",
            Some((256, 256)),
        );
        // 0, 1, 2 and the folder that `ls` reads.
        assert_eq!(out.lines().skip(1).collect::<Vec<_>>(), ["4", "1 {} []", "256"]);
    }

    #[test]
    fn the_debug_form_shows_no_argument() {
        let args = ["--service-access-token=hunter2".to_owned()];
        let (engine, log, env) = (Path::new("/opt/engine"), Path::new("/log"), ChildEnv::default());
        let launch = Launch { engine, args: &args, env: &env, spec: "{}", log, nofile: None };
        assert!(!format!("{launch:?}").contains("hunter2"), "{launch:?}");
    }

    #[test]
    fn what_cannot_be_run_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (engine, log) = (dir.path().join("nothing"), dir.path().join("log"));
        let env = ChildEnv::from_vars([]);
        let launch = Launch { engine: &engine, args: &[], env: &env, spec: "{}", log: &log, nofile: None };
        let error = spawn(&launch).unwrap_err();
        assert!(
            matches!(&error, SpawnError::Run { source, .. } if source.kind() == io::ErrorKind::NotFound),
            "{error}"
        );
    }
}
