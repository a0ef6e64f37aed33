//! `acecast status`: every node, configured or running, and how it is.

mod input;
mod last_start;
mod plan;
mod rows;
mod shown;
mod wanted;
mod watch;

use acecast_config::{Ask, Config};
use acecast_engine::Snapshot;
use acecast_reconcile::{Plan, Role, Unknown, UnknownReason};
use serde_json::Value;

use crate::args::StatusArgs;
use crate::context::{Context, list_failure};
use crate::exit::Exit;
use crate::failure::{Failure, advice};

pub(super) use input::{lack, lack_of, name_sources};
pub(crate) use rows::{Row, State};
pub(crate) use shown::summary;

pub(super) fn run(context: Context, args: &StatusArgs) -> Result<Exit, Failure> {
    match args.watch {
        Some(interval) => watch::run(context, args.role, interval),
        None => once(&context, args.role),
    }
}

fn once(context: &Context, role: Option<Role>) -> Result<Exit, Failure> {
    let out = &context.out;
    let lists = context.lists(Ask::of(role))?;
    let config = lists.partial_config(context.app.clone());
    let snapshot = context.observe(Some(&config))?;
    super::hidden::warn(context);
    let unknown: Vec<Role> = Role::ALL.into_iter().filter(|role| lists.error(*role).is_some()).collect();
    let wanted = wanted::Wanted::of(Some(&config), &unknown);
    let mut rows = rows::rows(&wanted, &snapshot);
    let plan = plan::plan(&config, &snapshot);
    plan::explain(&mut rows, &plan, &context.app);
    last_start::add(&mut rows, &context.app, out);
    plan::add_last_words(&mut rows, &context.app, out);
    only(role, &mut rows);
    if out.is_json() {
        let errors = lists.errors().flat_map(acecast_config::LoadError::problems).collect::<Vec<_>>();
        out.document(shown::document(&rows, wanted.is_incomplete().then_some(&errors)));
    } else {
        shown::print(&rows, wanted.is_incomplete(), out);
        if let Some(pending) = shown::pending(plan.changes()) {
            out.note(pending);
        }
    }
    if wanted.is_incomplete() {
        out.note(shown::DOWN_ARE_MISSING);
    }
    let is_hidden = |unknown: &Unknown| unknown.reason == UnknownReason::Hidden;
    if snapshot.observed.unknown.iter().any(is_hidden) && !out.is_quiet() {
        out.hint(advice::AS_OWNER);
    }
    let well = wanted.all_usable() && rows::all_well(&wanted, &rows);
    if !wanted.is_incomplete() {
        out.problems(&lists.found);
    }
    let incomplete = wanted.is_incomplete().then(|| {
        let failure = list_failure(lists);
        out.why(&failure);
        failure.exit
    });
    Ok(Exit::first(incomplete.into_iter().chain([Exit::problem_if(!well)])))
}

/// Leaves nodes of the other role out. Of what is of no known role, the list that was not read may tell more.
fn only(role: Option<Role>, rows: &mut Vec<Row>) {
    let Some(role) = role else { return };
    rows.retain(|row| row.role.is_none_or(|its| its == role));
    for row in rows.iter_mut().filter(|row| row.role.is_none() && row.listed == Some(false)) {
        row.listed = None;
    }
}

/// The rows for a config that is known already, if any is; for the other roles than this one, it is not.
pub(crate) fn status_rows(
    context: &Context,
    config: Option<&Config>,
    snapshot: &Snapshot,
    made: &Plan,
    role: Option<Role>,
) -> Vec<Row> {
    let is_unknown = |of: &Role| config.is_none() || role.is_some_and(|role| role != *of);
    let unknown: Vec<Role> = Role::ALL.into_iter().filter(is_unknown).collect();
    let mut rows = rows::rows(&wanted::Wanted::of(config, &unknown), snapshot);
    plan::explain(&mut rows, made, &context.app);
    rows
}

/// The document of these rows.
pub(crate) fn status_document(rows: &[Row]) -> Value {
    shown::document(rows, None)
}
