//! What became of the streams' backups, for people and for programs.

use acecast_config::Metadata;
use acecast_engine::metadata::{Inventory, StreamFiles};
use acecast_engine::observe::StreamUser;
use acecast_reconcile::{SourceKind, StreamUid};
use serde_json::{Value, json};

use super::Done;
use super::cure::Cure;
use crate::commands::metadata::unplaced;
use crate::output::{Output, counted, paint, schema, style};

/// What became of one stream.
#[derive(Debug)]
pub(super) struct StreamResult {
    pub(super) uid: StreamUid,
    kind: SourceKind,
    pub(super) outcome: Outcome,
    /// What the backup has now; where none was made, what is here.
    sequence: Option<u64>,
    key_sha256: Option<String>,
    error: Option<String>,
    /// What else there is to know.
    note: Option<String>,
    /// What would help.
    pub(super) cure: Option<Cure>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// The backup could not be made.
    Failed,
    /// The backup there is of another key.
    Refused,
    /// Its files are not whole.
    LeftOut,
    /// The server has taken it.
    Sent,
    /// It is in the folder.
    Written,
    /// The backup is the same already.
    Unchanged,
}

impl Outcome {
    const ALL: [Outcome; 6] = [
        Outcome::Failed,
        Outcome::Refused,
        Outcome::LeftOut,
        Outcome::Sent,
        Outcome::Written,
        Outcome::Unchanged,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
            Outcome::LeftOut => "left_out",
            Outcome::Sent => "sent",
            Outcome::Written => "written",
            Outcome::Unchanged => "unchanged",
        }
    }

    /// For people.
    fn words(self) -> &'static str {
        match self {
            Outcome::LeftOut => "left out",
            other => other.as_str(),
        }
    }

    /// The stream is backed up.
    pub(super) fn is_good(self) -> bool {
        matches!(self, Outcome::Sent | Outcome::Written | Outcome::Unchanged)
    }
}

impl StreamResult {
    /// Its node runs, and nothing of it is in the metadata dir.
    pub(super) fn missing(user: &StreamUser) -> Self {
        let StreamUser { uid, kind, port, .. } = user;
        let error = format!("its node runs on port {port}, and its key is not in the metadata dir any more");
        let (uid, kind, outcome, error) = (uid.clone(), *kind, Outcome::LeftOut, Some(error));
        let cure = Some(Cure::KeepRunning);
        StreamResult { uid, kind, outcome, sequence: None, key_sha256: None, error, note: None, cure }
    }

    pub(super) fn of(stream: &StreamFiles, outcome: Outcome, error: Option<String>) -> Self {
        let (uid, kind) = (stream.uid.clone(), stream.kind());
        let (sequence, key_sha256) = (stream.sequence(), stream.fingerprint());
        StreamResult { uid, kind, outcome, sequence, key_sha256, error, note: None, cure: None }
    }

    /// Why there is no backup.
    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The backup holds this now.
    pub(super) fn holding(self, backup: &Metadata) -> Self {
        let sequence = match backup {
            Metadata::Ts { last_seq, .. } => Some(*last_seq),
            Metadata::Hls { sequences } => sequences.values().max().copied(),
        };
        let here = self.sequence.filter(|here| Some(*here) < sequence);
        let note = here.map(|here| format!("here it is only {here}"));
        StreamResult { sequence, note, ..self }
    }

    /// There is this to know, too.
    pub(super) fn noting(self, note: &str) -> Self {
        let before = self.note.map(|before| before + "; ").unwrap_or_default();
        StreamResult { note: Some(before + note), ..self }
    }

    /// This would help it.
    pub(super) fn cured_by(self, cure: Option<Cure>) -> Self {
        StreamResult { cure, ..self }
    }

    /// What kept all from being sent kept it, too.
    pub(super) fn failed_by(&self, common: Option<&str>) -> bool {
        common.is_some() && self.error.as_deref() == common
    }

    /// It turned out badly.
    pub(super) fn fail(&mut self, error: String) {
        (self.outcome, self.error) = (Outcome::Failed, Some(error));
    }
}

impl StreamResult {
    /// The stream and the cause, if it is not backed up.
    pub(super) fn failure(&self) -> Option<String> {
        let StreamResult { uid, outcome, error, .. } = self;
        (!outcome.is_good()).then(|| format!("{uid}: {}", error.as_deref().unwrap_or(outcome.words())))
    }
}

pub(super) fn show(out: &Output, inventory: &Inventory, done: &Done) {
    let mut streams: Vec<&StreamResult> = done.streams.iter().collect();
    streams.sort_by(|a, b| (&a.uid, a.kind).cmp(&(&b.uid, b.kind)));
    let unplaced = unplaced(inventory);
    for text in &unplaced {
        out.warning(text);
    }
    if out.is_json() {
        let mut document = schema();
        document.insert("streams".to_owned(), streams.iter().map(|stream| entry(stream)).collect());
        document.insert("answer".to_owned(), json!(done.answer));
        document.insert("problems".to_owned(), json!(unplaced));
        return out.document(document.into());
    }
    let width = streams.iter().map(|stream| stream.uid.as_str().len()).max().unwrap_or_default().min(24);
    let shown = streams.iter().filter(|stream| !out.is_quiet() || !stream.outcome.is_good());
    // One document that did not arrive is one error, however many streams were in it.
    let common = done.error.as_deref();
    out.lines(shown.map(|stream| line(stream, stream.failed_by(common), width, out)));
    if let Some(error) = common {
        out.error(&anyhow::Error::msg(error.to_owned()), done.hint);
    }
    if let Some(answer) = &done.answer
        && !out.is_quiet()
    {
        out.lines(out.clean_lines(answer).iter().map(|line| format!("server: {line}")));
    }
    out.note(summary(&streams));
}

fn line(stream: &StreamResult, is_common: bool, width: usize, out: &Output) -> String {
    let StreamResult { uid, kind, outcome, sequence, key_sha256: _, error, note, cure: _ } = stream;
    let outcome = paint(style_of(*outcome), format!("{:9}", outcome.words()));
    let about = match (error, sequence) {
        (Some(_), _) if is_common => String::new(),
        (Some(error), _) => out.clean(error),
        (None, Some(sequence)) => format!("piece number {sequence}"),
        (None, None) => String::new(),
    };
    let note = note.as_ref().map(|note| format!("; {}", out.clean(note))).unwrap_or_default();
    format!("{outcome}  {:3}  {:width$}  {about}{note}", kind.as_str(), out.clean(uid.as_str()))
        .trim_end()
        .to_owned()
}

fn entry(stream: &StreamResult) -> Value {
    let StreamResult { uid, kind, outcome, sequence, key_sha256, error, note, cure: _ } = stream;
    json!({
        "uid": uid.as_str(), "kind": kind.as_str(), "outcome": outcome.as_str(), "sequence": sequence,
        "key_sha256": key_sha256, "error": error, "note": note,
    })
}

fn style_of(outcome: Outcome) -> clap::builder::styling::Style {
    match outcome {
        Outcome::Sent | Outcome::Written => style::GOOD,
        Outcome::Unchanged => style::FAINT,
        Outcome::Failed | Outcome::Refused | Outcome::LeftOut => style::ERROR,
    }
}

fn summary(streams: &[&StreamResult]) -> String {
    let outcomes = streams.iter().map(|stream| stream.outcome.words());
    let counts = counted(&Outcome::ALL.map(Outcome::words), outcomes);
    if counts.is_empty() { "there is no metadata here".to_owned() } else { counts }
}
