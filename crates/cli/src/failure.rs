//! Why a command could not be carried out at all. What became of single nodes is in reports.

use std::fmt::Display;

use acecast_config::{LoadError, Problem, Salvage};
use serde_json::Value;

use crate::exit::Exit;

/// Why a command ended before it had a result.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// The stable code, for programs.
    pub(crate) code: &'static str,
    pub(crate) error: anyhow::Error,
    /// What went wrong before.
    pub(crate) also: Option<anyhow::Error>,
    /// What is wrong with the config.
    pub(crate) problems: Vec<Problem>,
    /// What to do about it.
    pub(crate) hint: Option<&'static str>,
    /// What could be read of an app config that cannot be used.
    pub(crate) salvage: Option<Box<Salvage>>,
    /// More parts of the document for programs.
    pub(crate) more: Vec<(&'static str, Value)>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &'static str, error: impl Into<anyhow::Error>) -> Self {
        let (also, problems, hint, salvage, more) = (None, Vec::new(), None, None, Vec::new());
        Failure { exit, code, error: error.into(), also, problems, hint, salvage, more }
    }

    /// The config is at fault, in this way.
    pub(crate) fn config(code: &'static str, message: impl Display) -> Self {
        Failure::new(Exit::Config, code, anyhow::Error::msg(message.to_string()))
    }

    /// The work failed as a whole.
    pub(crate) fn failed(error: impl Into<anyhow::Error>) -> Self {
        Failure::new(Exit::Problem, "failed", error)
    }

    /// The user ended it before anything was done.
    pub(crate) fn interrupted() -> Self {
        Failure::new(Exit::Interrupted, "interrupted", anyhow::Error::msg("interrupted; nothing was changed"))
    }

    pub(crate) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// A document of the config cannot be used; `what` it is.
    pub(crate) fn load(what: &str, mut error: LoadError) -> Self {
        let problems = error.problems();
        let salvage = match &mut error {
            LoadError::App { salvage, .. } => Some(std::mem::take(salvage)),
            _ => None,
        };
        let placed = problems.iter().any(|problem| problem.at.is_some());
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        let code = code_of(&error);
        let error = if placed {
            let plural = if errors == 1 { "error" } else { "errors" };
            anyhow::Error::msg(format!("{what} cannot be used: {errors} {plural}"))
        } else {
            anyhow::Error::from(error).context(format!("{what} cannot be had"))
        };
        Failure { problems, salvage, ..Failure::new(Exit::Config, code, error) }
    }
}

fn code_of(error: &LoadError) -> &'static str {
    match error {
        LoadError::Read { .. } | LoadError::NotAFile { .. } | LoadError::TooLarge { .. } => {
            "config_unreadable"
        }
        LoadError::Fetch { .. } | LoadError::Answered(_) => "config_unreachable",
        _ => "config_wrong",
    }
}
