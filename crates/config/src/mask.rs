//! What of a text must not be shown: the values of secret keys, and userinfo and query values of URLs.
//!
//! This works on the raw text, not on what a parser makes of it, because documents that do not parse are shown,
//! too. Where quotes or commas are missing it rather hides too much.

use std::ops::Range;

use crate::boundary::{ceil, floor};
use crate::keys;

/// What stands for anything hidden.
pub(crate) const MASK: &str = "****";

/// The byte ranges of a JSON document that must not be shown: sorted, none touches another.
pub(crate) fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut spans = secret_values(text);
    for word in words(text) {
        if keys::URL.contains(&&text[word.clone()])
            && let Some(value) = string_behind(text, word.end)
        {
            hide_url(text, value, &mut spans);
        }
    }
    hide_urls(text, true, &mut spans);
    merge(text, spans)
}

/// A single value, made safe to show but not escaped. `url`: it was meant to be a URL, whatever it looks like.
pub(crate) fn mask(text: &str, url: bool) -> String {
    let mut spans = secret_values(text);
    if !hide_urls(text, false, &mut spans) && url {
        hide_url(text, 0..text.len(), &mut spans);
    }
    let mut masked = String::with_capacity(text.len());
    let mut shown = 0;
    for span in merge(text, spans) {
        masked.push_str(&text[shown..span.start]);
        masked.push_str(MASK);
        shown = span.end;
    }
    masked.push_str(&text[shown..]);
    masked
}

/// What stands behind the names of secrets.
fn secret_values(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    // What is hidden already is not looked at again, or hostile text would take quadratic time.
    let mut done = 0;
    for word in words(text) {
        if word.start < done {
            continue;
        }
        let name = unescape(&text[word.clone()]);
        if is_secret(&name)
            && let Some(value) = value_behind(text, word.end, keys::SECRET.contains(&name.as_str()))
        {
            done = value.end;
            spans.push(value);
        }
    }
    spans
}

/// The value of this key is a secret, or the key looks so much like a secret's that its value may be one.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["key", "token", "secret", "passw"].iter().any(|part| key.contains(part))
        || keys::SECRET.iter().any(|secret| {
            key.len().abs_diff(secret.len()) <= 3 && strsim::damerau_levenshtein(&key, secret) <= 3
        })
}

/// Runs of letters, digits, `_`, `-` and `\uXXXX`, which is all that a key can be.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && word_step(bytes, at) == 0 {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && word_step(bytes, at) > 0 {
            at += word_step(bytes, at);
        }
        (start < at).then_some(start..at)
    })
}

/// How many bytes of a word are at this place.
fn word_step(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'_' | b'-' => 1,
        byte if byte.is_ascii_alphanumeric() => 1,
        b'\\'
            if bytes.get(at + 1) == Some(&b'u')
                && bytes.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
        {
            6
        }
        _ => 0,
    }
}

fn unescape(word: &str) -> String {
    let mut rest = word;
    let mut plain = String::with_capacity(word.len());
    while let Some(at) = rest.find("\\u") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        plain.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
        rest = rest.get(at + 6..).unwrap_or_default();
    }
    plain + rest
}

/// The value behind a key that ends here. `surely`: it is one even if the colon is missing.
fn value_behind(text: &str, key_end: usize, surely: bool) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let Some(colon) = skip(bytes, key_end, b"\"'\\") else { return Some(key_end..bytes.len()) };
    let start = match bytes.get(colon)? {
        b':' | b'=' => match skip(bytes, colon, b":=") {
            Some(start) => start,
            None => return Some(colon..bytes.len()),
        },
        b',' | b'}' | b']' => return None,
        _ if surely => colon,
        _ => return None,
    };
    let line_end =
        |from: usize| bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| from + at);
    let end = match *bytes.get(start)? {
        quote @ (b'"' | b'\'') => match closing_quote(bytes, start + 1, quote) {
            // A quote in the middle of a value, or one that belongs to the next: nothing on this line is safe.
            Some(end) if is_end_of_value(bytes, end + 1) => return Some(start + 1..end),
            Some(end) => return Some(start + 1..line_end(end)),
            None => return Some(start + 1..bytes.len()),
        },
        b'{' | b'[' => group_end(bytes, start),
        b'-' | b'0'..=b'9' => {
            bytes[start..].iter().position(|b| b",}]\n".contains(b)).map_or(bytes.len(), |at| start + at)
        }
        _ => line_end(start),
    };
    Some(start..end)
}

