//! Everything that is found wrong with one document, in its order.

use std::ops::Range;

use crate::mask::{is_secret, mask, mask_json, mask_message};
use crate::text::document::Document;
use crate::{Problem, Severity, keys};

/// How many problems one document can have before the rest is only counted: nobody reads more, and a hostile
/// document must not cost gigabytes.
const MAX_PROBLEMS: usize = 1000;

/// How many characters of a value are shown.
const SHOWN: usize = 40;

/// Takes problems in.
pub(crate) struct Report<'d> {
    pub(crate) document: &'d Document,
    problems: Vec<(usize, Problem)>,
    errors: usize,
    left_out: [usize; 2],
}

impl<'d> Report<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Report { document, problems: Vec::new(), errors: 0, left_out: [0, 0] }
    }

    /// How many errors there were so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn error(&mut self, range: Range<usize>, path: &str, message: String) {
        self.errors += 1;
        self.add(Severity::Error, range, path, message);
    }

    pub(crate) fn warning(&mut self, range: Range<usize>, path: &str, message: String) {
        self.add(Severity::Warning, range, path, message);
    }

    fn add(&mut self, severity: Severity, range: Range<usize>, path: &str, message: String) {
        if self.problems.len() < MAX_PROBLEMS {
            let start = range.start;
            self.problems.push((start, self.document.place(range, path).problem(severity, message)));
        } else {
            self.left_out[usize::from(severity == Severity::Warning)] += 1;
        }
    }

    /// The problems since the mark are about the entry that people call this.
    pub(crate) fn name_entry(&mut self, mark: usize, name: Option<&str>) {
        for (_, problem) in &mut self.problems[mark..] {
            problem.entry = name.map(str::to_owned);
        }
    }

    /// How many problems there are, to be given to [`Report::errors_since`].
    pub(crate) fn mark(&self) -> usize {
        self.problems.len()
    }

    /// What is wrong since the mark is no obstacle; before it there were so many errors.
    pub(crate) fn only_warn_since(&mut self, mark: usize, errors: usize) {
        for (_, problem) in &mut self.problems[mark..] {
            problem.severity = Severity::Warning;
        }
        self.errors = errors;
    }

    /// What is wrong since the mark, in one line. `base` is the path that goes without saying.
    pub(crate) fn errors_since(&self, mark: usize, base: &str) -> String {
        let errors: Vec<String> = self.problems[mark..]
            .iter()
            .map(|(_, problem)| problem)
            .filter(|problem| problem.is_error())
            .map(|problem| {
                let path = problem.path.strip_prefix(base).unwrap_or(&problem.path).trim_start_matches('.');
                if path.is_empty() { problem.message.clone() } else { format!("{path}: {}", problem.message) }
            })
            .collect();
        if errors.is_empty() { "its config entry is wrong".to_owned() } else { errors.join("; ") }
    }

    /// All problems in the document's order.
    pub(crate) fn finish(self) -> Vec<Problem> {
        let Report { document, mut problems, errors: _, left_out: [errors, warnings] } = self;
        problems.sort_by_key(|(start, _)| *start);
        let mut problems: Vec<Problem> = problems.into_iter().map(|(_, problem)| problem).collect();
        if errors + warnings > 0 {
            let message = format!("{errors} more errors and {warnings} more warnings are not listed");
            let severity = if errors > 0 { Severity::Error } else { Severity::Warning };
            let end = document.text().len();
            problems.push(document.place(end..end, "").problem(severity, message));
        }
        problems
    }
}

/// A text from a document in quotes, fit to be shown.
pub(crate) fn quoted(text: &str, key: &str) -> String {
    if is_secret(key) {
        return "a text".to_owned();
    }
    format!("\"{}\"", shown(text, keys::URL.contains(&key), SHOWN))
}

/// A text from a document, masked, escaped and shortened.
pub(crate) fn shown(text: &str, url: bool, len: usize) -> String {
    fit(&mask(text, url), len)
}

/// A sentence that somebody else wrote, masked, escaped and shortened.
pub(crate) fn shown_message(text: &str, len: usize) -> String {
    fit(&mask_message(text), len)
}

/// A part of a document as it is written, masked, escaped and shortened.
pub(crate) fn shown_json(text: &str, len: usize) -> String {
    fit(&mask_json(text), len)
}

fn fit(masked: &str, len: usize) -> String {
    let end = masked.char_indices().nth(len).map_or(masked.len(), |(at, _)| at);
    let cut = if end < masked.len() { "…" } else { "" };
    format!("{}{cut}", acecast_reconcile::escape(&masked[..end]))
}
