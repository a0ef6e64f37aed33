//! Text of servers and libraries, made fit to be shown: nothing in it can control a terminal or read differently from
//! what it holds.

/// The text with control characters, and characters that reorder or hide other text, written as `\n`, `\u{1b}`; cut
/// to `max` characters, of which the last one says so.
pub(crate) fn shown(text: &str, max: usize) -> String {
    let mut safe = String::new();
    let mut length = 0;
    // Where the ellipsis goes if the text turns out to be too long; never inside of an escaped character.
    let mut cut = 0;
    for c in text.chars() {
        let before = safe.len();
        if is_hostile(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
        length += safe[before..].chars().count();
        if length < max {
            cut = safe.len();
        }
        if length > max {
            safe.truncate(cut);
            safe.push('…');
            break;
        }
    }
    safe
}

/// What an error says, without the number that the standard library puts behind it: ` (os error 2)`.
pub(crate) fn without_number(text: &str) -> &str {
    match text.rsplit_once(" (os error ") {
        Some((said, number)) if number.ends_with(')') => said,
        _ => text,
    }
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Zero-width and direction marks, embeddings, overrides and isolates; line separators; the BOM;
            // tag characters.
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_control_a_terminal_is_written_out() {
        assert_eq!(shown("a\u{1b}[2J\n\u{202e}b", 60), "a\\u{1b}[2J\\n\\u{202e}b");
        assert_eq!(shown("Новости é", 60), "Новости é");
    }

    #[test]
    fn the_number_behind_an_error_is_left_out() {
        let error = std::io::Error::from_raw_os_error(2).to_string();
        assert!(error.ends_with("(os error 2)"));
        assert_eq!(without_number(&error), "No such file or directory");
        assert_eq!(without_number("an (os error in it"), "an (os error in it");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shown("12345", 5), "12345");
        assert_eq!(shown("123456", 5), "1234…");
        assert_eq!(shown("12\u{1b}\u{1b}", 5), "12…");
        assert_eq!(shown(&"é".repeat(9), 5), "éééé…");
    }
}
