//! `acecast explain`: everything about one node, for whoever is asked about it.
//!
//! It gathers what other commands show of all nodes, and what only this one shows: the options that a node has and would
//! be started with, and where its files are. Whatever is shown passes the redactor; what is secret is masked before.

mod document;
mod facts;
mod files;
mod options;
mod running;
mod text;

use acecast_config::{Ask, LoadError};

use crate::args::ExplainArgs;
use crate::context::{Context, list_failure};
use crate::exit::Exit;
use crate::failure::{Failure, advice};

use facts::Facts;

pub(super) fn run(context: &Context, args: &ExplainArgs) -> Result<Exit, Failure> {
    let out = &context.out;
    let lists = context.lists(Ask::both())?;
    let config = lists.partial_config(context.app.clone());
    let snapshot = context.observe(Some(&config))?;
    super::hidden::warn(context);
    let facts = Facts::gather(context, &config, &lists, &snapshot, args.port);
    let incomplete = lists.errors().next().is_some();
    if !facts.is_known() {
        if incomplete {
            return Err(list_failure(lists));
        }
        let port = args.port;
        let where_not = if lists.sources.is_none() && lists.supports.is_none() {
            format!("no list of nodes is set in the app config, and no node runs on port {port}")
        } else {
            format!("port {port} is not in the lists, and no node runs there")
        };
        return Err(Failure::config("port_not_in_config", where_not).hint(advice::SEE_STATUS));
    }
    if out.is_json() {
        let errors: Vec<_> = lists.errors().flat_map(LoadError::problems).collect();
        out.document(document::document(&facts, incomplete.then_some(&errors)));
    } else {
        out.lines(text::lines(&facts, out));
    }
    let is_held = facts.plan.has_held() || facts.wrong.is_some();
    let failed = incomplete.then(|| {
        let failure = list_failure(lists);
        out.why(&failure);
        failure.exit
    });
    Ok(Exit::first(failed.into_iter().chain([Exit::problem_if(is_held)])))
}
