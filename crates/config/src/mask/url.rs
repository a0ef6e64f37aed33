//! What of a URL must not be shown: userinfo, and the values of its query.

use std::ops::Range;

use crate::text::boundary::ceil;

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
pub(super) fn hide_urls(text: &str, quoted: bool, spans: &mut Vec<Range<usize>>) -> bool {
    let mut end = 0;
    for (colon, _) in text.match_indices(':') {
        if colon >= end
            && let Some(start) = authority(text.as_bytes(), colon)
        {
            end = url_end(text, start, quoted);
            let host_end = text[start..end].find(['/', '\\', '?', '#']).map_or(end, |at| start + at);
            if quoted && host_end == text.len() {
                // The document was cut here: this may be the beginning of userinfo.
                spans.push(start..end);
            }
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

/// What stands behind the last colon is no port, so it may be a password whose `@` is missing.
pub(super) fn is_userinfo(host: &str) -> bool {
    let port = host.rsplit_once(':').map(|(_, port)| port);
    !host.starts_with('[') && port.is_some_and(|port| !port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Hides what must not be shown of the URL whose authority begins at the range's start.
pub(super) fn hide_url(text: &str, range: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let start = range.start;
    let Some(url) = text.get(range) else { return };
    let lower = url.to_ascii_lowercase();
    if ["\\u003f", "\\u0040", "\\u0023"].iter().any(|escaped| lower.contains(escaped)) {
        spans.push(start..start + url.len());
        return;
    }
    let behind = |stops: &[char]| url.find(stops).unwrap_or(url.len());
    let host = &url[..behind(&['/', '\\', '?', '#'])];
    // A URL within a URL, also one that lost a slash, may have userinfo of its own.
    let nested = [":/", ":\\/"].iter().any(|colon| url.contains(colon));
    let well_formed =
        !nested && format!("http://{}", url.replace("\\/", "/")).parse::<crate::RemoteUrl>().is_ok();
    match host.rfind('@').or_else(|| if well_formed { None } else { url.rfind('@') }) {
        Some(0) => {}
        Some(at) => spans.push(start..start + at),
        None if is_userinfo(host) => spans.push(start..start + host.len()),
        None => {}
    }
    hide_query(text, start..start + url.len(), spans);
}

/// Hides the values of the query that begins with the first `?` of the range, and what is behind its `#`.
pub(super) fn hide_query(text: &str, range: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let start = range.start;
    let url = &text[range];
    let query = url.find(['?', '#']).unwrap_or(url.len());
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
