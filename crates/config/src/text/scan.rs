//! Finding one's way through JSON-like text that may not be JSON: words, strings, comments, brackets.

use std::ops::Range;

/// Runs of letters, digits, `_`, `-` and `\uXXXX`, which is all that a key can be. What is not ASCII counts as a letter.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && word_step(bytes, at) == 0 {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && word_step(bytes, at) > 0 {
            at += word_step(bytes, at);
        }
        (start < at).then_some(start..at)
    })
}

/// How many bytes of a word are at this place.
fn word_step(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'_' | b'-' => 1,
        byte if byte.is_ascii_alphanumeric() || !byte.is_ascii() => 1,
        b'\\'
            if bytes.get(at + 1) == Some(&b'u')
                && bytes.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
        {
            6
        }
        _ => 0,
    }
}

pub(crate) fn unescape(word: &str) -> String {
    let mut rest = word;
    let mut plain = String::with_capacity(word.len());
    while let Some(at) = rest.find("\\u") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        plain.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
        rest = rest.get(at + 6..).unwrap_or_default();
    }
    plain + rest
}

/// The longest gap of white space and comments that is looked through for a value.
const MAX_GAP: usize = 4096;

/// Behind white space, comments and these bytes; `None` if they take too long to end.
pub(crate) fn skip(bytes: &[u8], start: usize, also: &[u8]) -> Option<usize> {
    let window = &bytes[..bytes.len().min(start + MAX_GAP)];
    let mut at = start;
    loop {
        match window.get(at) {
            Some(byte) if byte.is_ascii_whitespace() || also.contains(byte) => at += 1,
            Some(b'/') => match comment_end(window, at) {
                Some(end) => at = end,
                None => return Some(at),
            },
            Some(_) => return Some(at),
            None => return (window.len() == bytes.len()).then_some(at),
        }
    }
}

/// Behind the comment that begins here, if one does.
pub(crate) fn comment_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at + 2..)?;
    match &bytes[at..at + 2] {
        b"//" => Some(rest.iter().position(|b| *b == b'\n').map_or(bytes.len(), |end| at + 2 + end)),
        b"/*" => Some(rest.windows(2).position(|w| w == b"*/").map_or(bytes.len(), |end| at + 4 + end)),
        _ => None,
    }
}

/// The quote that closes the string whose content begins here.
pub(crate) fn closing_quote(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += match *bytes.get(at)? {
            b'\\' => 2,
            byte if byte == quote => return Some(at),
            _ => 1,
        };
    }
}

/// Behind the string whose content begins here.
pub(crate) fn string_end(bytes: &[u8], at: usize) -> usize {
    closing_quote(bytes, at, b'"').map_or(bytes.len(), |end| end + 1)
}

/// Behind the bracket that closes the one here, or the end.
pub(crate) fn group_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => string_end(bytes, at + 1),
            b'/' => comment_end(bytes, at).unwrap_or(at + 1),
            _ => at + 1,
        };
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}
