//! Text from configs, engines and servers, made safe to show on a terminal.

use std::borrow::Cow;

/// The text with control characters, and characters that reorder or hide other text, written as `\n`, `\u{1b}`.
///
/// ```
/// assert_eq!(acecast_reconcile::escape("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
/// ```
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hostile(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Zero-width and direction marks, embeddings, overrides and isolates; line separators; the BOM;
            // tag characters: all can make a line read differently from what it holds.
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_direction_overrides_are_written_out() {
        assert_eq!(escape("\u{9b}2J\r\n\t\0"), "\\u{9b}2J\\r\\n\\t\\u{0}");
        assert_eq!(escape("a\u{202e}b"), "a\\u{202e}b");
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        assert!(matches!(escape("Новости 日本 é"), Cow::Borrowed(_)));
    }
}
