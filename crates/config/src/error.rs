//! Failures of whole documents: nothing can be done with what they should have said.

use std::io;

use crate::{FetchError, Problem, Severity};

/// A document as a whole cannot be used, so nothing may be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("read {file}")]
    Read {
        /// The file.
        file: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The path leads to a directory, a pipe or a device.
    #[error("read {file}: not a regular file")]
    NotAFile {
        /// The path.
        file: String,
    },
    /// The file is too large to be a config.
    #[error("read {file}: larger than 16 MiB")]
    TooLarge {
        /// The file.
        file: String,
    },
    /// The server did not hand out the document.
    #[error("get {url}")]
    Fetch {
        /// The URL, masked.
        url: String,
        /// Why not.
        #[source]
        source: FetchError,
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
    /// A list asks for a port, or has a stream uid, twice.
    #[error("{source_name}: a port or a stream_uid is there twice ({})", summary(.problems))]
    Repeated {
        /// The file, or the masked URL.
        source_name: String,
        /// Everything that is wrong with the list, the repetitions among it.
        problems: Vec<Problem>,
    },
    /// The app config cannot be used.
    #[error("{source_name}: the app config is wrong ({})", summary(.problems))]
    App {
        /// The file.
        source_name: String,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
}

impl LoadError {
    /// Everything that is wrong, in the document's order.
    pub fn problems(&self) -> Vec<Problem> {
        match self {
            LoadError::Read { file, source } => vec![placeless(file, &format!("cannot be read: {source}"))],
            LoadError::NotAFile { file } => vec![placeless(file, "is not a regular file")],
            LoadError::TooLarge { file } => {
                vec![placeless(file, "is larger than 16 MiB, too large for a config")]
            }
            LoadError::Fetch { url, source } => vec![placeless(url, &source.to_string())],
            LoadError::Answered(problem) | LoadError::Syntax(problem) | LoadError::NotAList(problem) => {
                vec![(**problem).clone()]
            }
            LoadError::Repeated { problems, .. } | LoadError::App { problems, .. } => problems.clone(),
        }
    }
}

fn placeless(source: &str, message: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        source: source.to_owned(),
        at: None,
        path: String::new(),
        message: message.to_owned(),
        snippet: None,
    }
}

fn summary(problems: &[Problem]) -> String {
    let count = problems.iter().filter(|problem| problem.is_error()).count();
    match problems.iter().find(|problem| problem.is_error()) {
        Some(first) if count > 1 => format!("{first}, and {} more", count - 1),
        Some(first) => first.to_string(),
        None => "no details".to_owned(),
    }
}
