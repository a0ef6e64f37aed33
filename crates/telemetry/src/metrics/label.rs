//! Labels, from any text.

use std::fmt::Write as _;

use crate::text::shown;

/// As long as a value may be, in characters: twice what a stream's name may have.
const MAX: usize = 256;

/// `name="value"`.
///
/// Both formats escape a backslash, a quote and a line feed in the same way, and nothing else: any other character
/// stands for itself. A page is also read on terminals, and its labels on dashboards: other control characters, and
/// those that hide or reorder text, are written out as `\u{1b}` before.
pub(super) fn label(name: &str, value: &str) -> String {
    let mut label = String::with_capacity(name.len() + value.len() + 3);
    label.push_str(name);
    label.push_str("=\"");
    for (i, line) in bounded(value).split('\n').enumerate() {
        if i > 0 {
            label.push_str("\\n");
        }
        // As long as it is: it was cut before.
        for c in shown(line, usize::MAX).chars() {
            match c {
                '\\' => label.push_str("\\\\"),
                '"' => label.push_str("\\\""),
                c => label.push(c),
            }
        }
    }
    label.push('"');
    label
}

/// `first,second`.
pub(super) fn with(labels: &str, name: &str, value: &str) -> String {
    let mut both = labels.to_owned();
    let _ = write!(both, ",{}", label(name, value));
    both
}

fn bounded(value: &str) -> String {
    if value.chars().nth(MAX).is_none() {
        return value.to_owned();
    }
    value.chars().take(MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        assert_eq!(label("name", value), format!("name=\"{expected}\""));
    }

    #[test]
    fn backslash_quote_and_line_feed_are_escaped_as_the_formats_say() {
        check("news", "news");
        check("", "");
        check(r#"a"b\c"#, r#"a\"b\\c"#);
        check("\na\n\nb\n", r"\na\n\nb\n");
        check(r"\n", r"\\n");
        check("} 1\n# EOF\nfake{x=\"", r#"} 1\n# EOF\nfake{x=\""#);
        check("Новости,{é}=", "Новости,{é}=");
    }

    #[test]
    fn control_characters_are_written_out() {
        check("\0\u{1b}[2J\u{7f}", r"\\u{0}\\u{1b}[2J\\u{7f}");
        check("a\rb\r\n\t", r"a\\rb\\r\n\\t");
        check("\u{202e}\u{85}\u{feff}", r"\\u{202e}\\u{85}\\u{feff}");
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        check(&"é".repeat(MAX), &"é".repeat(MAX));
        check(&"\"".repeat(MAX + 1), &format!("{}…", "\\\"".repeat(MAX - 1)));
    }
}
