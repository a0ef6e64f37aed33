//! Words and texts in places where no known one belongs: beside keys, in lists without a key, instead of metadata, as
//! names. What stands there may have been pasted there, so whatever may be a secret is hidden.
//!
//! This reads tokens, not JSON, because most of these places are in documents that do not parse.

use std::ops::Range;

use crate::text::scan::{closing_quote, comment_end, skip};

use super::name::is_metadata;
use super::stranger::{is_secret_name, is_stranger};

/// An object or a list that is open.
#[derive(Clone, Copy, Default)]
struct Frame {
    /// It is a list that is the value of a key, or in one.
    is_list_of_key: bool,
    is_dirs: bool,
    /// It is metadata, or in it.
    in_metadata: bool,
}

/// The names in a document, and what in it are strangers or stands instead of metadata. Of a text that is `known`, the
/// secret part has been found already.
pub(super) fn strangers(
    text: &str,
    known: impl Fn(&Range<usize>) -> bool,
) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut names: Vec<Range<usize>> = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    // The name whose colon was the last token.
    let mut key: Option<&str> = None;
    let mut last: Option<Range<usize>> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let frame = frames.last().copied().unwrap_or_default();
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' => {
                let own = key.take();
                frames.push(Frame {
                    is_list_of_key: byte == b'[' && (own.is_some() || frame.is_list_of_key),
                    is_dirs: own == Some("dirs"),
                    in_metadata: frame.in_metadata || own.is_some_and(is_metadata),
                });
            }
            b'}' | b']' => drop((frames.pop(), key.take())),
            b':' | b'=' => {
                key = last.take().map(|name| {
                    if text[..name.start].ends_with('"') {
                        names.push(name.clone());
                    }
                    &text[name]
                });
            }
            b',' => key = None,
            b'/' if comment_end(bytes, start).is_some() => {
                at = comment_end(bytes, start).unwrap_or(bytes.len());
                continue;
            }
            b'"' => {
                let end = closing_quote(bytes, at, b'"').unwrap_or(bytes.len());
                let content = at..end;
                at = (end + 1).min(bytes.len());
                let is_name = is_followed_by_colon(bytes, at);
                let string = &text[content.clone()];
                let instead = key.is_some_and(is_metadata) && !frame.is_dirs;
                let in_list = frame.is_list_of_key && !frame.in_metadata;
                // A list belongs behind `result`, and no text.
                let is_value = key.is_some_and(|key| key != "result") && !frame.in_metadata;
                let is_hidden = match () {
                    () if is_name => is_secret_name(string),
                    () if instead => true,
                    () if in_list || is_value || known(&content) => false,
                    () => string.replace("\\/", "/").split_whitespace().any(is_stranger),
                };
                if is_hidden {
                    spans.push(content.clone());
                }
                last = Some(content);
                key = None;
                continue;
            }
            byte if is_bare(byte) => {
                while bytes.get(at).copied().is_some_and(is_bare) && comment_end(bytes, at).is_none() {
                    at += 1;
                }
                let word = &text[start..at];
                if (key.is_some_and(is_metadata) && word != "null") || is_stranger(word) {
                    spans.push(start..at);
                }
                last = Some(start..at);
                key = None;
                continue;
            }
            _ => continue,
        }
        last = None;
    }
    (names, spans)
}

fn is_bare(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !byte.is_ascii_control() && !b"{}[],:=\"'".contains(&byte)
}

fn is_followed_by_colon(bytes: &[u8], at: usize) -> bool {
    skip(bytes, at, b"").is_some_and(|at| bytes.get(at) == Some(&b':'))
}