/// The content of the string behind a key that ends here.
fn string_behind(text: &str, key_end: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let colon = skip(bytes, key_end, b"\"'\\").filter(|at| matches!(bytes.get(*at), Some(b':' | b'=')))?;
    let start = skip(bytes, colon, b":=")?;
    let quote = *bytes.get(start).filter(|b| matches!(b, b'"' | b'\''))?;
    Some(start + 1..closing_quote(bytes, start + 1, quote).unwrap_or(bytes.len()))
}

fn is_end_of_value(bytes: &[u8], at: usize) -> bool {
    let behind = skip(bytes, at, b"").unwrap_or(bytes.len());
    matches!(bytes.get(behind), None | Some(b',' | b'}' | b']')) || bytes[at..behind].contains(&b'\n')
}

/// The longest gap of white space and comments that is looked through for a value.
const MAX_GAP: usize = 4096;

/// Behind white space, comments and these bytes; `None` if they take too long to end.
fn skip(bytes: &[u8], start: usize, also: &[u8]) -> Option<usize> {
    let window = &bytes[..bytes.len().min(start + MAX_GAP)];
    let mut at = start;
    loop {
        match window.get(at) {
            Some(byte) if byte.is_ascii_whitespace() || also.contains(byte) => at += 1,
            Some(b'/') => match comment_end(window, at) {
                Some(end) => at = end,
                None => return Some(at),
            },
            Some(_) => return Some(at),
            None => return (window.len() == bytes.len()).then_some(at),
        }
    }
}

/// Behind the comment that begins here, if one does.
pub(crate) fn comment_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at + 2..)?;
    match &bytes[at..at + 2] {
        b"//" => Some(rest.iter().position(|b| *b == b'\n').map_or(bytes.len(), |end| at + 2 + end)),
        b"/*" => Some(rest.windows(2).position(|w| w == b"*/").map_or(bytes.len(), |end| at + 4 + end)),
        _ => None,
    }
}

/// The quote that closes the string whose content begins here.
fn closing_quote(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += match *bytes.get(at)? {
            b'\\' => 2,
            byte if byte == quote => return Some(at),
            _ => 1,
        };
    }
}

/// Behind the string whose content begins here.
pub(crate) fn string_end(bytes: &[u8], at: usize) -> usize {
    closing_quote(bytes, at, b'"').map_or(bytes.len(), |end| end + 1)
}

