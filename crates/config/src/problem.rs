//! Something wrong with a document, with its place.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// Something wrong with a document. Its texts are safe to show: escaped, shortened, secrets masked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Whether the document, or the entry, can be used all the same.
    pub severity: Severity,
    /// The file, or the URL with its secrets masked.
    pub source: String,
    /// Where in the document; `None` if there is no document to have a place in.
    pub at: Option<At>,
    /// The path in the document, as in `[3].bitrate` or `dirs.pid`; empty for the document itself.
    pub path: String,
    /// The node whose entry it is in, as in `news, port 8640`.
    pub entry: Option<String>,
    /// What was found and what is expected.
    pub message: String,
    /// The line around the place.
    pub snippet: Option<Snippet>,
}

/// Whether what was found can be used all the same. There is no third way, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but it may not be what was meant.
    Warning,
}

/// A place in a document, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// At most 60 characters of the line around a place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// The text: escaped, with `****` for secrets.
    pub text: String,
    /// What of it is meant, in characters; empty where something is missing.
    pub highlight: Range<usize>,
}

/// Where the settings of a document are, by their paths.
pub(crate) type Places = BTreeMap<String, Place>;

/// Where something is, kept for a problem that may be found with it later.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) source: String,
    pub(crate) at: At,
    pub(crate) path: String,
    pub(crate) snippet: Option<Snippet>,
}

impl Place {
    pub(crate) fn problem(&self, severity: Severity, message: String) -> Problem {
        let Place { source, at, path, snippet } = self.clone();
        Problem { severity, source, at: Some(at), path, entry: None, message, snippet }
    }
}

impl Problem {
    /// Something wrong with this file, or URL, as a whole. The texts must be safe to show.
    pub fn new(severity: Severity, source: impl Into<String>, message: impl Into<String>) -> Self {
        Problem {
            severity,
            source: source.into(),
            at: None,
            path: String::new(),
            entry: None,
            message: message.into(),
            snippet: None,
        }
    }

    /// The same with every text as `rewrite` has it, for whoever knows more secrets. A snippet that is rewritten is left
    /// out: its highlight would not fit any more.
    #[must_use]
    pub fn rewritten(&self, rewrite: &dyn Fn(&str) -> String) -> Problem {
        let Problem { severity, source, at, path, entry, message, snippet } = self;
        Problem {
            severity: *severity,
            source: rewrite(source),
            at: *at,
            path: rewrite(path),
            entry: entry.as_deref().map(rewrite),
            message: rewrite(message),
            snippet: snippet.clone().filter(|snippet| rewrite(&snippet.text) == snippet.text),
        }
    }

    /// It is an error, not a warning.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl Snippet {
    /// A text that is safe to show, and what of it is meant, in characters.
    pub fn new(text: impl Into<String>, highlight: Range<usize>) -> Self {
        Snippet { text: text.into(), highlight }
    }
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Problem {
    /// `FILE:LINE:COLUMN: PATH: MESSAGE` in one line, without severity, entry and snippet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { severity: _, source, at, path, entry: _, message, snippet: _ } = self;
        f.write_str(source)?;
        if let Some(At { line, column }) = at {
            write!(f, ":{line}:{column}")?;
        }
        f.write_str(": ")?;
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        f.write_str(message)
    }
}
