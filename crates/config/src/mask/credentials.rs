//! What follows the name of a scheme of HTTP authentication, as in `Bearer …`, wherever it was pasted.

use std::ops::Range;

use crate::text::scan::words;

/// Hides credentials to the end of the line or the text that they are in.
pub(super) fn hide_credentials(text: &str, spans: &mut Vec<Range<usize>>) {
    for word in words(text) {
        let is = |scheme: &str| text[word.clone()].eq_ignore_ascii_case(scheme);
        let (bearer, basic) = (is("bearer"), is("basic"));
        if !(bearer || basic) || word.start < spans.last().map_or(0, |span| span.end) {
            continue;
        }
        let behind = &text[word.end..];
        let value = behind.trim_start_matches([' ', '\t', '+']);
        if value.len() == behind.len() {
            continue;
        }
        let first = value.split(|c: char| c.is_whitespace() || c == '"').next().unwrap_or_default();
        if !first.is_empty() && (bearer || !is_word(first)) {
            let start = text.len() - value.len();
            spans.push(start..start + value.find(['"', '\n', '\r']).unwrap_or(value.len()));
        }
    }
}

/// A title may well be `Basic English`.
fn is_word(text: &str) -> bool {
    text.chars().skip(1).all(|c| c.is_lowercase() || c == '\'') && text.starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden_but_not_every_word() {
        for (text, hidden) in [
            ("Bearer SECRET", &["SECRET"][..]),
            ("x: bearer  a b\", \"c\"", &["a b"]),
            ("/srv/BASIC dTpw/x", &["dTpw/x"]),
            ("Basic SECRET", &["SECRET"]),
            ("Basic English", &[]),
            ("forbearer x, Bearer", &[]),
        ] {
            let mut spans = Vec::new();
            hide_credentials(text, &mut spans);
            assert_eq!(spans.into_iter().map(|span| &text[span]).collect::<Vec<_>>(), hidden, "{text}");
        }
    }
}
