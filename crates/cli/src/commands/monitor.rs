//! `acecast monitor`: the status of each running node, one POST a node.
//!
//! A server that is slow or down costs one deadline in all, and no node's report waits for another's.

mod reports;
mod shown;
mod wanted;

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use acecast_engine::side_by_side;
use acecast_reconcile::Role;
use acecast_telemetry::{AtOnce, Post, Receiver};

use crate::args::MonitorArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use reports::{NodeReport, What};
use shown::{Asked, Delivery, Outcome};

pub(crate) use reports::node_type;

const KEY: &str = "controller.monitor";

/// Sends what runs once, without a word; what was not delivered, port by port, with its cause. A node that does not
/// answer is no failure of the sending: it is seen to elsewhere.
pub(crate) fn monitor_once(
    context: &Context,
    role: Option<Role>,
    timeout: Duration,
) -> Result<Vec<String>, Failure> {
    let to = super::sending::receiver(context.app.controller.monitor.as_ref(), KEY)?;
    let remote = context.remote()?;
    let reports = reports::running(&context.observe(None)?, role);
    let deliveries = send_all(context, remote, &to, &reports, false, Instant::now() + timeout);
    let heard = deliveries.iter().filter(|delivery| delivery.outcome != Outcome::Silent);
    Ok(heard.filter_map(Delivery::failure).collect())
}

pub(super) fn run(context: &Context, args: &MonitorArgs) -> Result<Exit, Failure> {
    let to = super::sending::receiver(context.app.controller.monitor.as_ref(), KEY)?;
    let remote = context.remote()?;
    let snapshot = context.observe(None)?;
    super::hidden::warn(context);
    let mut reports = reports::running(&snapshot, args.node_type);
    let wanted = args.report_silent.then(|| wanted::read(context, args.node_type)).transpose()?;
    if let Some(wanted) = &wanted {
        reports.extend(reports::down(&wanted.nodes, &snapshot));
    }
    reports.sort_by_key(|report| (report.role.is_none(), report.role, report.port));
    let deadline = Instant::now() + args.send.timeout;
    let deliveries = send_all(context, remote, &to, &reports, args.report_silent, deadline);
    let errors = wanted.as_ref().and_then(|wanted| wanted.errors.as_deref());
    let hidden = reports::hidden(&snapshot, &reports);
    shown::show(&context.out, &to, &deliveries, &Asked { role: args.node_type, hidden }, errors);
    let all_sent = deliveries.iter().all(|delivery| delivery.outcome.is_good());
    let all_known = wanted.is_none_or(|wanted| wanted.is_whole) && hidden == 0;
    Ok(Exit::problem_if(!all_sent || !all_known))
}

/// Sends every report that there is something to send of, side by side.
fn send_all(
    context: &Context,
    post: &dyn Post,
    to: &Receiver,
    reports: &[NodeReport],
    report_silent: bool,
    deadline: Instant,
) -> Vec<Delivery> {
    let post = AtOnce::new(post, AtOnce::PER_SERVER);
    let at_once = NonZeroUsize::new(reports.len()).unwrap_or(NonZeroUsize::MIN);
    side_by_side(reports, at_once.min(context.open_files.requests), |report| {
        if let What::Silence { error, starting } = &report.what
            && !report_silent
        {
            let outcome = if *starting { Outcome::Starting } else { Outcome::Silent };
            return Delivery::unsent(report, outcome, error.clone());
        }
        // What a node answers instead of its status may hold anything.
        match report.document(&|text| context.out.clean(text)) {
            Ok(body) => {
                let sent = super::sending::deliver(context, &post, to, body.as_bytes(), deadline);
                Delivery::of(report, to, sent)
            }
            Err(error) => Delivery::unsent(report, Outcome::Failed, format!("nothing to send: {error}")),
        }
    })
}
