//! What a text means where it is escaped, with the place of every character.
//!
//! A key that was put into JSON, a URL or a dump of either is the same key: it is looked for in what the text means and
//! hidden where it is written. Nothing tells how often a text was escaped, so every layer is taken off that could be one.

use std::ops::Range;

/// Stands for every character that no key holds.
const OTHER: u8 = 0x80;

/// The characters that a text means.
pub(super) struct Plain {
    /// ASCII as it is, and [`OTHER`] for anything else.
    pub(super) chars: Vec<u8>,
    /// Where each is written, and the text's end.
    places: Vec<usize>,
}

impl Plain {
    /// Takes `\n`, `\/`, `\u002b` and `%2B` for what they mean, also behind more than one backslash and as `%252B`.
    pub(super) fn new(text: &str) -> Self {
        let mut plain =
            Plain { chars: Vec::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let (meant, len) = match byte {
                b'\\' => backslash(&bytes[at..]),
                b'%' => percent(&bytes[at..]),
                byte if byte.is_ascii() => (*byte, 1),
                _ => (OTHER, text[at..].chars().next().map_or(1, char::len_utf8)),
            };
            plain.chars.push(meant);
            plain.places.push(at);
            at += len;
        }
        plain.places.push(text.len());
        plain
    }

    /// Where in the text these characters are written.
    pub(super) fn written(&self, range: &Range<usize>) -> Range<usize> {
        self.places[range.start]..self.places[range.end]
    }
}

/// What the backslashes that the text begins with mean, with what is behind them, and how long that is.
fn backslash(bytes: &[u8]) -> (u8, usize) {
    let len = bytes.iter().take_while(|byte| **byte == b'\\').count();
    match bytes.get(len) {
        Some(b'n') => (b'\n', len + 1),
        Some(b'r') => (b'\r', len + 1),
        Some(b't') => (b'\t', len + 1),
        Some(b'/') => (b'/', len + 1),
        Some(b'u') => match bytes.get(len + 1..len + 5).and_then(hex) {
            Some(code) => (u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(OTHER), len + 5),
            None => (b'\\', len),
        },
        _ => (b'\\', len),
    }
}

/// The same for a percent sign.
fn percent(bytes: &[u8]) -> (u8, usize) {
    let layers = bytes[1..].chunks_exact(2).take_while(|digits| *digits == b"25").count();
    let at = 1 + 2 * layers;
    match bytes.get(at..at + 2).and_then(hex) {
        Some(code) => (u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(OTHER), at + 2),
        None => (b'%', at),
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, meant: &[u8]) {
        let plain = Plain::new(text);
        assert_eq!(plain.chars, meant, "{text}");
        let written: String = (0..meant.len()).map(|i| &text[plain.written(&(i..i + 1))]).collect();
        assert_eq!(written, text, "every place belongs to one character");
    }

    #[test]
    fn escapes_are_taken_for_what_they_mean() {
        check(r"a\nb\r\t\/\u002b\u002F", b"a\nb\r\t/+/");
        check(r"a\\nb\\\\u002b\\/", b"a\nb+/");
        check("%0a%2B%252b%25252F", b"\n++/");
        check("é\\u00e9%C3%A9\u{202e}", &[OTHER; 5]);
        check("", b"");
    }

    #[test]
    fn what_only_looks_like_one_is_what_it_is() {
        check(r#"\"\x\u00"#, b"\\\"\\x\\u00");
        check(r"\u", b"\\u");
        check(r"\\", b"\\");
        check("100% %zz %2 %", b"100% %zz %2 %");
        check("%25", b"%");
        check("\\é%é", &[b'\\', OTHER, b'%', OTHER]);
    }
}
