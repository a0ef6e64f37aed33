//! `acecast start`: makes the running nodes match the config.

mod wait;

use std::cell::RefCell;
use std::collections::BTreeSet;

use acecast_engine::events::By;
use acecast_reconcile::{Action, Port};

use super::change::{Change, may_start, options};
use crate::args::StartArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn run(context: &Context, args: &StartArgs) -> Result<Exit, Failure> {
    let (config, policy) = super::scope::load(context, &args.scope, args.get_remote_metadata)?;
    let desired = config.desired();
    let started: RefCell<BTreeSet<Port>> = RefCell::default();
    let mut options = options(&args.waits);
    options.parallel = args.parallel;
    options.ready_timeout = args.ready_timeout;
    options.force_transport_files = args.force_creating_transport_files;
    options.clear_logs = args.clear_logs_on_start;
    let change = Change {
        config: &config,
        waits: &args.waits,
        by: By::Start,
        options,
        observe: &|| context.observe(Some(&config)),
        plan: &|snapshot| {
            let plan = acecast_reconcile::plan(&desired, &snapshot.observed, &policy);
            let starts = plan
                .decisions
                .iter()
                .filter(|decision| matches!(decision.action, Action::Start { .. } | Action::Restart { .. }));
            started.replace(starts.map(|decision| decision.port).collect());
            plan
        },
    };
    if args.waits.dry_run {
        return change.show(context);
    }
    may_start(context, config.sources.is_some())?;
    let exit = change.carry_out(context)?;
    match args.wait {
        Some(patience) if matches!(exit, Exit::Done | Exit::Problem) => {
            let waited = wait::until_they_answer(context, &started.into_inner(), patience)?;
            Ok(Exit::first([exit, waited]))
        }
        _ => Ok(exit),
    }
}
