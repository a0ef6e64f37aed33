//! What acecast did to nodes, for the log of events that `acecast events` shows.

use acecast_engine::apply::{NodeResult, Outcome, Report};
use acecast_engine::events::{By, Event, EventLog, What};
use acecast_engine::metadata::Restored;
use acecast_reconcile::{Action, Decision, Plan, Port, Role};

use crate::context::Context;
use crate::last_words;
use crate::output::{Output, chained};

/// What an apply did, decision by decision. What is kept is no event.
pub(crate) fn of_apply(out: &Output, plan: &Plan, report: &Report, by: By) -> Vec<Event> {
    let results = plan.decisions.iter().zip(&report.results);
    let both = |(decision, result)| {
        let restored = of_restore(out, decision, result, by);
        restored.into_iter().chain(of_decision(out, decision, result, by))
    };
    results.flat_map(both).collect()
}

/// What of a stream was restored before its node was started, however that ended.
fn of_restore(out: &Output, decision: &Decision, result: &NodeResult, by: By) -> Option<Event> {
    let name = decision.name.as_deref()?;
    restored(out, name, Some(decision.port), &result.restored, by)
}

/// What of a stream was restored, and where the files that were there are kept now; none if there was nothing to do.
pub(crate) fn restored(
    out: &Output,
    uid: &str,
    port: Option<Port>,
    files: &[Restored],
    by: By,
) -> Option<Event> {
    if files.is_empty() {
        return None;
    }
    let files: Vec<String> = files.iter().map(ToString::to_string).collect();
    let mut event = Event::now(What::Restore, by).with_detail(out.clean(&files.join("; ")));
    (event.port, event.role) = (port, Some(Role::Source));
    event.name = Some(out.clean(uid));
    let reason = if by == By::RestoreMetadata { "requested" } else { "in_config" };
    (event.reason, event.outcome) = (Some(reason.to_owned()), Some("restored".to_owned()));
    Some(event)
}

fn of_decision(out: &Output, decision: &Decision, result: &NodeResult, by: By) -> Option<Event> {
    let what = match &decision.action {
        Action::Start { .. } => What::Start,
        Action::Stop { .. } => What::Stop,
        Action::Restart { .. } => What::Restart,
        Action::Held { .. } => What::Held,
        Action::Keep { .. } => return None,
    };
    let detail = match (result.outcome, result.error.as_deref()) {
        (_, Some(error)) => Some(with_log(error, &result.log)),
        (Outcome::Held, None) => Some(decision.action.detail().to_owned()),
        // The notes tell where a damaged key is kept now.
        _ if decision.action.new_key() => Some(
            std::iter::once("new key")
                .chain(result.notes.iter().map(String::as_str))
                .collect::<Vec<_>>()
                .join("; "),
        ),
        _ => drift(decision),
    };
    let mut event = Event::now(what, by);
    event.port = Some(decision.port);
    event.role = decision.role;
    event.name = decision.name.as_deref().map(|name| out.clean(name));
    // Of a restart it is the node that was; the new one is found by its port.
    event.pid = decision.pid().or(result.pid);
    event.reason = Some(decision.action.reason_code().to_owned());
    event.outcome = Some(result.outcome.as_str().to_owned());
    event.detail = detail.map(|detail| out.clean(&detail));
    Some(event)
}

/// The reason of a failure, with the last thing that the node wrote.
fn with_log(error: &str, log: &[String]) -> String {
    match log.last() {
        Some(last) => format!("{error}; {}", last_words::said(last)),
        None => error.to_owned(),
    }
}

/// The fields that were the reason for a restart.
fn drift(decision: &Decision) -> Option<String> {
    let fields: Vec<&str> = decision.action.drift().iter().map(|drift| drift.field.key()).collect();
    (!fields.is_empty()).then(|| fields.join(", "))
}

/// Adds the events to the log. That it could not be written is no reason to fail; true if it was.
pub(crate) fn write(context: &Context, events: &[Event]) -> bool {
    if events.is_empty() {
        return true;
    }
    let written = EventLog::new(&context.app.dirs.state).append(events);
    if let Err(error) = &written {
        context.out.warning(&format!("cannot write the events: {}", chained(error)));
    }
    written.is_ok()
}
