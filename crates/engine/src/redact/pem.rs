//! Keys in PEM, whole or cut.

use std::ops::Range;

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";

/// How long the label behind [`END`] can be; `RSA PRIVATE KEY` is 15.
const MAX_LABEL: usize = 64;

/// Every block, from its first line to its last. A block without an end goes to the end of the text, one without a
/// beginning begins with the first of the characters that may be in its body.
pub(super) fn blocks(text: &[u8]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut begun: Option<usize> = None;
    for (at, is_end) in markers(text) {
        let done = blocks.last().map_or(0, |block| block.end);
        if at < done {
            continue;
        }
        match (begun, is_end) {
            (None, false) => begun = Some(at),
            (Some(_), false) => {}
            (Some(begin), true) => {
                blocks.push(begin..behind_end(text, at));
                begun = None;
            }
            (None, true) => {
                let body = text[done..at].iter().rposition(|c| !in_body(*c)).map_or(done, |i| done + i + 1);
                blocks.push(body..behind_end(text, at));
            }
        }
    }
    blocks.extend(begun.map(|begin| begin..text.len()));
    blocks
}

/// Where blocks begin, and where their last lines do (`true`).
fn markers(text: &[u8]) -> impl Iterator<Item = (usize, bool)> {
    // In a form, a blank is written as a plus.
    let is_marker = |rest: &[u8], marker: &[u8]| {
        rest.strip_prefix(marker).and_then(<[u8]>::first).is_some_and(|c| matches!(c, b' ' | b'+'))
    };
    (0..text.len()).filter_map(move |at| {
        let rest = &text[at..];
        let is_end = is_marker(rest, END);
        (is_end || is_marker(rest, BEGIN)).then_some((at, is_end))
    })
}

/// Behind the `-----END …-----` that is here, of which the end may be cut off.
fn behind_end(text: &[u8], at: usize) -> usize {
    let label = at + END.len();
    let in_label = |c: &&u8| c.is_ascii_alphanumeric() || matches!(c, b' ' | b'+' | b'_');
    let dashes = label + text[label..].iter().take(MAX_LABEL).take_while(in_label).count();
    dashes + text[dashes..].iter().take(5).take_while(|c| **c == b'-').count()
}

/// Base64, white space, and the backslash of an escape that was cut.
fn in_body(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=' | b'\\' | b'\n' | b'\r' | b' ' | b'\t')
}
