//! A plan, for people and for programs.

use acecast_config::Problem;
use acecast_reconcile::{Action, Plan};
use serde_json::{Value, json};

use super::style::{self, paint};
use super::{Output, problem_list, schema};

/// The plan's document. `errors` are those of the lists' entries.
pub(crate) fn document(plan: &Plan, errors: &[Problem]) -> Value {
    let mut parts = json!(plan);
    let mut document = schema();
    document.insert("changes".to_owned(), parts["changes"].take());
    document.insert("nodes".to_owned(), parts["nodes"].take());
    document.insert("errors".to_owned(), problem_list(errors.iter().filter(|problem| problem.is_error())));
    document.insert("refused".to_owned(), parts["refused"].take());
    document.into()
}

/// The plan's lines with colours, without the refusal, which is an error.
pub(crate) fn lines(plan: &Plan, out: &Output) -> Vec<String> {
    let mut shown = plan.clone();
    shown.refused = None;
    let shown = shown.to_string();
    let lines = shown.lines().zip(&plan.decisions);
    lines.map(|(line, decision)| paint(style_of(&decision.action), out.clean(line)).to_string()).collect()
}

/// How many changes there are, in words.
pub(crate) fn summary(plan: &Plan) -> String {
    let count = |name: &str| plan.decisions.iter().filter(|decision| decision.action.name() == name).count();
    let words = [("start", "to start"), ("stop", "to stop"), ("restart", "to restart"), ("held", "held")];
    let parts: Vec<String> = words
        .into_iter()
        .filter_map(|(name, words)| Some((count(name), words)).filter(|(count, _)| *count > 0))
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    match (plan.changes(), parts.is_empty()) {
        (0, true) => "nothing to do".to_owned(),
        (0, false) => format!("nothing to do, {}", parts.join(", ")),
        _ => parts.join(", "),
    }
}

fn style_of(action: &Action) -> clap::builder::styling::Style {
    match action {
        Action::Start { .. } => style::GOOD,
        Action::Stop { .. } => style::BAD,
        Action::Restart { .. } => style::ATTENTION,
        Action::Keep { .. } => style::FAINT,
        Action::Held { .. } => style::WARNING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acecast_reconcile::{Decision, HeldReason, Role, StartReason};

    fn plan() -> Plan {
        let decision = |port: u64, action| {
            let mut decision = Decision::new(port.try_into().unwrap(), action);
            decision.role = Some(Role::Source);
            decision.name = Some("ne\u{1b}ws".to_owned());
            decision
        };
        let start =
            Action::Start { reason: StartReason::Missing, new_key: true, after: Vec::new(), needs: None };
        let held = Action::Held {
            reason: HeldReason::PortTaken,
            pid: None,
            detail: "port 8650 is taken by sh".to_owned(),
            drift: Vec::new(),
        };
        [decision(8640, start), decision(8650, held)].into_iter().collect()
    }

    #[test]
    fn the_summary_counts_what_there_is_to_do() {
        assert_eq!(summary(&plan()), "1 to start, 1 held");
        assert_eq!(summary(&Plan::default()), "nothing to do");
        let held = plan().decisions.split_off(1);
        assert_eq!(summary(&held.into_iter().collect()), "nothing to do, 1 held");
    }

    #[test]
    fn the_document_has_the_keys_of_the_contract_in_its_order() {
        assert_eq!(
            document(&plan(), &[]),
            json!({
                "schema": 1,
                "changes": 1,
                "nodes": [
                    {
                        "action": "start", "role": "source", "port": 8640, "name": "ne\u{1b}ws", "pid": null,
                        "reason": "missing", "detail": "", "drift": [], "noted": [], "new_key": true
                    },
                    {
                        "action": "held", "role": "source", "port": 8650, "name": "ne\u{1b}ws", "pid": null,
                        "reason": "port_taken", "detail": "port 8650 is taken by sh", "drift": [], "noted": [],
                        "new_key": false
                    },
                ],
                "errors": [],
                "refused": null
            })
        );
        let text = document(&plan(), &[]).to_string();
        assert!(text.starts_with("{\"schema\":1,\"changes\":1,\"nodes\":"), "{text}");
    }
}
