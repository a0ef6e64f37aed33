//! What `start` and `stop` have in common: lock, observe, plan, guard, apply, report.

mod on_host;

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acecast_config::{Config, Problem};
use acecast_engine::apply::{Options, Report as Applied};
use acecast_engine::events::By;
use acecast_engine::files::{create_dir_all, refuse_foreign_owner};
use acecast_engine::lock::{ApplyLock, LockError};
use acecast_engine::observe::{Hidden, Snapshot, none_hidden};
use acecast_engine::realm::Realm;
use acecast_reconcile::{Pid, Plan};
use anyhow::Context as _;

use crate::args::Waits;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::journal;
use crate::output::Report;

pub(crate) use on_host::OnHost;

/// A change of what runs.
pub(super) struct Change<'a> {
    pub(super) config: &'a Config,
    pub(super) waits: &'a Waits,
    pub(super) options: Options,
    /// Looks at the host.
    pub(super) observe: &'a dyn Fn() -> Result<Snapshot, Failure>,
    /// The command that it is.
    pub(super) by: By,
    /// Decides what to do.
    pub(super) plan: &'a dyn Fn(&Snapshot) -> Plan,
}

/// What came of a change.
pub(super) struct Carried {
    pub(super) exit: Exit,
    pub(super) plan: Plan,
    /// Nothing, if the plan was refused.
    pub(super) applied: Applied,
}

impl Change<'_> {
    /// Shows what would be done.
    pub(super) fn show(&self, context: &Context) -> Result<Exit, Failure> {
        let plan = (self.plan)(&(self.observe)()?);
        Ok(super::plan::show(context, &plan, &self.config.problems))
    }

    /// Shows that there was nothing to do, where nothing can run.
    pub(super) fn done_already(&self, context: &Context) -> Result<Exit, Failure> {
        let plan = (self.plan)(&(self.observe)()?);
        report(context, &self.report(&plan, Some(&Applied::default())));
        Ok(Exit::Done)
    }

    /// Does it and shows what came of it.
    pub(super) fn carry_out(&self, context: &Context) -> Result<Carried, Failure> {
        let _lock = lock(context, self.waits.lock_timeout)?;
        let snapshot = (self.observe)()?;
        let plan = (self.plan)(&snapshot);
        if let Some(refusal) = &plan.refused {
            report(context, &self.report(&plan, None));
            let exit = super::plan::refuse(context, refusal, "; nothing was changed");
            return Ok(Carried { exit, plan, applied: Applied::default() });
        }
        let pid_dir = &context.app.dirs.pid;
        let realm =
            Realm::open(pid_dir).with_context(|| format!("cannot open the pid dir {}", pid_dir.display()));
        let realm = realm.map_err(Failure::pid_dir)?;
        let Some(realm) = realm else {
            let error = anyhow::anyhow!("the pid dir {} has disappeared", pid_dir.display());
            return Err(Failure::failed(error));
        };
        let (config, options) = (self.config, self.options);
        let here = OnHost { context, config, realm: &realm, options, doubted: &BTreeSet::new() };
        context.signals.begin_apply()?;
        tracing::info!(changes = plan.changes(), "carry the plan out");
        let watch = context.out.watch(plan.changes());
        let applied = here.apply(&plan, &snapshot, &watch, &|| context.signals.wanted());
        drop(watch);
        journal::write(context, &journal::of_apply(&context.out, &plan, &applied, self.by));
        report(context, &self.report(&plan, Some(&applied)));
        for problem in &applied.problems {
            context.out.error(&anyhow::Error::msg(problem.clone()), None);
        }
        if applied.interrupted {
            context.out.message("interrupted: what is listed as skipped was not done; nodes keep running");
        }
        let entry_wrong = self.config.problems.iter().any(Problem::is_error);
        let exit = Exit::first([
            if applied.interrupted { Exit::Interrupted } else { Exit::Done },
            Exit::problem_if(!applied.is_good() || entry_wrong),
        ]);
        Ok(Carried { exit, plan, applied })
    }

    fn report<'r>(&'r self, plan: &'r Plan, applied: Option<&'r Applied>) -> Report<'r> {
        let Config { app, problems, .. } = self.config;
        Report { plan, applied, errors: problems, dirs: &app.dirs, stop_timeout: self.options.stop_timeout }
    }
}

/// How to carry a plan out, as far as all commands have it in common.
pub(super) fn options(waits: &Waits) -> Options {
    let mut options = Options::new(unix_time());
    options.stop_timeout = waits.stop_timeout;
    options
}

/// Seconds since 1970, for the names of files that are set aside.
pub(crate) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn report(context: &Context, report: &Report<'_>) {
    let out = &context.out;
    if out.is_json() {
        return out.document(report.document());
    }
    out.lines(report.lines(out));
    if report.applied.is_some() {
        out.note(report.summary());
    }
}

/// Who only looks is told that not all may be seen.
pub(super) fn warn_if_hidden(context: &Context) {
    if let Err(hidden) = none_hidden() {
        context.out.warning(&may_be_missing(hidden));
    }
}

/// What is said where nodes may be hidden.
pub(super) fn may_be_missing(hidden: Hidden) -> String {
    let advice = if hidden == Hidden::OtherUsers { ": run as root" } else { "" };
    format!("{hidden}, so nodes may be missing here{advice}")
}

/// Makes sure that nodes may be started here, and that there is a pid dir. With sources, their keys have to be this
/// user's affair, too.
pub(crate) fn may_start(context: &Context, sources: bool) -> Result<(), Failure> {
    refuse_if_hidden()?;
    if sources {
        refuse_foreign_owner(&context.app.dirs.metadata).map_err(Failure::failed)?;
    }
    create_dir_all(&context.app.dirs.pid).map_err(Failure::pid_dir)
}

/// Nothing may be signalled or started where nodes may be hidden.
pub(crate) fn refuse_if_hidden() -> Result<(), Failure> {
    let Err(hidden) = none_hidden() else { return Ok(()) };
    let (code, so, hint) = match hidden {
        Hidden::OtherUsers => (
            "processes_hidden",
            "so nodes could be missed",
            "run as root, or mount /proc so that this user sees all processes (hidepid=0, or its gid= group)",
        ),
        _ => (
            "proc_foreign",
            "so its numbers mean other processes here",
            "mount this namespace's own /proc, as `unshare --mount-proc` does",
        ),
    };
    let error = anyhow::anyhow!("{hidden}, {so}; nothing was changed");
    Err(Failure::new(Exit::Problem, code, error).hint(hint))
}

/// The right to change what runs. The pid dir has to exist.
pub(super) fn lock(context: &Context, timeout: Duration) -> Result<ApplyLock, Failure> {
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
            _ => Failure::pid_dir(error),
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
