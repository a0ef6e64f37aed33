//! What an apply did.

use std::fmt;

use acecast_reconcile::Pid;

use crate::metadata::Restored;

/// How many of the last lines of a log, or of what a program said, a failure comes with.
pub(super) const LOG_LINES: usize = 10;

/// What became of each decision of a plan, in the plan's order.
#[must_use = "a report says what failed"]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// One result for each decision.
    pub results: Vec<NodeResult>,
    /// What went wrong apart from single nodes, one text each.
    pub problems: Vec<String>,
    /// The user wanted an end before everything was done.
    pub interrupted: bool,
}

/// What became of one decision.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeResult {
    /// How it ended.
    pub outcome: Outcome,
    /// The node that was started, if it lives: its engine, else its wrapper.
    pub pid: Option<Pid>,
    /// What went wrong, with all causes.
    pub error: Option<String>,
    /// The last lines of the node's log, as the engine wrote them, if it failed.
    pub log: Vec<String>,
    /// What else was done for it: keys restored, files set aside.
    pub notes: Vec<String>,
    /// What of its stream was restored from what the config brings, also where the start failed afterwards. It is in
    /// the notes, too.
    pub restored: Vec<Restored>,
    /// Its engine ended at once, with an error: that version is not to be trusted with nodes that run.
    pub engine_broken: bool,
}

/// How a decision ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It runs, answers and listens on its port.
    Ready,
    /// It lives and is not ready yet.
    Starting,
    /// It ended.
    Stopped,
    /// It had to be killed.
    Killed,
    /// It could not be done.
    Failed,
    /// It was not tried.
    Skipped,
    /// It was left alone, as planned.
    Kept,
    /// It was left alone, because it could not be decided safely.
    Held,
}

impl Outcome {
    /// The stable name, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ready => "ready",
            Outcome::Starting => "starting",
            Outcome::Stopped => "stopped",
            Outcome::Killed => "killed",
            Outcome::Failed => "failed",
            Outcome::Skipped => "skipped",
            Outcome::Kept => "kept",
            Outcome::Held => "held",
        }
    }

    /// What was wanted has come about.
    pub fn is_good(self) -> bool {
        !matches!(self, Outcome::Failed | Outcome::Skipped | Outcome::Held)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for NodeResult {
    /// Without the log, in which an engine may have written anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NodeResult { outcome, pid, error, log, notes, restored, engine_broken } = self;
        let log = format_args!("{} lines", log.len());
        f.debug_struct("NodeResult")
            .field("outcome", outcome)
            .field("pid", pid)
            .field("error", error)
            .field("log", &log)
            .field("notes", notes)
            .field("restored", restored)
            .field("engine_broken", engine_broken)
            .finish()
    }
}

impl NodeResult {
    /// A result without more to say.
    pub fn of(outcome: Outcome) -> Self {
        let (log, notes, restored) = (Vec::new(), Vec::new(), Vec::new());
        NodeResult { outcome, pid: None, error: None, log, notes, restored, engine_broken: false }
    }

    /// It could not be done, for this reason.
    pub fn failed(why: impl fmt::Display) -> Self {
        NodeResult { error: Some(why.to_string()), ..NodeResult::of(Outcome::Failed) }
    }

    /// Says what a failure means.
    pub(super) fn unless_ready(mut self, means: &str) -> Self {
        if self.outcome == Outcome::Failed {
            self.error = self.error.map(|why| format!("{why}; {means}"));
        }
        self
    }

    /// It was left alone, because it could not be decided safely.
    pub fn held(why: impl fmt::Display) -> Self {
        NodeResult { error: Some(why.to_string()), ..NodeResult::of(Outcome::Held) }
    }

    /// It was not tried, for this reason.
    pub fn skipped(why: impl fmt::Display) -> Self {
        NodeResult { error: Some(why.to_string()), ..NodeResult::of(Outcome::Skipped) }
    }
}

impl Report {
    /// These results, one for each decision of a plan, and nothing else to say.
    pub fn new(results: Vec<NodeResult>) -> Self {
        Report { results, problems: Vec::new(), interrupted: false }
    }

    /// Everything that was planned has come about.
    pub fn is_good(&self) -> bool {
        let Report { results, problems, interrupted } = self;
        !interrupted && problems.is_empty() && results.iter().all(|result| result.outcome.is_good())
    }
}
