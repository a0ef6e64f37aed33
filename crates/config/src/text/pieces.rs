//! A document as the texts in it and what is between them, as far as its quotes tell.

use std::ops::Range;

/// A text, or what is in one line between texts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its content, without quotes.
    pub(crate) range: Range<usize>,
    /// It is between two quotes, and none of those in it is in doubt.
    pub(crate) is_whole: bool,
    /// It is a text that ends where the document does: that may have been cut.
    pub(crate) is_cut: bool,
}

/// The pieces in their order. A quote closes a text only if what comes next may stand behind one, so that a text with a
/// quote too many is one piece; no piece is longer than a line.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
        let start = at;
        if bytes.get(at)? != &b'"' {
            at += bytes[at..].iter().position(|b| b"\"\n".contains(b)).unwrap_or(bytes.len() - at);
            return Some(Piece { range: start..at, is_whole: false, is_cut: false });
        }
        let (end, is_whole) = text_end(bytes, start + 1);
        let is_closed = bytes.get(end) == Some(&b'"');
        at = end + usize::from(is_closed);
        let is_cut = end == bytes.len();
        Some(Piece { range: start + 1..end, is_whole: is_whole && is_closed, is_cut })
    })
}

/// Where the text ends whose content begins here, and whether no other quote is in it.
fn text_end(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut is_whole = true;
    loop {
        match bytes.get(at) {
            None => return (bytes.len(), is_whole),
            Some(b'\n') => return (at, is_whole),
            Some(b'\\') if bytes.get(at + 1) != Some(&b'\n') => at += 2,
            Some(b'"') if may_close(bytes, at) => return (at, is_whole),
            Some(byte) => {
                is_whole &= *byte != b'"';
                at += 1;
            }
        }
    }
}

/// What follows this quote may stand behind a text.
fn may_close(bytes: &[u8], quote: usize) -> bool {
    let behind = bytes[quote + 1..].iter().find(|byte| !b" \t\r".contains(byte));
    behind.is_none_or(|byte| b",:=}]/\n".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, bool)]) {
        let found: Vec<(&str, bool)> =
            pieces(text).map(|piece| (&text[piece.range], piece.is_whole)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn texts_and_what_is_between_them() {
        check(
            r#"{"a": "b\"c"}"#,
            &[("{", false), ("a", true), (": ", false), (r#"b\"c"#, true), ("}", false)],
        );
        check("\"a\",\n// \"b\"\n", &[("a", true), (",", false), ("// ", false), ("b", true)]);
    }

    #[test]
    fn quotes_too_many_and_too_few() {
        check(
            r#""a": "b"c", "d""#,
            &[("a", true), (": ", false), ("b\"c", false), (", ", false), ("d", true)],
        );
        check(r#""a: 1, "b": 2"#, &[("a: 1, \"b", false), (": 2", false)]);
        check("\"a\n\"b\"\n\"c\\", &[("a", false), ("b", true), ("c\\", false)]);
        assert!(pieces("\"c\\é").last().is_some_and(|piece| piece.is_cut));
        assert!(pieces("\"\"\"").all(|piece| !piece.is_whole || piece.range.is_empty()));
    }
}
