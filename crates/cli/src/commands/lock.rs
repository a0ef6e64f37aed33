//! One change at a time: the lock in the pid dir, and what is said to whoever waits for it.

use std::time::Duration;

use acecast_engine::lock::{ApplyLock, LockError};
use acecast_reconcile::Pid;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::room;

/// The right to change what runs. The pid dir has to exist.
pub(super) fn acquire(context: &Context, timeout: Duration) -> Result<ApplyLock, Failure> {
    let pid_dir = &context.app.dirs.pid;
    let mut on_wait = |holder: Option<Pid>| {
        let who = holder.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
        context.out.note(format_args!("waiting for another run{who} to end"));
    };
    ApplyLock::acquire(pid_dir, timeout, &|| context.signals.wanted(), &mut on_wait).map_err(|error| {
        match error {
            LockError::Held { holder, .. } => {
                Failure::new(Exit::Locked, "locked", error).hint(wait_hint(timeout, holder))
            }
            LockError::Cancelled { .. } => Failure::interrupted(),
            _ => room::advised(Failure::pid_dir(error), &context.app.dirs),
        }
    })
}

/// What to do about another run that holds the lock, after a wait for it.
fn wait_hint(waited: Duration, holder: Option<Pid>) -> String {
    match holder {
        _ if waited.is_zero() => "wait for it with --lock-timeout 30s".to_owned(),
        Some(pid) => format!("wait longer with --lock-timeout, or see what it is: `ps -p {pid}`"),
        None => "wait longer with --lock-timeout".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_waited_is_not_told_to_wait() {
        let pid = Pid::try_from(4242).ok();
        assert_eq!(wait_hint(Duration::ZERO, pid), "wait for it with --lock-timeout 30s");
        let look = "wait longer with --lock-timeout, or see what it is: `ps -p 4242`";
        assert_eq!(wait_hint(Duration::from_secs(1), pid), look);
        assert_eq!(wait_hint(Duration::from_secs(1), None), "wait longer with --lock-timeout");
    }
}
