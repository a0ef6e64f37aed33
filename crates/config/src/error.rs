//! Failures of whole documents: nothing can be done with what they should have said.

use std::error::Error;
use std::fmt;
use std::io;

use crate::without_number::without_number;
use crate::{FetchError, Problem, Salvage, Severity};

/// A document as a whole cannot be used, so nothing may be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read {file}{}", Named(*.key))]
    #[non_exhaustive]
    Read {
        /// The file.
        file: String,
        /// The key of the app config that names the file, if one does.
        key: Option<&'static str>,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The path leads to a directory, a pipe or a device.
    #[error("cannot read {file}{}: it is {what}, not a regular file", Named(*.key))]
    #[non_exhaustive]
    NotAFile {
        /// The path.
        file: String,
        /// What it is, as in `a folder`.
        what: &'static str,
        /// The key of the app config that names the file, if one does.
        key: Option<&'static str>,
    },
    /// The file is too large to be a config.
    #[error("cannot read {file}{}: it is larger than 16 MiB", Named(*.key))]
    #[non_exhaustive]
    TooLarge {
        /// The file.
        file: String,
        /// The key of the app config that names the file, if one does.
        key: Option<&'static str>,
    },
    /// The server did not hand out the document.
    #[error("cannot get {url}")]
    #[non_exhaustive]
    Fetch {
        /// The URL, masked.
        url: String,
        /// Why not.
        #[source]
        source: FetchError,
    },
    /// Private keys would come over plain http, though `require_https` is set. Nothing was sent.
    #[error("cannot get {url}: {FORBIDDEN}")]
    #[non_exhaustive]
    Exposed {
        /// The URL, masked.
        url: String,
    },
    /// The server answered with an error of its own making.
    #[error("{}", .0.to_string())]
    Answered(Box<Problem>),
    /// The text is no JSON: HTML, cut, or simply wrong.
    #[error("{}", .0.to_string())]
    Syntax(Box<Problem>),
    /// The JSON is no list of nodes, nor an answer that holds one.
    #[error("{}", .0.to_string())]
    NotAList(Box<Problem>),
    /// The JSON is no backup of streams' metadata.
    #[error("{}", .0.to_string())]
    NotABackup(Box<Problem>),
    /// A list asks for a port, or has a stream uid, twice, or a port that the other list has, too.
    #[error("{source_name}: {why}")]
    #[non_exhaustive]
    Repeated {
        /// The file, or the masked URL.
        source_name: String,
        /// What is used twice.
        why: String,
        /// Everything that is wrong with the list, the repetitions among it.
        problems: Vec<Problem>,
    },
    /// The app config cannot be used.
    #[error("{source_name}: the app config is wrong ({})", summary(.problems))]
    #[non_exhaustive]
    App {
        /// The file.
        source_name: String,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
        /// What of it could be read.
        salvage: Box<Salvage>,
    },
}

/// What is wrong with asking for metadata.
const FORBIDDEN: &str = "private keys are not asked for over plain http, because require_https is set";

/// Says which key a file's path comes from.
struct Named(Option<&'static str>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(key) => write!(f, " ({key})"),
            None => Ok(()),
        }
    }
}

impl LoadError {
    /// Everything that is wrong, in the document's order.
    pub fn problems(&self) -> Vec<Problem> {
        match self {
            LoadError::Read { file, key, source } => {
                vec![placeless(file, &format!("cannot be read: {}{}", without_number(source), Named(*key)))]
            }
            LoadError::NotAFile { file, what, key } => {
                vec![placeless(file, &format!("is {what}, not a regular file{}", Named(*key)))]
            }
            LoadError::TooLarge { file, key } => {
                vec![placeless(
                    file,
                    &format!("is larger than 16 MiB, too large for a config{}", Named(*key)),
                )]
            }
            LoadError::Fetch { url, source } => {
                let causes = std::iter::successors(source.source(), |&cause| cause.source());
                let message = causes.fold(source.to_string(), |text, cause| format!("{text}: {cause}"));
                vec![placeless(url, &message)]
            }
            LoadError::Exposed { url } => vec![placeless(url, FORBIDDEN)],
            LoadError::Answered(problem)
            | LoadError::Syntax(problem)
            | LoadError::NotAList(problem)
            | LoadError::NotABackup(problem) => vec![(**problem).clone()],
            LoadError::Repeated { problems, .. } | LoadError::App { problems, .. } => problems.clone(),
        }
    }

    /// The file is one that this key of the app config names.
    pub(crate) fn named_by(mut self, name: &'static str) -> Self {
        if let LoadError::Read { key, .. }
        | LoadError::NotAFile { key, .. }
        | LoadError::TooLarge { key, .. } = &mut self
        {
            *key = Some(name);
        }
        self
    }
}

fn placeless(source: &str, message: &str) -> Problem {
    Problem::new(Severity::Error, source, message)
}

fn summary(problems: &[Problem]) -> String {
    let count = problems.iter().filter(|problem| problem.is_error()).count();
    match problems.iter().find(|problem| problem.is_error()) {
        Some(first) if count > 1 => format!("{first}, and {} more", count - 1),
        Some(first) => first.to_string(),
        None => "no details".to_owned(),
    }
}
