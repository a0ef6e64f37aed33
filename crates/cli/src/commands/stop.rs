//! `acecast stop`: ends nodes, whatever the lists say. It reads none of them, so it works without a controller.

use acecast_config::Config;
use acecast_engine::events::By;
use acecast_engine::files::create_dir_all;
use acecast_reconcile::{Action, Plan, StopScope, plan_stop};

use super::change::{Change, options};
use super::{at_work, hidden};
use crate::args::{StopArgs, StopTarget};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

pub(super) fn run(context: &Context, args: &StopArgs) -> Result<Exit, Failure> {
    let scope = StopTarget::scope(&args.targets);
    let config = Config::new(context.app.clone());
    let plan = |observed: &acecast_reconcile::Observed| {
        let plan = plan_stop(observed, &scope);
        say_what_does_not_run(context, &scope, &plan);
        say_who_starts_them_again(context, &plan);
        plan
    };
    let change = Change {
        config: &config,
        waits: &args.waits,
        by: By::Stop,
        options: options(&args.waits),
        observe: &|| context.observe(None),
        plan: &|snapshot| plan(&snapshot.observed),
    };
    if args.waits.dry_run {
        return change.show(context);
    }
    hidden::refuse()?;
    // Where nothing was ever started, there is nothing to lock and nothing to stop. Where the folder was removed under
    // nodes that run, they are known for what they are once it is there again.
    let dirs = &context.app.dirs;
    if dirs.all().into_iter().all(|(_, dir)| dir.try_exists().is_ok_and(|exists| !exists)) {
        return change.done_already(context);
    }
    create_dir_all(&dirs.pid).map_err(Failure::pid_dir)?;
    change.carry_out(context)
}

/// A port on which nothing runs is done, and worth a word.
fn say_what_does_not_run(context: &Context, scope: &StopScope, plan: &Plan) {
    let StopScope::Ports(ports) = scope else { return };
    for port in ports.iter().filter(|port| plan.decisions.iter().all(|decision| decision.port != **port)) {
        context.out.note(format_args!("no node of this pid dir runs on port {port}"));
    }
}

/// What is stopped beside a run comes back in a second, and whoever stops it should not have to find that out.
fn say_who_starts_them_again(context: &Context, plan: &Plan) {
    let stops = plan.decisions.iter().any(|decision| matches!(decision.action, Action::Stop { .. }));
    if context.out.is_quiet() || !stops || !at_work::is_run_at_work(&context.app.dirs.pid) {
        return;
    }
    context.out.warning("`acecast run` is at work on this pid dir: what its lists name, it will start again");
    context.out.hint(
        "to keep a node down, take it out of the list; to end all, end the run first: `systemctl stop acecast`",
    );
}
