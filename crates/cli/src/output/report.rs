//! What an apply did, for people and for programs.

use std::time::Duration;

use acecast_config::{Dirs, Problem};
use acecast_engine::apply::{NodeResult, Outcome, Report as Applied};
use acecast_engine::args::{NodePaths, pid_files};
use acecast_reconcile::{Action, Decision, HeldReason, Plan, Role, Unidentified, UnknownReason};
use serde_json::{Map, Value, json};

use super::style::{self, paint};
use super::{Output, counted, plan};
use crate::failure::advice;
use crate::room;

/// A plan and what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report<'a> {
    pub(crate) plan: &'a Plan,
    /// `None` if nothing was tried, because the guard refused.
    pub(crate) applied: Option<&'a Applied>,
    /// Errors of the lists' entries.
    pub(crate) errors: &'a [Problem],
    /// Where the nodes' files are.
    pub(crate) dirs: &'a Dirs,
    /// How long a node may have taken to end.
    pub(crate) stop_timeout: Duration,
}

impl Report<'_> {
    /// The plan's document, with an outcome and an error in every node.
    pub(crate) fn document(&self) -> Value {
        let mut document = plan::document(self.plan, self.errors);
        let results = self.applied.map(|applied| applied.results.as_slice()).unwrap_or_default();
        if let Some(nodes) = document["nodes"].as_array_mut() {
            for (at, node) in nodes.iter_mut().filter_map(Value::as_object_mut).enumerate() {
                add_result(node, results.get(at));
            }
        }
        if let Some(document) = document.as_object_mut() {
            let problems = self.applied.map(|applied| json!(applied.problems)).unwrap_or(json!([]));
            document.insert("problems".to_owned(), problems);
            document.insert("interrupted".to_owned(), json!(self.applied.is_some_and(|a| a.interrupted)));
        }
        document
    }

    /// A line for each node, and more for those that failed. With `quiet`, only for those.
    pub(crate) fn lines(&self, out: &Output) -> Vec<String> {
        let Some(applied) = self.applied else { return plan::lines(self.plan, out) };
        let nodes: Vec<(&Decision, &NodeResult)> = self
            .plan
            .decisions
            .iter()
            .zip(&applied.results)
            .filter(|(_, result)| !out.is_quiet() || !result.outcome.is_good())
            .collect();
        let widths = Widths::of(&nodes, out);
        nodes
            .into_iter()
            .flat_map(|(decision, result)| self.node_lines(decision, result, &widths, out))
            .collect()
    }

    /// How many nodes ended how, in words; the worst first.
    pub(crate) fn summary(&self) -> String {
        let results = self.applied.map(|applied| applied.results.as_slice()).unwrap_or_default();
        let order = [
            Outcome::Failed,
            Outcome::Skipped,
            Outcome::Held,
            Outcome::Killed,
            Outcome::Stopped,
            Outcome::Starting,
            Outcome::Ready,
            Outcome::Kept,
        ];
        let counts =
            counted(&order.map(Outcome::as_str), results.iter().map(|result| result.outcome.as_str()));
        if counts.is_empty() { "nothing to do".to_owned() } else { counts }
    }

    fn node_lines(
        &self,
        decision: &Decision,
        result: &NodeResult,
        widths: &Widths,
        out: &Output,
    ) -> Vec<String> {
        let Widths { outcome: outcome_width, role: role_width, name: name_width } = *widths;
        let NodeResult { outcome, log, notes, .. } = result;
        let line = format!(
            "{}  {:role_width$}  {:>5}  {:name_width$}  {}",
            paint(style_of(*outcome), format_args!("{} {outcome:outcome_width$}", decision.action.sign())),
            role(decision),
            decision.port.get(),
            name(decision, out),
            out.clean(&self.why(decision, result)),
        );
        let whole_log = self.log_of(decision).filter(|_| !log.is_empty());
        let log = out.clean_lines(&log.join("\n"));
        let advice = match outcome {
            Outcome::Held => self.advice(decision),
            _ => result.error.as_deref().and_then(|why| room::hint(why, self.dirs)).map(str::to_owned),
        };
        std::iter::once(line.trim_end().to_owned())
            .chain(log.into_iter().map(|line| format!("    {} {line}", paint(style::FAINT, "|"))))
            .chain(whole_log.map(|path| format!("    log: {}", out.clean(&path))))
            .chain(notes.iter().map(|note| format!("    {}", out.clean(note))))
            .chain(advice.map(|advice| format!("    {} {}", paint(style::HINT, "hint:"), out.clean(&advice))))
            .collect()
    }

    /// What there is to say about how it ended.
    fn why(&self, decision: &Decision, result: &NodeResult) -> String {
        let why = result.error.as_deref().unwrap_or(decision.action.detail());
        match (result.outcome, &decision.action) {
            (Outcome::Killed, _) => {
                format!("did not end within {} s and was killed", self.stop_timeout.as_secs_f32())
            }
            // The sign says what was to be done; where that has not come about, a word is clearer.
            (Outcome::Failed | Outcome::Skipped, action) => format!("{}: {why}", action.name()),
            // Whoever forgot to restore the old one must hear of it while that is still easy to mend.
            (_, action) if action.new_key() => "new key".to_owned(),
            _ => why.to_owned(),
        }
    }

    fn log_of(&self, decision: &Decision) -> Option<String> {
        let path = NodePaths::new(self.dirs, decision.role?, decision.port).log();
        Some(path.to_string_lossy().into_owned())
    }

    /// What to do about a held node, where its detail does not say so.
    fn advice(&self, decision: &Decision) -> Option<String> {
        let Action::Held { reason, detail, .. } = &decision.action else { return None };
        let advice = match reason {
            HeldReason::PortTaken => "end the program that uses the port, or give the node another port",
            // Its pid file is right: without it, another node would be started beside this one.
            HeldReason::PidUnknown if *detail == UnknownReason::Hidden.to_string() => advice::AS_OWNER,
            HeldReason::PidUnknown => return self.look_at_pid_files(decision),
            HeldReason::NodeUnidentified if is_newer(detail) => {
                "update this acecast; the node keeps running meanwhile"
            }
            HeldReason::NodeUnidentified => {
                return Some(format!(
                    "stop it with `acecast stop {}`; the next start matches the config",
                    decision.port
                ));
            }
            HeldReason::PortContested => {
                return Some(format!("stop them with `acecast stop {}`, then start again", decision.port));
            }
            HeldReason::ConfigEntryWrong => {
                if let Some(key) = engine_at_fault(self.errors, detail) {
                    if detail.contains("is not set") {
                        return Some(format!("set {key} in the app config"));
                    }
                    return Some(format!("correct {key} in the app config, or install the engine there"));
                }
                "correct the list; `acecast check` shows what is wrong with it"
            }
            HeldReason::ConfigIncomplete => "correct the list; `acecast check` shows what is wrong with it",
            // `restart` holds, too, what it was not asked for, and says so in its own words.
            HeldReason::RestartNotInScope | HeldReason::StopNotInScope if detail.contains("--port") => {
                "run the command without --port"
            }
            HeldReason::OtherRealm => {
                "stop that engine where it belongs, or give the node another port or folder"
            }
            _ => return None,
        };
        Some(advice.to_owned())
    }

    fn look_at_pid_files(&self, decision: &Decision) -> Option<String> {
        let files = pid_files(self.dirs, decision.port);
        let there: Vec<String> = files
            .iter()
            .filter(|file| file.symlink_metadata().is_ok())
            .map(|file| file.display().to_string())
            .collect();
        let it = if there.len() == 1 { "it" } else { "them" };
        let there = (!there.is_empty()).then(|| there.join(" and "))?;
        Some(format!("look at {there}; if no node runs there, remove {it}"))
    }
}

