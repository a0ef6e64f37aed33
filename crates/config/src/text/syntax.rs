//! From text to JSON values with their places: JSON, plus comments and trailing commas, and nothing else.

use jsonc_parser::ast::Value;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};

use crate::LoadError;
use crate::text::document::Document;
use crate::text::scan::{comment_end, string_end};

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
            let (place, message) = explain(failed.kind(), text, range.start..range.end);
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

/// The parser's words in this crate's manner, and where they belong.
fn explain(
    kind: &ParseErrorKind,
    text: &str,
    range: std::ops::Range<usize>,
) -> (std::ops::Range<usize>, String) {
    let end = text.trim_end().len();
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
        other => {
            let rest = text.get(range.start..).unwrap_or_default();
            (range, in_words(other, rest))
        }
    }
}

/// What is wrong where the rest of the text begins.
fn in_words(kind: &ParseErrorKind, rest: &str) -> String {
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    match kind {
        _ if rest.starts_with('#') => "found a #; comments begin with // or /*",
        _ if rest.starts_with('\'') => "found a single quote; keys and texts need double quotes",
        ParseErrorKind::MultipleRootJsonValues => "found more behind the end of the JSON value",
        ParseErrorKind::ExpectedStringObjectProperty | ParseErrorKind::UnexpectedTokenInObject => {
            "keys need double quotes"
        }
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon is missing behind the key",
        ParseErrorKind::ExpectedObjectValue => "the key has no value",
        ParseErrorKind::ExpectedComma => "a comma is missing here",
        ParseErrorKind::UnexpectedComma => "found a comma where a value should be",
        ParseErrorKind::UnexpectedColon => "found a colon where a value should be",
        ParseErrorKind::UnexpectedCloseBrace => "found a } that closes nothing",
        ParseErrorKind::UnexpectedCloseBracket => "found a ] that closes nothing",
        ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::UnaryPlusNumbersNotAllowed
        | ParseErrorKind::BareDecimalPointNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed => "numbers are written in decimal digits only",
        ParseErrorKind::UnexpectedWord | ParseErrorKind::UnexpectedToken => match word {
            "True" | "TRUE" => "found a word; it is written true",
            "False" | "FALSE" => "found a word; it is written false",
            "None" | "NULL" => "found a word; it is written null",
            _ if word.starts_with(char::is_alphabetic) => {
                "found a word without quotes; texts need double quotes"
            }
            _ => "found a character that means nothing in JSON outside of a text",
        },
        other => {
            let text = other.to_string();
            let mut chars = text.chars();
            let first = chars.next().map(|c| c.to_ascii_lowercase());
            return first.into_iter().chain(chars).collect();
        }
    }
    .to_owned()
}
