//! What of a text must not be shown: the values of secret keys, userinfo and query values of URLs, and private keys
//! wherever they are.
//!
//! This works on the raw text, not on what a parser makes of it, because documents that do not parse are shown,
//! too. Where quotes or commas are missing it rather hides too much.

mod key;
mod url;

use std::ops::Range;

use crate::keys;
use crate::text::boundary::{ceil, floor};
use crate::text::scan::{closing_quote, group_end, skip, unescape, words};

use key::hide_keys;
use url::{hide_url, hide_urls};

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
    hide_keys(text, &mut spans);
    merge(text, spans)
}

/// A single value, made safe to show but not escaped. `url`: it was meant to be a URL, whatever it looks like.
pub(crate) fn mask(text: &str, url: bool) -> String {
    let mut spans = secret_values(text);
    hide_keys(text, &mut spans);
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
        check(
            r#"{"a": "http://h:80/x", "url": "http://u:pass"#,
            r#"{"a": "http://h:80/x", "url": "http://****"#,
        );
        check(r#"{"url": "http://user"#, r#"{"url": "http://****"#);
        check(r#""http://u:pass/x", "http://[::1]:80/""#, r#""http://****/x", "http://[::1]:80/""#);
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
