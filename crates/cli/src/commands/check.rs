//! `acecast check`: everything that is wrong with the config, all at once.

use acecast_config::{Ask, Lists, Problem, Severity};
use serde_json::{Value, json};

use crate::args::CheckArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, problem_list, schema};

pub(super) fn run(
    context: Result<Context, Failure>,
    args: &CheckArgs,
    out: &Output,
) -> Result<Exit, Failure> {
    let context = context.map_err(with_warnings)?;
    // Even if no list comes from a server, other commands will ask one.
    context.remote().map_err(with_warnings)?;
    let lists =
        context.lists(Ask { source: true, support: true, get_metadata: false }).map_err(with_warnings)?;
    let problems: Vec<Problem> = context.app_problems.iter().cloned().chain(lists.problems()).collect();
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let wrong = errors > 0 || (args.strict && warnings > 0);
    if out.is_json() {
        out.document(document(&problems, wrong));
    } else {
        out.drawn(&problems, Severity::Error);
        if !out.is_quiet() {
            out.drawn(&problems, Severity::Warning);
        }
        for line in found(&lists) {
            out.note(line);
        }
        out.note(counted(errors, warnings));
    }
    Ok(if wrong { Exit::Config } else { Exit::Done })
}

/// The document that programs get where the app config already cannot be used has the parts of the usual one, too.
fn with_warnings(failure: Failure) -> Failure {
    let warnings = problem_list(failure.problems.iter().filter(|problem| !problem.is_error()));
    Failure { more: vec![("warnings", warnings)], ..failure }
}

fn document(problems: &[Problem], wrong: bool) -> Value {
    let of = |severity| problem_list(problems.iter().filter(|problem| problem.severity == severity));
    let mut document = schema();
    if wrong {
        let message = counted(
            problems.iter().filter(|problem| problem.is_error()).count(),
            problems.iter().filter(|problem| !problem.is_error()).count(),
        );
        document.insert("error".to_owned(), json!({"code": "config_wrong", "message": message}));
    }
    document.insert("errors".to_owned(), of(Severity::Error));
    document.insert("warnings".to_owned(), of(Severity::Warning));
    document.into()
}

/// What there is of each list.
fn found(lists: &Lists) -> Vec<String> {
    let line = |role: &str, count: Option<Option<(usize, usize)>>| match count {
        None => format!("{role} nodes: controller.{role}_node is not set"),
        Some(None) => format!("{role} nodes: the list cannot be had"),
        Some(Some((usable, 0))) => format!("{role} nodes: {usable}"),
        Some(Some((usable, wrong))) => format!("{role} nodes: {usable}, and {wrong} wrong"),
    };
    let sources =
        lists.sources.as_ref().map(|list| list.as_ref().ok().map(|l| (l.nodes.len(), l.wrong.len())));
    let supports =
        lists.supports.as_ref().map(|list| list.as_ref().ok().map(|l| (l.nodes.len(), l.wrong.len())));
    vec![line("source", sources), line("support", supports)]
}

fn counted(errors: usize, warnings: usize) -> String {
    let words = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    format!("{}, {}", words(errors, "error"), words(warnings, "warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_read_as_words() {
        assert_eq!(counted(0, 1), "no errors, 1 warning");
        assert_eq!(counted(2, 0), "2 errors, no warnings");
    }

    #[test]
    fn a_clean_config_has_two_empty_lists_and_no_error() {
        assert_eq!(document(&[], false).to_string(), r#"{"schema":1,"errors":[],"warnings":[]}"#);
    }
}
