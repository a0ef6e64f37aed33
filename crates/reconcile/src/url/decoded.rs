//! A text as a server reads it: what is written as `%3D` is a `=`, so whatever looks for secrets has to see that.

use std::ops::Range;

/// A text whose percent escapes have been replaced, and where its parts are in the text as it is written.
///
/// Only what may be seen is replaced, and neither quotes nor backslashes are, so that texts in a document end where they
/// did. What was escaped several times over, as in `%253D`, is replaced as well.
#[derive(Clone, Debug)]
pub struct Decoded {
    text: String,
    /// Behind each escape: its end in `text`, and as it is written.
    escapes: Vec<(usize, usize)>,
}

impl Decoded {
    /// `None` if nothing in the text is escaped.
    pub fn new(written: &str) -> Option<Decoded> {
        let bytes = written.as_bytes();
        let (mut text, mut escapes) = (String::new(), Vec::new());
        let mut shown = 0;
        for (at, _) in written.match_indices('%') {
            if at >= shown
                && let Some((character, end)) = escape(bytes, at)
            {
                text.push_str(&written[shown..at]);
                text.push(character);
                escapes.push((text.len(), end));
                shown = end;
            }
        }
        text.push_str(&written[shown..]);
        (!escapes.is_empty()).then_some(Decoded { text, escapes })
    }

    /// The text without escapes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where this part of [`Decoded::text`] is in the text as it is written.
    pub fn written(&self, part: Range<usize>) -> Range<usize> {
        let written = |at: usize| match self.escapes.partition_point(|(end, _)| *end <= at).checked_sub(1) {
            Some(before) => at - self.escapes[before].0 + self.escapes[before].1,
            None => at,
        };
        written(part.start)..written(part.end)
    }
}

/// The character whose escape begins here, and where that ends.
fn escape(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let code = |at: usize| -> Option<u8> {
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
    };
    let (mut byte, mut end) = (code(at + 1)?, at + 3);
    while byte == b'%'
        && let Some(next) = code(end)
    {
        (byte, end) = (next, end + 2);
    }
    let may_be_seen = (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte);
    may_be_seen.then_some((char::from(byte), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_found_again() {
        for (written, text, part, as_written) in [
            ("x%3Ftoken=S", "x?token=S", "token", "token"),
            ("%40h", "@h", "@", "%40"),
            ("u%253aS%25252540h", "u:S@h", "S@", "S%25252540"),
            ("é%41%é", "éA%é", "A%", "%41%"),
            ("100%25", "100%", "%", "%25"),
        ] {
            let decoded = Decoded::new(written).unwrap();
            assert_eq!(decoded.text(), text);
            let start = text.find(part).unwrap();
            assert_eq!(&written[decoded.written(start..start + part.len())], as_written);
        }
        for written in ["", "a%zz%4", "100%", "%22%5c%0A%C3%A9"] {
            assert!(Decoded::new(written).is_none(), "{written}");
        }
    }
}
