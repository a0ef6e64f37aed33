//! Keys in PEM, whole or cut, with real line ends or escaped ones.

use super::MASK;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// The text with every block masked, from its first line to its last. A block without an end goes to the end of the
/// text, one without a beginning begins with the first of the characters that may be in its body.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        match (rest.find(BEGIN), rest.find(END)) {
            (Some(begin), end) if end.is_none_or(|end| begin < end) => {
                masked.push_str(&rest[..begin]);
                masked.push_str(MASK);
                rest = &rest[begin..];
                let Some(end) = rest.find(END) else { return masked };
                rest = after_end(&rest[end..]);
            }
            (_, Some(end)) => {
                let body = rest[..end].rfind(|c: char| !in_body(c)).map_or(0, |at| at + char_len(rest, at));
                masked.push_str(&rest[..body]);
                masked.push_str(MASK);
                rest = after_end(&rest[end..]);
            }
            (_, None) => {
                masked.push_str(rest);
                return masked;
            }
        }
    }
}

/// What follows the `-----END …-----` that the text begins with.
fn after_end(text: &str) -> &str {
    let label = &text[END.len()..];
    match label.find("-----") {
        Some(at) => &label[at + 5..],
        // A cut end hides the rest of its line, which is no news.
        None => label.find('\n').map_or("", |at| &label[at..]),
    }
}

/// Base64, white space, and the backslash of escaped line ends.
fn in_body(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\\' | '\n' | '\r' | ' ' | '\t')
}

fn char_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}
