//! What became of the streams, for people and for programs.

use acecast_reconcile::{SourceKind, StreamUid};
use serde_json::{Value, json};

use crate::output::{Output, counted, paint, schema, style};

/// What became of one stream.
#[derive(Debug)]
pub(super) struct StreamResult {
    pub(super) uid: StreamUid,
    pub(super) kind: Option<SourceKind>,
    pub(super) outcome: Outcome,
    /// What was done to which file.
    pub(super) files: Vec<String>,
    pub(super) error: Option<String>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing could be restored.
    Failed,
    /// Nothing was touched: another key is here, or its node runs and something differs from the backup.
    Refused,
    /// It was not tried.
    Skipped,
    /// There is nothing to restore it from. One that has never run yet needs nothing.
    NoBackup,
    /// Something was missing here, and is here now.
    Restored,
    /// All is here already as in the backup.
    Unchanged,
}

impl Outcome {
    const ALL: [Outcome; 6] = [
        Outcome::Failed,
        Outcome::Refused,
        Outcome::Skipped,
        Outcome::NoBackup,
        Outcome::Restored,
        Outcome::Unchanged,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
            Outcome::Skipped => "skipped",
            Outcome::NoBackup => "no_backup",
            Outcome::Restored => "restored",
            Outcome::Unchanged => "unchanged",
        }
    }

    /// For people.
    fn words(self) -> &'static str {
        match self {
            Outcome::NoBackup => "no backup",
            other => other.as_str(),
        }
    }

    pub(super) fn is_good(self) -> bool {
        matches!(self, Outcome::NoBackup | Outcome::Restored | Outcome::Unchanged)
    }
}

impl StreamResult {
    pub(super) fn of(uid: &StreamUid, kind: SourceKind, outcome: Outcome) -> Self {
        StreamResult { uid: uid.clone(), kind: Some(kind), outcome, files: Vec::new(), error: None }
    }

    /// The user wanted an end before.
    pub(super) fn skipped(uid: &StreamUid, kind: SourceKind) -> Self {
        let error = Some("interrupted".to_owned());
        StreamResult { error, ..StreamResult::of(uid, kind, Outcome::Skipped) }
    }

    /// There is no backup of it.
    pub(super) fn missing(uid: &StreamUid, kind: Option<SourceKind>) -> Self {
        StreamResult { kind, ..StreamResult::unusable(uid, "there is no backup of this stream") }
    }

    /// Its backup cannot be used.
    pub(super) fn unusable(uid: &StreamUid, why: &str) -> Self {
        let (uid, error) = (uid.clone(), Some(why.to_owned()));
        StreamResult { uid, kind: None, outcome: Outcome::Failed, files: Vec::new(), error }
    }

    fn kind(&self) -> Option<&'static str> {
        self.kind.map(SourceKind::as_str)
    }
}

pub(super) fn show(out: &Output, results: &[StreamResult]) {
    let mut results: Vec<&StreamResult> = results.iter().collect();
    results.sort_by(|a, b| (&a.uid, a.kind).cmp(&(&b.uid, b.kind)));
    if out.is_json() {
        let mut document = schema();
        document.insert("streams".to_owned(), results.iter().map(|result| entry(result)).collect());
        return out.document(document.into());
    }
    let width = results.iter().map(|result| result.uid.as_str().len()).max().unwrap_or_default().min(24);
    let shown = results.iter().filter(|result| !out.is_quiet() || !result.outcome.is_good());
    out.lines(shown.flat_map(|result| lines(result, width, out)));
    out.note(summary(&results));
}

fn lines(result: &StreamResult, width: usize, out: &Output) -> Vec<String> {
    let StreamResult { uid, kind: _, outcome, files, error } = result;
    let outcome = paint(style_of(*outcome), format!("{:9}", outcome.words()));
    let nothing_to_do = (result.outcome == Outcome::Unchanged).then_some("already as in the backup");
    let error = error.as_deref().or(nothing_to_do).map(|error| out.clean(error)).unwrap_or_default();
    let line =
        format!("{outcome}  {:3}  {:width$}  {error}", result.kind().unwrap_or("?"), out.clean(uid.as_str()));
    let files = files.iter().map(|file| format!("    {}", out.clean(file)));
    std::iter::once(line.trim_end().to_owned()).chain(files).collect()
}

fn entry(result: &StreamResult) -> Value {
    let StreamResult { uid, kind: _, outcome, files, error } = result;
    json!({
        "uid": uid.as_str(), "kind": result.kind(), "outcome": outcome.as_str(), "files": files, "error": error,
    })
}

fn style_of(outcome: Outcome) -> clap::builder::styling::Style {
    match outcome {
        Outcome::Restored => style::GOOD,
        Outcome::Unchanged => style::FAINT,
        Outcome::Skipped | Outcome::NoBackup => style::WARNING,
        Outcome::Failed | Outcome::Refused => style::ERROR,
    }
}

fn summary(results: &[&StreamResult]) -> String {
    let outcomes = results.iter().map(|result| result.outcome.words());
    let counts = counted(&Outcome::ALL.map(Outcome::words), outcomes);
    if counts.is_empty() { "there is nothing to restore".to_owned() } else { counts }
}
