//! `acecast start`: makes the running nodes match the config.

mod wait;

use std::collections::BTreeSet;

use acecast_engine::apply::Outcome;
use acecast_engine::events::By;
use acecast_reconcile::Port;

use super::change::{Carried, Change, may_start, options};
use crate::args::StartArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn run(context: &Context, args: &StartArgs) -> Result<Exit, Failure> {
    let (config, policy) = super::scope::load(context, &args.scope, args.get_remote_metadata)?;
    let desired = config.desired();
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
        plan: &|snapshot| acecast_reconcile::plan(&desired, &snapshot.observed, &policy),
    };
    if args.waits.dry_run {
        return change.show(context);
    }
    may_start(context, config.sources.is_some())?;
    let carried = change.carry_out(context)?;
    match args.wait {
        Some(patience) if matches!(carried.exit, Exit::Done | Exit::Problem) => {
            let waited = wait::until_they_answer(context, &started(&carried), patience)?;
            Ok(Exit::first([carried.exit, waited]))
        }
        _ => Ok(carried.exit),
    }
}

/// What was started and lives. Nobody starts again what failed or was skipped, so there is nothing to wait for.
fn started(carried: &Carried) -> BTreeSet<Port> {
    let done = carried.plan.decisions.iter().zip(&carried.applied.results);
    done.filter(|(_, result)| matches!(result.outcome, Outcome::Ready | Outcome::Starting))
        .map(|(decision, _)| decision.port)
        .collect()
}
