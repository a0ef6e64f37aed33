//! `acecast check`: everything that is wrong with the config, all at once.

mod engines;
mod host;

use std::collections::BTreeSet;

use acecast_config::{Ask, Lists, LoadError, NodeList, Problem, Severity};
use acecast_reconcile::Role;
use serde_json::{Value, json};

use crate::args::CheckArgs;
use crate::context::{Context, variable};
use crate::exit::Exit;
use crate::failure::{Document, Failure, hint_for};
use crate::output::{Output, problem_list, schema};
use crate::remote::Remote;

pub(super) fn run(
    context: Result<Context, Failure>,
    args: &CheckArgs,
    out: &Output,
) -> Result<Exit, Failure> {
    let context = match context {
        Ok(context) => context,
        Err(failure) => return unusable(failure, out),
    };
    // Even if no list comes from a server, other commands will ask one.
    context.remote().map_err(with_warnings)?;
    let lists = context.lists(Ask::both()).map_err(with_warnings)?;
    let mut problems: Vec<Problem> = context.app_problems.clone();
    problems.extend(host::problems(&context.app, &lists));
    problems.extend(lists.problems());
    let (errors, warnings) = count(&problems);
    let wrong = errors > 0 || (args.strict && warnings > 0);
    if out.is_json() {
        out.document(document(&problems, wrong));
    } else {
        show(&problems, &found(&lists, "controller.{role}_node is not set"), out);
        advise(&lists, out);
        for hint in engines::hints(&context.app, &lists) {
            out.hint(&hint);
        }
    }
    Ok(if wrong { Exit::Config } else { Exit::Done })
}

/// The app config cannot be used. Its lists are looked at all the same, where it tells where they are.
fn unusable(mut failure: Failure, out: &Output) -> Result<Exit, Failure> {
    let salvage = failure.salvage.take();
    // What cannot be read at all has no place in it that could be shown.
    if salvage.is_none() && failure.problems.iter().all(|problem| problem.at.is_none()) {
        return Err(with_warnings(failure));
    }
    let salvage = salvage.unwrap_or_default();
    out.hide(salvage.secrets());
    let Ok(remote) = Remote::new(salvage.ca_file(), &variable) else { return Err(with_warnings(failure)) };
    let lists = salvage.lists(Ask::both(), &remote);
    failure.problems.extend(lists.problems());
    if out.is_json() {
        return Err(with_warnings(failure));
    }
    let mut lines = vec!["app config: cannot be used".to_owned()];
    lines.extend(found(&lists, "not looked at, the app config does not tell where they are"));
    show(&failure.problems, &lines, out);
    advise(&lists, out);
    Ok(Exit::Config)
}

fn show(problems: &[Problem], lines: &[String], out: &Output) {
    out.drawn(problems, Severity::Error);
    if out.is_quiet() {
        return;
    }
    out.drawn(problems, Severity::Warning);
    let (errors, warnings) = count(problems);
    out.lines(lines.iter().map(|line| out.clean(line)).chain([counted(errors, warnings)]));
}

/// Says what to do about lists that cannot be read. What is wrong with one that can, its problems tell.
fn advise(lists: &Lists, out: &Output) {
    let unread = |role: &Role| {
        let error = lists.error(*role)?;
        let is_placed = error.problems().iter().any(|problem| problem.at.is_some());
        hint_for(Document::List(*role), error).filter(|_| !is_placed)
    };
    let hints: BTreeSet<_> = Role::ALL.iter().filter_map(unread).collect();
    for hint in hints {
        out.hint(&hint);
    }
}

/// How many errors and warnings there are.
fn count(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    (errors, problems.len() - errors)
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
        let (errors, warnings) = count(problems);
        let message = counted(errors, warnings);
        document.insert("error".to_owned(), json!({"code": "config_wrong", "message": message}));
    }
    document.insert("errors".to_owned(), of(Severity::Error));
    document.insert("warnings".to_owned(), of(Severity::Warning));
    document.into()
}

/// What there is of each list; `unset` is said of one whose place is not known.
fn found(lists: &Lists, unset: &str) -> Vec<String> {
    fn line<N>(role: Role, list: Option<&Result<NodeList<N>, LoadError>>, unset: &str) -> String {
        let what = match list {
            None => unset.replace("{role}", role.as_str()),
            Some(Err(error)) => why_not(error),
            Some(Ok(list)) if list.wrong.is_empty() => list.nodes.len().to_string(),
            Some(Ok(list)) => format!("{}, and {} wrong", list.nodes.len(), list.wrong.len()),
        };
        format!("{role} nodes: {what}")
    }
    vec![
        line(Role::Source, lists.sources.as_ref(), unset),
        line(Role::Support, lists.supports.as_ref(), unset),
    ]
}

/// Why there is no list: nobody could read it, or nobody can use it.
fn why_not(error: &LoadError) -> String {
    match error {
        LoadError::Repeated { why, .. } => format!("not usable as a whole: {why}"),
        LoadError::Syntax(problem) | LoadError::NotAList(problem) => {
            format!("not usable as a whole: {}", problem.message)
        }
        _ => "the list cannot be read".to_owned(),
    }
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
