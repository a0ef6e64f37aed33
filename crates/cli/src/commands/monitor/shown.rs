//! What became of the reports, for people and for programs.

use acecast_config::Problem;
use acecast_reconcile::{Port, Role};
use acecast_telemetry::{Failure, Receiver, SendError, Sent};
use serde_json::{Value, json};

use super::reports::{NodeReport, What};
use crate::commands::sending::is_untrusted;
use crate::failure::advice;
use crate::output::{Output, counted, paint, problem_list, schema, style};

/// What became of one report.
#[derive(Debug)]
pub(super) struct Delivery {
    role: Option<Role>,
    port: Port,
    name: Option<String>,
    pub(super) outcome: Outcome,
    /// The server's status code.
    status: Option<u16>,
    attempts: u32,
    error: Option<String>,
    /// The server's certificate was not accepted.
    is_untrusted: bool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server has the node's status.
    Sent,
    /// The server was told that the node does not answer.
    Reported,
    /// The server did not take it.
    Failed,
    /// The node does not answer, so there was nothing to send.
    Silent,
    /// The node is young and does not answer yet.
    Starting,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::Sent => "sent",
            Outcome::Reported => "reported",
            Outcome::Failed => "failed",
            Outcome::Silent => "silent",
            Outcome::Starting => "starting",
        }
    }

    /// Nothing that there was to send is missing at the server.
    pub(super) fn is_good(self) -> bool {
        !matches!(self, Outcome::Failed | Outcome::Silent)
    }
}

impl Delivery {
    pub(super) fn unsent(report: &NodeReport, outcome: Outcome, error: String) -> Self {
        let NodeReport { role, port, name, what: _ } = report;
        let (role, port, name) = (*role, *port, name.clone());
        Delivery {
            role,
            port,
            name,
            outcome,
            status: None,
            attempts: 0,
            error: Some(error),
            is_untrusted: false,
        }
    }

    /// Port and cause, if the server was not told what there was to tell.
    pub(super) fn failure(&self) -> Option<String> {
        let Delivery { port, outcome, error, .. } = self;
        (!outcome.is_good()).then(|| format!("port {port}: {}", error.as_deref().unwrap_or("not sent")))
    }

    pub(super) fn of(report: &NodeReport, to: &Receiver, sent: Result<Sent, SendError>) -> Self {
        let (outcome, silence) = match &report.what {
            What::Status(_) => (Outcome::Sent, None),
            What::Silence { error, .. } => (Outcome::Reported, Some(error.clone())),
        };
        let delivery = Delivery::unsent(report, outcome, String::new());
        match sent {
            Ok(sent) => {
                let (status, attempts) = (Some(sent.status), sent.attempts);
                Delivery { status, attempts, error: silence, ..delivery }
            }
            Err(error) => Delivery {
                outcome: Outcome::Failed,
                status: match error.last {
                    Failure::Status { status, .. } => Some(status),
                    _ => None,
                },
                attempts: error.attempts,
                is_untrusted: is_untrusted(&error),
                // Not the node's failure, as it would otherwise read.
                error: Some(format!("{to}: {error}")),
                ..delivery
            },
        }
    }
}

/// What was to be reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Only nodes of this role.
    pub(super) role: Option<Role>,
    /// On so many ports, what runs is hidden from this user.
    pub(super) hidden: usize,
}

/// Shows what became of the reports of this role, or of all. `errors` are those of lists that could not be read.
pub(super) fn show(
    out: &Output,
    to: &Receiver,
    deliveries: &[Delivery],
    asked: &Asked,
    errors: Option<&[Problem]>,
) {
    if asked.hidden > 0 {
        // Also where only failures are to be said: nobody else will tell the server.
        let ports = match asked.hidden {
            1 => "of 1 port, as its process belongs to another user or is hidden from this one".to_owned(),
            n => {
                format!("of {n} ports, as their processes belong to another user or are hidden from this one")
            }
        };
        out.alarm(&format!("nothing was sent {ports}: see `acecast status`"));
        out.hint(advice::AS_OWNER);
    }
    if out.is_json() {
        let nodes: Vec<Value> = deliveries.iter().map(document).collect();
        let mut document = schema();
        document.insert("nodes".to_owned(), nodes.into());
        if let Some(errors) = errors {
            document.insert("errors".to_owned(), problem_list(errors));
        }
        return out.document(document.into());
    }
    let shown = deliveries.iter().filter(|delivery| !out.is_quiet() || !delivery.outcome.is_good());
    let width = deliveries.iter().map(|delivery| name(delivery, out).chars().count()).max();
    let width = width.unwrap_or_default().min(24);
    out.lines(shown.map(|delivery| {
        let Delivery { role, port, outcome, error, .. } = delivery;
        let outcome = paint(style_of(*outcome), format!("{:8}", outcome.as_str()));
        let error = out.clean(error.as_deref().unwrap_or_default());
        let role = role.map_or("?", Role::as_str);
        let line = format!("{outcome}  {role:7}  {:>5}  {:width$}  {error}", port.get(), name(delivery, out));
        line.trim_end().to_owned()
    }));
    if deliveries.iter().any(|delivery| delivery.is_untrusted) {
        out.hint(advice::TRUST);
    }
    out.note(summary(out, to, deliveries, asked));
}

fn document(delivery: &Delivery) -> Value {
    let Delivery { role, port, name, outcome, status, attempts, error, is_untrusted: _ } = delivery;
    json!({
        "port": port.get(), "role": role.map(Role::as_str), "name": name, "outcome": outcome.as_str(), "status": status,
        "attempts": attempts, "error": error,
    })
}

fn name(delivery: &Delivery, out: &Output) -> String {
    out.clean(delivery.name.as_deref().unwrap_or("?"))
}

fn style_of(outcome: Outcome) -> clap::builder::styling::Style {
    match outcome {
        Outcome::Sent => style::GOOD,
        Outcome::Reported | Outcome::Starting => style::ATTENTION,
        Outcome::Failed | Outcome::Silent => style::ERROR,
    }
}

/// How many reports ended how, the worst first.
fn summary(out: &Output, to: &Receiver, deliveries: &[Delivery], asked: &Asked) -> String {
    if deliveries.is_empty() {
        let node = asked.role.map_or("node".to_owned(), |role| format!("{role} node"));
        let seen = if asked.hidden > 0 { " that this user can see" } else { "" };
        return format!("no {node} runs{seen}");
    }
    let order = [Outcome::Failed, Outcome::Silent, Outcome::Reported, Outcome::Starting, Outcome::Sent];
    let outcomes = deliveries.iter().map(|delivery| delivery.outcome.as_str());
    format!("{} (to {})", counted(&order.map(Outcome::as_str), outcomes), out.clean(&to.to_string()))
}
