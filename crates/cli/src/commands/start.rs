//! `acecast start`: makes the running nodes match the config.

use acecast_engine::events::By;
use acecast_engine::files::{create_dir_all, refuse_foreign_owner};

use super::change::{Change, Starts, refuse_if_hidden};
use crate::args::StartArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn run(context: &Context, args: &StartArgs) -> Result<Exit, Failure> {
    let (config, policy) = super::scope::load(context, &args.scope, args.get_remote_metadata)?;
    let desired = config.desired();
    let change = Change {
        config: &config,
        waits: &args.waits,
        by: By::Start,
        starts: Starts {
            parallel: args.parallel.min(context.open_files.starts),
            ready_timeout: args.ready_timeout,
            force_transport_files: args.force_creating_transport_files,
            clear_logs: args.clear_logs_on_start,
        },
        observe: &|| context.observe(Some(&config)),
        plan: &|snapshot| acecast_reconcile::plan(&desired, &snapshot.observed, &policy),
    };
    if args.waits.dry_run {
        return change.show(context);
    }
    refuse_if_hidden()?;
    if config.sources.is_some() {
        refuse_foreign_owner(&context.app.dirs.metadata).map_err(Failure::failed)?;
    }
    create_dir_all(&context.app.dirs.pid).map_err(Failure::failed)?;
    change.carry_out(context)
}
