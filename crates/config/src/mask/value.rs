//! What stands behind a name.

use std::ops::Range;

use crate::text::scan::{closing_quote, group_end, skip};

use super::name::Certainty;

/// The value behind this name, if it is to be hidden.
pub(super) fn secret_behind(text: &str, name: Range<usize>, certainty: Certainty) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    // What ends a text is more of a key than a word in one.
    let ends_text = matches!(&bytes[name.end..], [b'"' | b'\'', ..] | [b'\\', b'"', ..]);
    let surely = certainty == Certainty::Surely || ends_text;
    let Some(behind) = skip(bytes, name.end, b"\"'\\") else { return Some(name.end..bytes.len()) };
    match bytes.get(behind)? {
        // In a text, as in a URL, the value ends where the text does.
        b'=' if behind == name.end && !matches!(bytes.get(behind + 1), Some(b'"' | b'\'' | b'\\')) => {
            Some(behind + 1..text_end(bytes, behind + 1))
        }
        b':' | b'=' => Some(match skip(bytes, behind, b":=") {
            Some(start) => start..value_end(bytes, start)?,
            None => behind..bytes.len(),
        }),
        b',' if surely => not_the_next_name(bytes, behind + 1),
        b',' | b'}' | b']' => None,
        _ if surely => Some(behind..value_end(bytes, behind)?),
        _ => None,
    }
    .map(|value| without_quote(bytes, value))
}

/// The content of the string behind a key that ends here.
pub(super) fn string_behind(text: &str, key_end: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let colon = skip(bytes, key_end, b"\"'\\").filter(|at| matches!(bytes.get(*at), Some(b':' | b'=')))?;
    let start = skip(bytes, colon, b":=")?;
    let quote = *bytes.get(start).filter(|b| matches!(b, b'"' | b'\''))?;
    Some(start + 1..closing_quote(bytes, start + 1, quote).unwrap_or(bytes.len()))
}

/// The quote that a value begins with may be shown.
fn without_quote(bytes: &[u8], value: Range<usize>) -> Range<usize> {
    let is_quoted = matches!(bytes.get(value.start), Some(b'"' | b'\'')) && value.start < value.end;
    value.start + usize::from(is_quoted)..value.end
}

/// Where the value ends that begins here, before the quote that closes it.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    Some(match *bytes.get(start)? {
        quote @ (b'"' | b'\'') => match closing_quote(bytes, start + 1, quote) {
            // A quote in the middle of a value, or one that belongs to the next: nothing on this line is safe.
            Some(end) if !is_end_of_value(bytes, end + 1) => line_end(bytes, end),
            Some(end) => end,
            None => bytes.len(),
        },
        b'{' | b'[' => group_end(bytes, start),
        b'-' | b'0'..=b'9' => {
            bytes[start..].iter().position(|b| b",}]\n".contains(b)).map_or(bytes.len(), |at| start + at)
        }
        _ => line_end(bytes, start),
    })
}

/// Where the text ends that a `name=value` is in.
fn text_end(bytes: &[u8], start: usize) -> usize {
    let line_end = line_end(bytes, start);
    match closing_quote(&bytes[..line_end], start, b'"') {
        Some(end) if is_end_of_value(bytes, end + 1) => end,
        _ => line_end,
    }
}

/// What stands behind a comma here, where a colon should be, unless it has a colon of its own.
fn not_the_next_name(bytes: &[u8], comma_end: usize) -> Option<Range<usize>> {
    let Some(start) = skip(bytes, comma_end, b"") else { return Some(comma_end..bytes.len()) };
    let quote = *bytes.get(start).filter(|byte| !b"}],".contains(byte))?;
    if b"\"'".contains(&quote)
        && let Some(end) = closing_quote(bytes, start + 1, quote)
        && matches!(skip(bytes, end + 1, b"").and_then(|at| bytes.get(at)), Some(b':' | b'='))
    {
        return None;
    }
    Some(start..value_end(bytes, start)?)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| from + at)
}

fn is_end_of_value(bytes: &[u8], at: usize) -> bool {
    let behind = skip(bytes, at, b"").unwrap_or(bytes.len());
    matches!(bytes.get(behind), None | Some(b',' | b'}' | b']')) || bytes[at..behind].contains(&b'\n')
}