/// Behind the bracket that closes the one here, or the end.
fn group_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => string_end(bytes, at + 1),
            b'/' => comment_end(bytes, at).unwrap_or(at + 1),
            _ => at + 1,
        };
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// Where the authority of the URL begins whose scheme ends with this colon: behind `://`, of which JSON may write
/// `\/` for the slashes.
fn authority(bytes: &[u8], colon: usize) -> Option<usize> {
    let mut at = colon + 1;
    for _ in 0..2 {
        at += usize::from(bytes.get(at) == Some(&b'\\'));
        if bytes.get(at) != Some(&b'/') {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Hides what must not be shown of every URL. Whether there is one at all.
fn hide_urls(text: &str, quoted: bool, spans: &mut Vec<Range<usize>>) -> bool {
    let mut end = 0;
    for (colon, _) in text.match_indices(':') {
        if colon >= end
            && let Some(start) = authority(text.as_bytes(), colon)
        {
            end = url_end(text, start, quoted);
            hide_url(text, start..end, spans);
        }
    }
    end > 0
}

fn url_end(text: &str, start: usize, quoted: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            b'"' if quoted => return at,
            b'\\' if quoted => at = (at + 2).min(bytes.len()),
            _ => at += 1,
        }
    }
    // A step over an escaped character may have ended inside of one.
    ceil(text, at)
}

/// Hides what must not be shown of the URL whose authority begins at the range's start.
fn hide_url(text: &str, range: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let start = range.start;
    let Some(url) = text.get(range) else { return };
    let lower = url.to_ascii_lowercase();
    if ["\\u003f", "\\u0040", "\\u0023"].iter().any(|escaped| lower.contains(escaped)) {
        spans.push(start..start + url.len());
        return;
    }
    let behind = |stops: &[char]| url.find(stops).unwrap_or(url.len());
    let host = &url[..behind(&['/', '\\', '?', '#'])];
    // A URL within a URL may have userinfo of its own.
    let nested = url.match_indices(':').any(|(colon, _)| authority(url.as_bytes(), colon).is_some());
    let well_formed =
        !nested && format!("http://{}", url.replace("\\/", "/")).parse::<crate::RemoteUrl>().is_ok();
    match host.rfind('@').or_else(|| if well_formed { None } else { url.rfind('@') }) {
        Some(0) | None => {}
        Some(at) => spans.push(start..start + at),
    }
    let query = behind(&['?', '#']);
    let fragment = url[query..].find('#').map_or(url.len(), |at| query + at);
    let mut at = query;
    for pair in url[query..fragment].split_inclusive(['?', '&']) {
        let value = pair.find('=').map_or(0, |equals| equals + 1);
        let end = pair.trim_end_matches(['?', '&']).len();
        if value < end {
            spans.push(start + at + value..start + at + end);
        }
        at += pair.len();
    }
    if fragment + 1 < url.len() {
        spans.push(start + fragment + 1..start + url.len());
    }
}

fn merge(text: &str, mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        let span = floor(text, span.start)..ceil(text, span.end);
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str) {
        let mut masked = String::new();
        let mut at = 0;
        for span in hidden(text) {
            masked.push_str(&text[at..span.start]);
            masked.push_str(MASK);
            at = span.end;
        }
        assert_eq!(masked + &text[at..], shown);
    }

    #[test]
    fn values_of_secret_keys_are_hidden() {
        check(r#"{"provider_key": "a\"b", "port": 1}"#, r#"{"provider_key": "****", "port": 1}"#);
        check(r#"{"private_key": {"base64": "QQ=="}, "port": 1}"#, r#"{"private_key": ****, "port": 1}"#);
        check(
            r#"{"node_access_token" /* x */ : 12, "a": 1}"#,
            r#"{"node_access_token" /* x */ : ****, "a": 1}"#,
        );
        check(r#"{"provider\u005fkey": "s"}"#, r#"{"provider\u005fkey": "****"}"#);
        check(
            r#"{"provider_kye": "s", "privat_keey": "s"}"#,
            r#"{"provider_kye": "****", "privat_keey": "****"}"#,
        );
        check(r#"//,"provider_key": "<provider_key>""#, r#"//,"provider_key": "****""#);
    }

    #[test]
    fn nothing_leaks_where_the_syntax_is_wrong() {
        check(r#"{"provider_key" "s1"}"#, r#"{"provider_key" "****"#);
        check(r#"{"provider_key": s1 s2}"#, r#"{"provider_key": ****"#);
        check(r#"{'provider_key': 's1', "a": 1}"#, r#"{'provider_key': '****', "a": 1}"#);
        check("{\"provider_key\": \"s1\n}é", "{\"provider_key\": \"****");
        check("{\"provider_key\" /* s1", "{\"provider_key\" /* s1");
        check("{\"provider_key\": \"s\"1\", \"a\": 1\n}", "{\"provider_key\": \"****\n}");
        check("{\"a: 1, \"private_key\": \"s1\", \"b\": 1}", "{\"a: 1, \"private_key\": \"****\", \"b\": 1}");
        check("provider_key = s1", "provider_key = ****");
    }

    #[test]
    fn urls_show_neither_userinfo_nor_query_values() {
        check(r#""http://u:p@h/x?a=1&b&c=#f""#, r#""http://****@h/x?a=****&****&c=#****""#);
        check(r#""http:\/\/u:p@h\/x?a=1", "b""#, r#""http:\/\/****@h\/x?a=****", "b""#);
        check(r#""http://u:p/w@h/x""#, r#""http://****@h/x""#);
        check(r#""http://h/x?mail=a@b", 1"#, r#""http://h/x?mail=****", 1"#);
        check(r#""http://h/x?a=1\u0026b=2""#, r#""http://h/x?a=****""#);
        check(r#""http://h/x\u003fa=1""#, r#""http://****""#);
        check(r#""http://h/http://u:p@i/x", "b": "udp://t/a""#, r#""http://****@i/x", "b": "udp://t/a""#);
        check(r#"{"url": "u:p@h/x?a=1"}"#, r#"{"url": "****@h/x?a=****"}"#);
    }

    #[test]
    fn single_values_are_hidden_the_same_way() {
        assert_eq!(mask("rtmp://u:p@h/\"?k=v\"w", false), "rtmp://****@h/\"?k=****");
        assert_eq!(mask("u:p@h/x?t=1", true), "****@h/x?t=****");
        assert_eq!(mask("What? Who=me", false), "What? Who=me");
        assert_eq!(mask("bad token: abc", false), "bad token: ****");
        assert_eq!(mask(r#"{"private_key": ["k"], "a": 1}"#, false), r#"{"private_key": ****, "a": 1}"#);
    }
}
