//! Credentials and session tokens in URLs, and in paths with a query.

use super::MASK;

/// The text with userinfo, the values of queries and fragments of URLs masked, and the values of queries elsewhere.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = rest.find(is_end) {
        mask_word(&rest[..end], &mut masked);
        let after = end + rest[end..].chars().next().map_or(1, char::len_utf8);
        masked.push_str(&rest[end..after]);
        rest = &rest[after..];
    }
    mask_word(rest, &mut masked);
    masked
}

/// What no URL holds, so that one ends there in a text.
fn is_end(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\')
}

/// Masks a word of a text. What ends a sentence or a part of one is not the URL's.
fn mask_word(word: &str, masked: &mut String) {
    let end = word.trim_end_matches([':', ',', ';', ')', '.']).len();
    let (word, punctuation) = word.split_at(end);
    mask_url(word, masked);
    masked.push_str(punctuation);
}

fn mask_url(word: &str, masked: &mut String) {
    let query = word.find(['?', '#']).unwrap_or(word.len());
    let (mut head, query) = word.split_at(query);
    // Where a list of URLs is one word, each of them may have userinfo.
    while let Some(at) = head.find("://") {
        let (scheme, rest) = head.split_at(at + "://".len());
        masked.push_str(scheme);
        let authority = rest.find('/').unwrap_or(rest.len());
        let host = rest[..authority].rfind('@').map_or(0, |at| at + 1);
        if host > 0 {
            masked.extend([MASK, "@"]);
        }
        head = &rest[host..];
    }
    masked.push_str(head);
    mask_query(query, word.contains("://"), masked);
}

/// What begins with `?` or `#`, or is nothing. Of a URL, also values without a name and fragments are hidden: each may
/// be a bare token.
fn mask_query(rest: &str, is_url: bool, masked: &mut String) {
    let has_names = rest.starts_with('?') && rest.contains('=');
    if !(is_url || has_names) {
        return masked.push_str(rest);
    }
    let (query, fragment) = rest.split_once('#').map_or((rest, None), |(query, f)| (query, Some(f)));
    if let Some(query) = query.strip_prefix('?') {
        masked.push('?');
        for (i, pair) in query.split(['&', ';']).enumerate() {
            masked.push_str(if i == 0 { "" } else { "&" });
            match pair.split_once('=') {
                Some((name, _)) => masked.extend([name, "=", MASK]),
                None if pair.is_empty() => {}
                None => masked.push_str(MASK),
            }
        }
    }
    match fragment {
        Some(fragment) if !fragment.is_empty() => masked.extend(["#", MASK]),
        Some(_) => masked.push('#'),
        None => {}
    }
}