/// The node was started by an acecast that writes down more than this one can read.
fn is_newer(detail: &str) -> bool {
    let newer = Unidentified::NewerSpec(0).to_string();
    newer.split('(').next().is_some_and(|newer| detail.starts_with(newer))
}

/// The key of the app config that is at fault for a node, rather than the node's entry: the detail names it.
pub(crate) fn engine_at_fault<'p>(problems: &'p [Problem], detail: &str) -> Option<&'p str> {
    let keys = problems.iter().map(|problem| problem.path.as_str());
    keys.filter(|key| key.starts_with("engine_path.")).find(|key| detail.ends_with(&format!("({key})")))
}

fn add_result(node: &mut Map<String, Value>, result: Option<&NodeResult>) {
    let outcome = result.map(|result| result.outcome.as_str());
    let (log, notes) = result.map(|result| (result.log.clone(), result.notes.clone())).unwrap_or_default();
    node.insert("outcome".to_owned(), json!(outcome));
    node.insert("error".to_owned(), json!(result.and_then(|result| result.error.as_deref())));
    node.insert("log".to_owned(), json!(log));
    node.insert("notes".to_owned(), json!(notes));
}

/// How wide the columns are.
struct Widths {
    outcome: usize,
    role: usize,
    name: usize,
}

impl Widths {
    fn of(nodes: &[(&Decision, &NodeResult)], out: &Output) -> Self {
        let most = |width: &dyn Fn(&Decision, &NodeResult) -> usize| {
            nodes.iter().map(|(decision, result)| width(decision, result)).max().unwrap_or_default()
        };
        Widths {
            outcome: most(&|_, result| result.outcome.as_str().len()),
            role: most(&|decision, _| role(decision).len()),
            name: most(&|decision, _| name(decision, out).chars().count()).min(24),
        }
    }
}

fn role(decision: &Decision) -> &'static str {
    decision.role.map_or("?", Role::as_str)
}

fn name(decision: &Decision, out: &Output) -> String {
    out.clean(decision.name.as_deref().unwrap_or("?"))
}

fn style_of(outcome: Outcome) -> clap::builder::styling::Style {
    match outcome {
        Outcome::Ready | Outcome::Stopped => style::GOOD,
        Outcome::Starting | Outcome::Killed => style::ATTENTION,
        Outcome::Kept => style::FAINT,
        Outcome::Held | Outcome::Skipped => style::WARNING,
        _ => style::ERROR,
    }
}

#[cfg(test)]
mod tests;
