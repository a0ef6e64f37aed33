//! What the commands that change what runs have in common: lock, observe, plan, guard, apply, report.

mod on_host;
mod unfinished;

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use acecast_config::{Config, Problem};
use acecast_engine::apply::{Options, Report as Applied};
use acecast_engine::events::By;
use acecast_engine::files::create_dir_all;
use acecast_engine::observe::Snapshot;
use acecast_engine::realm::Realm;
use acecast_reconcile::Plan;
use anyhow::Context as _;

use super::status::name_sources;
use super::{access, hidden, lock};
use crate::args::Waits;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::journal;
use crate::output::Report;
use crate::room;

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
    /// What the plan was made from.
    pub(super) snapshot: Snapshot,
}

impl Change<'_> {
    /// Shows what would be done.
    pub(super) fn show(&self, context: &Context) -> Result<Exit, Failure> {
        let snapshot = (self.observe)()?;
        let mut plan = (self.plan)(&snapshot);
        name_sources(&mut plan, &snapshot, self.config);
        let starts = (self.by != By::Stop).then_some(self.options.stop_timeout);
        Ok(super::plan::show(context, &plan, self.config, starts))
    }

    /// Shows that there was nothing to do, where nothing can run.
    pub(super) fn done_already(&self, context: &Context) -> Result<Exit, Failure> {
        let plan = (self.plan)(&(self.observe)()?);
        let applied = Applied::default();
        let report = self.report(&plan, Some(&applied));
        tell(context, &report);
        if context.out.is_json() {
            context.out.document(report.document());
        }
        Ok(Exit::Done)
    }

    /// Does it and shows what came of it.
    pub(super) fn carry_out(&self, context: &Context) -> Result<Exit, Failure> {
        self.carry_out_then(context, |carried| carried.exit)
    }

    /// Does it, and then what comes after it, without the lock. People hear of the change before that; programs get one
    /// document, which has the end of it all.
    pub(super) fn carry_out_then(
        &self,
        context: &Context,
        then: impl FnOnce(&mut Carried) -> Exit,
    ) -> Result<Exit, Failure> {
        let mut carried = self.change(context)?;
        let exit = then(&mut carried);
        if context.out.is_json() {
            context.out.document(self.report(&carried.plan, Some(&carried.applied)).document());
        }
        Ok(exit)
    }

    fn change(&self, context: &Context) -> Result<Carried, Failure> {
        let _lock = lock::acquire(context, self.waits.lock_timeout)?;
        let realm = realm(context)?;
        let unfinished = unfinished::finish(context, self.config, &realm, &self.options, self.by)?;
        let snapshot = (self.observe)()?;
        let mut plan = (self.plan)(&snapshot);
        name_sources(&mut plan, &snapshot, self.config);
        if let Some(refusal) = &plan.refused {
            tell(context, &self.report(&plan, None));
            let exit = super::plan::refuse(context, refusal, "; nothing was changed");
            let exit = Exit::first([exit, Exit::problem_if(!unfinished.is_empty())]);
            return Ok(Carried { exit, plan, applied: Applied::default(), snapshot });
        }
        let (config, options) = (self.config, self.options);
        let here = OnHost { context, config, realm: &realm, options, doubted: &BTreeSet::new() };
        context.signals.begin_apply()?;
        tracing::info!(changes = plan.changes(), "carry the plan out");
        let watch = context.out.watch(plan.changes());
        let mut applied = here.apply(&plan, &snapshot, &watch, &|| context.signals.wanted());
        drop(watch);
        applied.problems.splice(..0, unfinished);
        journal::write(context, &journal::of_apply(&context.out, &plan, &applied, self.by));
        tell(context, &self.report(&plan, Some(&applied)));
        for problem in &applied.problems {
            let hint = room::hint(problem, &context.app.dirs);
            context.out.error(&anyhow::Error::msg(problem.clone()), hint);
        }
        if applied.interrupted {
            context.out.message("interrupted: what is listed as skipped was not done; nodes keep running");
        }
        let entry_wrong = self.config.problems.iter().any(Problem::is_error);
        let exit = Exit::first([
            if applied.interrupted { Exit::Interrupted } else { Exit::Done },
            Exit::problem_if(!applied.is_good() || entry_wrong),
        ]);
        Ok(Carried { exit, plan, applied, snapshot })
    }

    fn report<'r>(&'r self, plan: &'r Plan, applied: Option<&'r Applied>) -> Report<'r> {
        let Config { app, problems, .. } = self.config;
        Report { plan, applied, errors: problems, dirs: &app.dirs, stop_timeout: self.options.stop_timeout }
    }
}

/// Whose nodes are changed. The lock's folder is there, unless it was just removed.
fn realm(context: &Context) -> Result<Realm, Failure> {
    let pid_dir = &context.app.dirs.pid;
    let realm =
        Realm::open(pid_dir).with_context(|| format!("cannot open the pid dir {}", pid_dir.display()));
    let missing = || anyhow::anyhow!("the pid dir {} has disappeared", pid_dir.display());
    realm.map_err(Failure::pid_dir)?.ok_or_else(|| Failure::failed(missing()))
}

/// Makes sure that nodes may be started here, and that there is a pid dir, which must not be another user's if this is
/// root. With sources, their keys have to be this user's affair, too.
pub(crate) fn may_start(context: &Context, sources: bool) -> Result<(), Failure> {
    hidden::refuse()?;
    let dirs = &context.app.dirs;
    if let Some((_, error)) = access::refusals(dirs, sources).next() {
        return Err(Failure::failed(error));
    }
    create_dir_all(&dirs.pid).map_err(|error| room::advised(Failure::pid_dir(error), dirs))
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

/// Tells people of it.
fn tell(context: &Context, report: &Report<'_>) {
    let out = &context.out;
    if out.is_json() {
        return;
    }
    out.lines(report.lines(out));
    if report.applied.is_some() {
        out.note(report.summary());
    }
}
