//! Why a command could not be carried out at all. What became of single nodes is in reports.

pub(crate) mod advice;
mod load;
mod remote;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::ErrorKind;

use acecast_config::{Problem, Salvage};
use serde_json::Value;

use crate::exit::Exit;

pub(crate) use load::{Document, for_a_shell, hint as hint_for};

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
    /// It is worth a word that nothing was changed.
    pub(crate) unchanged: bool,
    /// What to do about it.
    pub(crate) hint: Option<Cow<'static, str>>,
    /// What could be read of an app config that cannot be used.
    pub(crate) salvage: Option<Box<Salvage>>,
    /// More parts of the document for programs.
    pub(crate) more: Vec<(&'static str, Value)>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &'static str, error: impl Into<anyhow::Error>) -> Self {
        let (also, problems, salvage, more) = (None, Vec::new(), None, Vec::new());
        Failure {
            exit,
            code,
            error: error.into(),
            also,
            problems,
            unchanged: false,
            hint: None,
            salvage,
            more,
        }
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

    pub(crate) fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Files cannot be read, or not written.
    pub(crate) fn files(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        let is_denied = advice::kind(error.as_ref()) == Some(ErrorKind::PermissionDenied);
        let hint = is_denied.then_some(Cow::Borrowed(advice::AS_OWNER));
        Failure { hint, ..Failure::failed(error) }
    }

    /// The pid dir, or the lock in it, cannot be used.
    pub(crate) fn pid_dir(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        let hint = advice::pid_dir(error.as_ref());
        Failure { hint: hint.map(Cow::Borrowed), ..Failure::failed(error) }
    }
}
