//! Starting a prepared node, and waiting until it is ready.
//!
//! Ready means: its pid file names it, its status answers, and the listener on its port is its own. An engine that
//! finds its port busy takes the next one without a word and still names the wanted port in its pid file and its
//! status (seen on engine 3.2.3), so only the process behind the answer tells.

mod watch;

use std::path::Path;
use std::process::ExitStatus;

use acecast_reconcile::{Port, Processes};

use super::jobs::Run;
use super::prepare::Prepared;
use super::report::LOG_LINES;
use super::{NodeResult, Outcome, Step};
use crate::chain::chain;
use crate::failpoint::pass;
use crate::files::shown;
use crate::log_tail::{log_len, log_tail};
use crate::metadata::{Damage, KeyFile, read_key, tighten_mode};
use crate::spawn::{Launch, spawn};
use crate::stop::Target;
use watch::{End, Watch};

/// Starts the node and waits. What it needs is committed now: nothing of it runs any more.
pub(super) fn launch(run: &Run<'_>, at: usize, prepared: Prepared<'_>, new_key: bool) -> NodeResult {
    run.step(at, Step::Start);
    let (port, channel) = (prepared.node.common().port, prepared.node.common().channel);
    let mut restored = Vec::new();
    let ready = match prepared.commit(run, new_key, &mut restored) {
        Ok(ready) => ready,
        Err(error) => return NodeResult { restored, ..error.into_result("") },
    };
    let log_from = log_len(&ready.log);
    let launch = Launch {
        engine: &ready.engine,
        args: &ready.args,
        env: run.host.env,
        spec: &ready.spec,
        log: &ready.log,
        nofile: run.host.nofile,
    };
    let child = match spawn(&launch) {
        Ok(child) => child,
        Err(error) => {
            return NodeResult { notes: ready.notes, restored, ..NodeResult::failed(chain(&error)) };
        }
    };
    run.step(at, Step::AwaitReady);
    let mut watch = Watch::new(run, port, child);
    let end = watch.wait();
    let engine_broken = matches!(&end, Ok(End::Exited(status)) if !status.success());
    if engine_broken {
        run.doubts.note_broken(channel);
    }
    let result = match end {
        Ok(End::Ready) => NodeResult { pid: watch.node(), ..NodeResult::of(Outcome::Ready) },
        Ok(End::Starting) => NodeResult { pid: watch.node(), ..NodeResult::of(Outcome::Starting) },
        Ok(End::Exited(status)) => NodeResult {
            log: log_tail(&ready.log, LOG_LINES, log_from).unwrap_or_default(),
            ..NodeResult::failed(format!("the engine ended at once {}", how(status)))
        },
        Ok(End::WrongPort { node, actual }) => wrong_port(run, port, node, actual),
        Err(error) => NodeResult::failed(format!("cannot tell whether it runs: {}", chain(&error))),
    };
    pass("a node was waited for");
    let mut result = NodeResult { notes: ready.notes, restored, engine_broken, ..result };
    if result.outcome == Outcome::Failed
        && let (true, Some(key)) = (new_key, &ready.key)
    {
        result.notes.extend(left_empty(key));
    }
    // The engine makes a new key with the mode that its user's umask gives.
    if let Some(key) = ready.key
        && let Err(error) = tighten_mode(&key)
    {
        result.notes.push(chain(&error));
    }
    pass("a new key's mode is tight");
    result
}

/// What there is to say of a first key that was not written. The next start is held by it, and nobody would know why.
fn left_empty(key: &Path) -> Option<String> {
    let uid = key.file_stem()?.to_string_lossy();
    matches!(read_key(key), KeyFile::Damaged(Damage::Empty)).then(|| {
        format!(
            "the engine ended before it had written a key and left {} empty, as it does where the disk is full; when \
             there is room, go on with `acecast start --new-key {uid}`",
            shown(key)
        )
    })
}

/// It would broadcast where nobody looks for it, so it is stopped again.
fn wrong_port(run: &Run<'_>, port: Port, node: Processes, actual: Port) -> NodeResult {
    let why = format!("port {port} was busy and the engine took port {actual}");
    let end = run.stopper.stop_all(&[Target { port, processes: node }], &|_| {}).into_iter().next();
    NodeResult::failed(match end {
        Some(Err(error)) => format!("{why}; it cannot be stopped again: {}", chain(&error)),
        _ => format!("{why}; it was stopped again"),
    })
}

/// The names of those signals that end engines.
const SIGNALS: [(i32, &str); 9] = [
    (libc::SIGHUP, "SIGHUP"),
    (libc::SIGINT, "SIGINT"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGKILL, "SIGKILL"),
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGTERM, "SIGTERM"),
];

fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("with exit code {code}"),
        (None, Some(signal)) => match SIGNALS.iter().find(|(number, _)| *number == signal) {
            Some((_, name)) => format!("by {name} (signal {signal})"),
            None => format!("by signal {signal}"),
        },
        (None, None) => "with an unknown status".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn an_end_is_said_with_the_name_of_its_signal() {
        let said = |raw| how(ExitStatus::from_raw(raw));
        assert_eq!(said(3 << 8), "with exit code 3");
        assert_eq!(said(9), "by SIGKILL (signal 9)");
        assert_eq!(said(40), "by signal 40");
    }
}
