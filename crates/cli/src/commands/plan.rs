//! `acecast plan`: what `start` would do, and what it would stumble over.

mod host;
mod unfinished;

use std::time::Duration;

use acecast_config::{Config, Problem};
use acecast_engine::apply::Options;
use acecast_reconcile::{Plan, Refusal};

use crate::args::PlanArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{plan as shown, problem_list};

pub(super) fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    // That nothing was changed need not be said of a command that changes nothing.
    let (config, policy) = super::scope::load(context, &args.scope, args.get_remote_metadata)
        .map_err(|failure| Failure { unchanged: false, ..failure })?;
    let snapshot = context.observe(Some(&config))?;
    let mut plan = acecast_reconcile::plan(&config.desired(), &snapshot.observed, &policy);
    super::status::name_sources(&mut plan, &snapshot, &config);
    let exit = show(context, &plan, &config, Some(Options::new(0).stop_timeout));
    let pending = args.detailed_exitcode && plan.changes() > 0;
    Ok(Exit::first([exit, if pending { Exit::Pending } else { Exit::Done }]))
}

/// Shows a plan that is not carried out. What starts nodes comes with how long a node may take to end; a stop, which may
/// do more and does not care for what others were stopping, with none.
pub(super) fn show(context: &Context, plan: &Plan, config: &Config, starts: Option<Duration>) -> Exit {
    let (out, problems) = (&context.out, &config.problems);
    super::hidden::warn(context);
    let mut stumbles = host::warnings(plan, config, starts.is_some());
    stumbles.extend(starts.and_then(|stop_timeout| unfinished::warning(&config.app, stop_timeout)));
    out.problems(&stumbles);
    if out.is_json() {
        let mut document = shown::document(plan, problems);
        let warnings = problems.iter().filter(|problem| !problem.is_error()).chain(&stumbles);
        document["warnings"] = problem_list(warnings);
        out.document(document);
    } else {
        out.lines(shown::lines(plan, out));
        if !out.is_quiet() {
            out.lines([shown::summary(plan)]);
        }
    }
    let refused = plan.refused.as_ref().map(|refusal| refuse(context, refusal, ""));
    let entry_wrong = problems.iter().any(Problem::is_error);
    Exit::first(refused.into_iter().chain([Exit::problem_if(plan.has_held() || entry_wrong)]))
}

/// Says why the guard refuses, and what follows from that.
pub(super) fn refuse(context: &Context, refusal: &Refusal, and: &str) -> Exit {
    context.out.error(&anyhow::Error::msg(format!("refused: {refusal}{and}")), None);
    Exit::Refused
}
