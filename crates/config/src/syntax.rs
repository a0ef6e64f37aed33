//! From text to JSON values with their places: JSON, plus comments and trailing commas, and nothing else.

use jsonc_parser::ast::Value;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};

use crate::LoadError;
use crate::document::Document;
use crate::scan::{comment_end, string_end};

/// No config nests deeper than a few levels; the bound keeps recursion over hostile text short.
const MAX_DEPTH: usize = 32;

/// The document's value, or the first thing that is wrong with its syntax.
pub(crate) fn parse(document: &Document) -> Result<Value<'_>, LoadError> {
    let text = document.text();
    let error = |range: std::ops::Range<usize>, message: String| {
        LoadError::Syntax(Box::new(document.error(range, "", message)))
    };
    let content = text.trim_start();
    let start = text.len() - content.len();
    if content.is_empty() {
        return Err(error(0..0, "the document is empty, expected JSON".to_owned()));
    }
    if content.starts_with('<') {
        return Err(error(start..start + 1, "found HTML or XML, expected JSON".to_owned()));
    }
    if let Some(at) = too_deep(text) {
        return Err(error(at..at + 1, format!("lists and objects are nested more than {MAX_DEPTH} deep")));
    }
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &CollectOptions::default(), &options) {
        Ok(parsed) => parsed
            .value
            .ok_or_else(|| error(0..0, "the document holds only comments, expected JSON".to_owned())),
        Err(failed) => {
            let range = failed.range();
            let (place, message) = explain(failed.kind(), range.start..range.end, text.trim_end().len());
            Err(error(place, message))
        }
    }
}

/// Where the nesting gets too deep.
fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at + 1);
                continue;
            }
            b'/' => {
                if let Some(end) = comment_end(bytes, at) {
                    at = end;
                    continue;
                }
            }
            b'[' | b'{' if depth == MAX_DEPTH => return Some(at),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The parser's words in this crate's manner. `end` is where the text ends.
fn explain(
    kind: &ParseErrorKind,
    range: std::ops::Range<usize>,
    end: usize,
) -> (std::ops::Range<usize>, String) {
    let cut = |what: &str| format!("the document ends inside of {what}; it may have been cut off");
    match kind {
        ParseErrorKind::UnterminatedArray => (end..end, cut("a list")),
        ParseErrorKind::UnterminatedObject => (end..end, cut("an object")),
        ParseErrorKind::UnterminatedCommentBlock => (range, cut("a comment that begins here")),
        ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
            (range, cut("a text that begins here"))
        }
        ParseErrorKind::ExpectedColonAfterObjectKey | ParseErrorKind::ExpectedObjectValue
            if range.start >= end =>
        {
            (end..end, cut("an object"))
        }
        ParseErrorKind::MultipleRootJsonValues => {
            (range, "found more behind the end of the JSON value".to_owned())
        }
        other => {
            let text = other.to_string();
            let mut chars = text.chars();
            let first = chars.next().map(|c| c.to_ascii_lowercase());
            (range, first.into_iter().chain(chars).collect::<String>() + "; expected JSON")
        }
    }
}
