//! `acecast monitor`: the status of each running node, one POST a node.
//!
//! A server that is slow or down costs one deadline in all, and no node's report waits for another's.

mod reports;
mod shown;

use std::num::NonZeroUsize;
use std::time::Instant;

use acecast_config::Ask;
use acecast_engine::sweep::side_by_side;
use acecast_reconcile::Role;
use acecast_telemetry::{AtOnce, Post, Receiver};

use crate::args::MonitorArgs;
use crate::context::{Context, list_failure};
use crate::exit::Exit;
use crate::failure::Failure;
use reports::{NodeReport, What};
use shown::{Delivery, Outcome};

const KEY: &str = "controller.monitor";

pub(super) fn run(context: &Context, args: &MonitorArgs) -> Result<Exit, Failure> {
    let to = super::sending::receiver(context.app.controller.monitor.as_ref(), KEY)?;
    let remote = context.remote()?;
    let snapshot = context.observe(None)?;
    super::change::warn_if_hidden(context);
    let mut reports = reports::running(&snapshot, args.node_type);
    let mut all_known = true;
    if args.report_silent {
        let ask = |role| args.node_type.is_none_or(|asked| asked == role);
        let (source, support) = (ask(Role::Source), ask(Role::Support));
        let lists = context.lists(Ask { source, support, get_metadata: false })?;
        reports.extend(reports::down(&lists, &reports));
        // What runs is reported all the same.
        if lists.errors().next().is_some() {
            all_known = false;
            context.out.why(&list_failure(lists));
            context.out.warning("nodes that are down are not reported where their list cannot be had");
        }
    }
    reports.sort_by_key(|report| (report.role, report.port));
    let deadline = Instant::now() + args.send.timeout;
    let deliveries = send_all(context, remote, &to, &reports, args.report_silent, deadline);
    shown::show(&context.out, &deliveries);
    let all_sent = deliveries.iter().all(|delivery| delivery.outcome.is_good());
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
        let body = match &report.what {
            What::Status(_) => report.document(),
            What::Silence { .. } if report_silent => report.document(),
            What::Silence { error, starting } => {
                let outcome = if *starting { Outcome::Starting } else { Outcome::Silent };
                return Delivery::unsent(report, outcome, error.clone());
            }
        };
        let body = match body {
            Ok(body) => body,
            Err(error) => return Delivery::unsent(report, Outcome::Failed, error.to_string()),
        };
        Delivery::of(report, super::sending::deliver(context, &post, to, body.as_bytes(), deadline))
    })
}
