//! `acecast start`: makes the running nodes match the config.

mod wait;

use acecast_engine::events::By;

use super::change::{Change, may_start, options};
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
    change.carry_out_then(context, |carried| match args.wait {
        Some(patience) if matches!(carried.exit, Exit::Done | Exit::Problem) => {
            Exit::first([carried.exit, wait::until_they_answer(context, &config, carried, patience)])
        }
        _ => carried.exit,
    })
}
