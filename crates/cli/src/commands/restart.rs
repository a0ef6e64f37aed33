//! `acecast restart`: restarts nodes as the config asks for, and touches no others.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use acecast_config::{Config, Entry};
use acecast_engine::Snapshot;
use acecast_engine::events::By;
use acecast_reconcile::{Action, Plan, Port, Role, StopScope, plan_restart};

use super::change::{Change, may_start, options};
use crate::args::{RestartArgs, StopTarget};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, advice};

pub(super) fn run(context: &Context, args: &RestartArgs) -> Result<Exit, Failure> {
    let scope = StopTarget::scope(&args.targets);
    let config = context.config(None, false)?;
    context.out.problems(&config.problems);
    let desired = config.desired();
    let observe = || {
        let snapshot = context.observe(Some(&config))?;
        require_known(&scope, &config, &snapshot)?;
        Ok(snapshot)
    };
    let mut options = options(&args.waits);
    options.one_by_one = args.one_by_one;
    options.parallel = if args.one_by_one { NonZeroUsize::MIN } else { args.parallel };
    options.ready_timeout = args.ready_timeout;
    let change = Change {
        config: &config,
        waits: &args.waits,
        by: By::Restart,
        options,
        observe: &observe,
        plan: &|snapshot| {
            let plan = plan_restart(&desired, &snapshot.observed, &scope);
            say_what_is_started(context, &plan);
            plan
        },
    };
    if args.waits.dry_run {
        return change.show(context);
    }
    may_start(context, config.sources.is_some())?;
    change.carry_out(context)
}

/// A port on which nothing is wanted and nothing runs is a slip.
fn require_known(scope: &StopScope, config: &Config, snapshot: &Snapshot) -> Result<(), Failure> {
    let StopScope::Ports(ports) = scope else { return Ok(()) };
    let observed = &snapshot.observed;
    let wanted = config.entries().filter_map(Entry::port);
    let running = observed.nodes.iter().map(|node| node.port);
    let known: BTreeSet<Port> =
        wanted.chain(running).chain(observed.unknown.iter().map(|unknown| unknown.port)).collect();
    let Some(port) = ports.iter().find(|port| !known.contains(port)) else { return Ok(()) };
    let lists = match (&config.sources, &config.supports) {
        (Some(_), Some(_)) | (None, None) => "the lists".to_owned(),
        (Some(_), None) => format!("the {} list", Role::Source),
        (None, Some(_)) => format!("the {} list", Role::Support),
    };
    let message = format_args!("port {port} is not in {lists}, and no node runs there; nothing was changed");
    Err(Failure::config("port_not_in_config", message).hint(advice::SEE_STATUS))
}

/// To restart what does not run is to start it, and worth a word.
fn say_what_is_started(context: &Context, plan: &Plan) {
    for decision in &plan.decisions {
        if matches!(&decision.action, Action::Start { after, .. } if after.is_empty()) {
            context.out.note(format_args!("port {} does not run, so it is only started", decision.port));
        }
    }
}
