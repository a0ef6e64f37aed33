//! `acecast status`: every node, configured or running, and how it is.

mod rows;
mod shown;
mod wanted;

use acecast_config::Ask;
use acecast_engine::process::others_are_hidden;

use crate::context::{Context, list_failure};
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let lists = context.lists(Ask { source: true, support: true, get_metadata: false })?;
    let snapshot = context.observe(None)?;
    if others_are_hidden() {
        out.warning("/proc hides other users' processes, so nodes may have been missed; run as root");
    }
    let wanted = wanted::Wanted::of(&lists);
    let rows = rows::rows(&wanted, &snapshot);
    if out.is_json() {
        let errors = lists.errors().flat_map(acecast_config::LoadError::problems).collect::<Vec<_>>();
        out.document(shown::document(&rows, wanted.is_incomplete().then_some(&errors)));
    } else {
        shown::print(&rows, out);
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
