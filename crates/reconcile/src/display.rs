//! The text of a plan: what people read and what planner tests compare.

use std::fmt;

use crate::escape;
use crate::plan::{Action, Decision, Plan};
use crate::reason::{HeldReason, KeepReason, Refusal, RestartReason, StartReason, StopReason};

/// Names longer than this push their own line's text to the right instead of everybody's.
const NAME_WIDTH: usize = 24;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { decisions, refused } = self;
        let width = |text: fn(&Decision) -> usize| decisions.iter().map(text).max().unwrap_or_default();
        let action = width(|d| d.action.name().len());
        let role = width(|d| role(d).len());
        let port = width(|d| d.port.to_string().len());
        let name = width(|d| name(d).chars().count()).min(NAME_WIDTH);
        for decision in decisions {
            let line = format!(
                "{} {:action$}  {:role$}  {:port$}  {:name$}  {}",
                decision.action.sign(),
                decision.action.name(),
                self::role(decision),
                decision.port.get(),
                self::name(decision),
                reason(&decision.action),
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        match refused {
            Some(refusal) => writeln!(f, "refused: {refusal}"),
            None => Ok(()),
        }
    }
}

fn role(decision: &Decision) -> &'static str {
    decision.role.map_or("?", crate::Role::as_str)
}

fn name(decision: &Decision) -> String {
    decision.name.as_deref().map_or_else(|| "?".to_owned(), |name| escape(name).into_owned())
}

/// Everything behind the name: why, and what exactly.
fn reason(action: &Action) -> String {
    let mut parts: Vec<String> = Vec::new();
    match action {
        Action::Start { reason, new_key, .. } => {
            parts.push(reason.to_string());
            parts.extend(new_key.then(|| "new key".to_owned()));
        }
        Action::Stop { reason, .. } => parts.push(reason.to_string()),
        Action::Restart { reason, drift, new_key, .. } => {
            match reason {
                RestartReason::Drift => parts.extend(drift.iter().map(ToString::to_string)),
                RestartReason::Requested | RestartReason::Stalled => parts.push(reason.to_string()),
            }
            parts.extend(new_key.then(|| "new key".to_owned()));
        }
        Action::Keep { reason: KeepReason::InSync, detail, .. } => {
            parts.extend(detail.as_deref().map(|detail| escape(detail).into_owned()));
        }
        Action::Held { reason, detail, drift, .. } => {
            parts.push(if detail.is_empty() { reason.to_string() } else { escape(detail).into_owned() });
            parts.extend(drift.iter().map(ToString::to_string));
        }
    }
    // A restart is the next start.
    let used = if matches!(action, Action::Keep { .. }) { ", used at the next start" } else { "" };
    parts.extend(action.noted().iter().map(|noted| format!("{} has a new query{used}", noted.field)));
    parts.join(", ")
}

impl Action {
    /// The sign that begins a plan's line.
    pub fn sign(&self) -> char {
        match self {
            Action::Start { .. } => '+',
            Action::Stop { .. } => '-',
            Action::Restart { .. } => '~',
            Action::Keep { .. } => '=',
            Action::Held { .. } => '!',
        }
    }
}

impl fmt::Display for StartReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartReason::Missing => f.write_str("missing"),
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StopReason::NotInConfig => "not in config",
            StopReason::Duplicate => "duplicate",
            StopReason::Moved => "moved to another port",
            StopReason::Requested => "requested",
        })
    }
}

impl fmt::Display for RestartReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RestartReason::Drift => "differs from the config",
            RestartReason::Requested => "restart requested",
            RestartReason::Stalled => "stalled",
        })
    }
}

impl fmt::Display for HeldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code().replace('_', " "))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allow = "if that is meant, use --allow-mass-stop";
        match self {
            Refusal::EmptyList { role, stops } => {
                let nodes = if *stops == 1 { "node" } else { "nodes" };
                write!(
                    f,
                    "the {role} list is empty and {stops} running {role} {nodes} would be stopped; {allow}"
                )
            }
            Refusal::MassStop { role, stops, running } => write!(
                f,
                "{stops} of {running} running {role} nodes are not in the config and would be stopped; {allow}"
            ),
        }
    }
}
