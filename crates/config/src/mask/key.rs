//! Private keys where nothing around them says that they are: in the place of something else.

use std::ops::Range;

use crate::text::scan::closing_quote;

/// How the text of a key begins: in PEM, in base64 of PEM, and in base64 of what PEM wraps. The last is short, so a
/// good part of a key has to follow.
const BEGINNINGS: [(&str, usize); 3] = [("-----BEGIN", 0), ("LS0tLS1CRUdJTi", 0), ("MII", 32)];

/// The text is a key, or holds one.
pub(crate) fn is_key(text: &str) -> bool {
    let mut spans = Vec::new();
    hide_keys(text, &mut spans);
    !spans.is_empty()
}

/// Hides keys from their beginnings to the ends of the strings that they are in.
pub(super) fn hide_keys(text: &str, spans: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let in_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\\\n\r".contains(byte);
    for (beginning, more) in BEGINNINGS {
        let mut done = 0;
        for (at, _) in text.match_indices(beginning) {
            let behind = &bytes[at + beginning.len()..];
            if at < done || behind.iter().take(more).take_while(|byte| in_key(byte)).count() < more {
                continue;
            }
            done = closing_quote(bytes, at, b'"').unwrap_or(bytes.len());
            spans.push(at..done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut spans = Vec::new();
        hide_keys(text, &mut spans);
        let hidden: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
        assert_eq!(hidden, expected);
    }

    #[test]
    fn keys_are_known_by_their_beginnings() {
        let der = "MIICXAIBAAKBgQC7\\nIBAAKBgQC7xxIBAAKBgQC7+/8=";
        let pem = format!("-----BEGIN RSA PRIVATE KEY-----\\n{der}\\n-----END RSA PRIVATE KEY-----");
        check(&format!(r#"{{"metadata": "{der}", "port": 1}}"#), &[der]);
        check(
            &format!(r#"{{"title": "my key: {pem}", "port": 1}}"#),
            &[&pem, der].map(|text| if text == der { &pem[pem.find(der).unwrap()..] } else { text }),
        );
        check(r#"["x LS0tLS1CRUdJTiBSU0", "MIITV", "MII"]"#, &["LS0tLS1CRUdJTiBSU0"]);
        check("-----BEGIN is cut", &["-----BEGIN is cut"]);
        check("MIICXAIBAAKBgQC7 IBAAKBgQC7xxIBAAKBgQC7+/8=", &[]);
    }
}
