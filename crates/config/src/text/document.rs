//! A document's text, and places in it.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use crate::problem::Place;
use crate::text::boundary::floor;
use crate::text::scan::comment_end;
use crate::text::snippet;
use crate::{At, LoadError, Problem, Severity, mask};

/// A text with a name, which is the file's path or the URL with its secrets masked.
pub(crate) struct Document {
    name: String,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    /// What must not be shown; only found once something is shown.
    hidden: OnceCell<Vec<Range<usize>>>,
    /// The place that was asked for last: problems come nearly in order, and a line may be the whole document.
    last: Cell<(usize, At)>,
    /// Its lines may be shown, without what is hidden.
    has_snippets: bool,
    /// Who may do what with the file that it is from, if it is from one.
    mode: Option<u32>,
}

impl Document {
    /// Takes UTF-8 in, with or without a byte order mark.
    pub(crate) fn new(name: String, bytes: &[u8]) -> Result<Document, LoadError> {
        Document::read(name, bytes, true)
    }

    /// The same, of a document that is there for the secrets in it: no line of it is shown, whatever is wrong.
    pub(crate) fn of_secrets(name: String, bytes: &[u8]) -> Result<Document, LoadError> {
        Document::read(name, bytes, false)
    }

    fn read(name: String, bytes: &[u8], has_snippets: bool) -> Result<Document, LoadError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (text, bad) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), text.find('\0')),
            Err(error) => (String::from_utf8_lossy(bytes).into_owned(), Some(error.valid_up_to())),
        };
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        // Whatever does not even begin like a config may be a file of secrets.
        let has_snippets = has_snippets && begins_like_json(&text);
        let document = Document {
            name,
            text,
            lines,
            hidden: OnceCell::new(),
            last: Cell::new((0, At { line: 1, column: 1 })),
            has_snippets,
            mode: None,
        };
        match bad {
            None => Ok(document),
            Some(at) => {
                let found = bytes[at];
                let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
                let hint = if utf16 { "; it looks like UTF-16" } else { "" };
                let message = format!("found the byte 0x{found:02x}, expected UTF-8 text without NUL{hint}");
                Err(LoadError::Syntax(Box::new(document.error(at..at, "", message))))
            }
        }
    }

    /// The same, from a file with this mode.
    pub(crate) fn with_mode(self, mode: Option<u32>) -> Document {
        Document { mode, ..self }
    }

    pub(crate) fn mode(&self) -> Option<u32> {
        self.mode
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte.
    pub(crate) fn at(&self, offset: usize) -> At {
        let offset = floor(&self.text, offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let (known, at) = self.last.get();
        let count = |range: Range<usize>| self.text[range].chars().count();
        let column = match at.line == line {
            true if known <= offset => at.column + count(known..offset),
            true => at.column - count(offset..known),
            false => count(self.lines[line - 1]..offset) + 1,
        };
        let at = At { line, column };
        self.last.set((offset, at));
        at
    }

    pub(crate) fn place(&self, range: Range<usize>, path: &str) -> Place {
        let at = self.at(range.start);
        let line_end = self.lines.get(at.line).map_or(self.text.len(), |next| next - 1);
        let line_start = self.lines[at.line - 1];
        let line = line_start..line_start + self.text[line_start..line_end].trim_end_matches('\r').len();
        let snippet = self.has_snippets.then(|| {
            let hidden = self.hidden.get_or_init(|| mask::hidden(&self.text));
            snippet::snippet(&self.text, line, range, hidden)
        });
        Place { source: self.name.clone(), at, path: path.to_owned(), snippet: snippet.flatten() }
    }

    pub(crate) fn error(&self, range: Range<usize>, path: &str, message: String) -> Problem {
        self.place(range, path).problem(Severity::Error, message)
    }
}

/// The first that is neither blank nor comment opens an object or a list.
fn begins_like_json(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match comment_end(bytes, at) {
            Some(end) => at = end,
            None => return matches!(bytes.get(at), Some(b'{' | b'[')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_begins_like_json_is_shown() {
        for (text, is_shown) in [
            ("{ S", true),
            ("\u{feff}/* c */ // d\n [S", true),
            ("S", false),
            ("root:$6$S:1::", false),
            ("\"S\" {", false),
            ("// S", false),
            ("/* S", false),
            ("-S\n{", false),
            ("12S", false),
            ("\0S", false),
            ("", false),
        ] {
            let place = match Document::new("x".to_owned(), text.as_bytes()) {
                Ok(document) => document.place(0..1, "").snippet,
                Err(LoadError::Syntax(problem)) => problem.snippet,
                Err(error) => panic!("{error}"),
            };
            assert_eq!(place.is_some(), is_shown, "{text}");
        }
    }
}
