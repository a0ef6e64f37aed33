//! Private keys in lines that come a few at a time.

use crate::redact::{MASK, without_keys};

/// How much of a key may come after its first line, in bytes: more than the longest has. What is hidden behind a first
/// line that nothing ends must end some time.
pub(super) const LONGEST: usize = 16 * 1024;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Whether a key has begun in the lines so far.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// How much of one may still come.
    left: usize,
}

impl Keys {
    /// The lines without the keys in them.
    pub(super) fn hide(&mut self, lines: &[String]) -> Vec<String> {
        let text = lines.join("\n");
        let within = self.left > 0;
        // With a first line in front of it, the rest of a key is known for one.
        let masked = if within {
            without_keys(&format!("{BEGIN}PRIVATE KEY-----\n{text}"))
        } else {
            without_keys(&text)
        };
        self.pass(&text);
        // The mask of that first line stands there already, from the lines before.
        let shown = if within { masked.strip_prefix(MASK).unwrap_or(&masked) } else { &masked };
        let shown = if within { shown.strip_prefix('\n').unwrap_or(shown) } else { shown };
        if within && shown.is_empty() {
            return Vec::new();
        }
        shown.split('\n').map(str::to_owned).collect()
    }

    /// Takes note of text that is not shown.
    pub(super) fn pass(&mut self, text: &str) {
        self.left = match (text.rfind(BEGIN), text.rfind(END)) {
            (Some(begin), end) if end.is_none_or(|end| end < begin) => LONGEST,
            (_, Some(_)) => 0,
            _ => self.left.saturating_sub(text.len() + 1),
        };
    }
}
