//! User and password where no URL is: in front of an `@`, in what was meant to be one, as in `http//u:p@h` or `u:p@h/x`.
//!
//! One idea: whatever has a colon and then an `@` may be such a thing. It rather hides a title's `Kids: a@b` than it
//! shows a password.

use std::ops::Range;

use super::url::{hide_query, is_userinfo};

/// How much of a scheme is shown. Longer ones may be names.
const LONGEST_SCHEME: usize = 8;

/// Characters that nobody escapes but whoever wants to hide that it is a URL: `/`, `:`, `;`, `?` and `@`.
const ESCAPED: &[&str] = &["2f", "3a", "3b", "3f", "40"];

/// Hides what may be user, password or query in a text, unless it is a URL as it should be, which [`hide_urls`] hides
/// more precisely.
///
/// [`hide_urls`]: super::url::hide_urls
pub(super) fn hide_userinfo(text: &str, range: Range<usize>, is_whole: bool, spans: &mut Vec<Range<usize>>) {
    let content = &text[range.clone()];
    let Scheme { end, is_right } = scheme(content);
    if has_escapes(content) {
        spans.push(range.start + end..range.end);
        return;
    }
    if is_right && is_whole {
        return;
    }
    let rest = &content[end..];
    let from = range.start + end;
    match rest.rfind('@') {
        Some(at) if end > 0 || rest[..at].contains(':') => spans.push(from..from + at),
        None if end > 0 => {
            let host = &rest[..rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len())];
            if is_userinfo(host) {
                spans.push(from..from + host.len());
            }
        }
        Some(_) | None => {}
    }
    if has_query(rest) || (end > 0 && rest.contains('?')) {
        hide_query(text, from..range.end, spans);
    }
}

/// The same of a text that was cut: any beginning of a password hides the rest.
pub(super) fn hide_cut(text: &str, range: Range<usize>, spans: &mut Vec<Range<usize>>) {
    let Scheme { end, .. } = scheme(&text[range.clone()]);
    if end > 0 || text[range.clone()].contains(':') {
        spans.push(range.start + end..range.end);
    }
}

/// What of a text is, or was meant to be, the scheme of a URL.
pub(super) struct Scheme {
    /// Behind its slashes; 0 if there is none.
    pub(super) end: usize,
    /// It is as it should be.
    pub(super) is_right: bool,
}

/// The scheme in front of this text, also one that lacks its colon, a slash or its name.
pub(super) fn scheme(text: &str) -> Scheme {
    let bytes = text.as_bytes();
    let run =
        |from: usize, of: &dyn Fn(&u8) -> bool| bytes[from..].iter().take_while(|byte| of(byte)).count();
    // A quote or a bracket may have been pasted along, or a byte order mark.
    let lead = run(0, &|byte| b" \t\"'`<([{\xef\xbb\xbf".contains(byte));
    let name = run(lead, &|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    let lead = if name > 0 { lead } else { 0 };
    let blanks = run(lead + name, &|byte| *byte == b' ');
    let colon = usize::from(bytes.get(lead + name + blanks).is_some_and(|byte| b":;,".contains(byte)));
    let start = lead + name + blanks + colon;
    let len = run(start, &|byte| b"/\\".contains(byte));
    let end = start + len;
    // JSON may write `\/`.
    let count = |of: char| text[start..end].matches(of).count();
    let slashes = count('/').max(count('\\'));
    let is_one = name <= LONGEST_SCHEME && slashes + colon >= 2 && slashes > 0;
    Scheme {
        end: if is_one { end } else { 0 },
        is_right: name > 0 && blanks == 0 && bytes.get(lead + name) == Some(&b':') && count('/') == 2,
    }
}

fn has_escapes(content: &str) -> bool {
    let code = |at: usize| content.get(at + "\\u00".len()..at + "\\u0000".len());
    content
        .match_indices("\\u00")
        .filter_map(|(at, _)| code(at))
        .any(|code| ESCAPED.iter().any(|escaped| escaped.eq_ignore_ascii_case(code)))
}

/// A `?` with a name and `=` behind it, without a blank: no sentence looks like this.
fn has_query(content: &str) -> bool {
    content.split('?').skip(1).any(|behind| {
        behind
            .split_once('=')
            .is_some_and(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace))
    })
}
