//! What of a text must not be shown: the values of secret keys, user and password, query values of URLs, and private
//! keys wherever they are, also where parts of it are escaped as in a URL; and what may be a secret where nothing known
//! belongs.
//!
//! This works on the raw text, not on what a parser makes of it, because documents that do not parse are shown,
//! too. Where quotes or commas are missing it rather hides too much.

mod credentials;
mod key;
mod name;
mod path;
mod places;
mod stranger;
#[cfg(test)]
mod tests;
mod url;
mod userinfo;
mod value;

use std::ops::Range;

use acecast_reconcile::Decoded;

use crate::keys;
use crate::text::boundary::{ceil, floor};
use crate::text::pieces::pieces;
use crate::text::scan::words;

use credentials::hide_credentials;
use key::hide_keys;
use name::{Certainty, Names};
use places::strangers;
use url::{hide_url, hide_urls};
use userinfo::{hide_cut, hide_userinfo, scheme};
use value::{secret_behind, string_behind};

pub(crate) use key::is_key;
pub(crate) use name::is_secret;
pub(crate) use path::{holds_secret, shown_path};
pub(crate) use stranger::{fits_a_secret, is_secret_name, is_stranger};

/// What stands for anything hidden.
pub(crate) const MASK: &str = "****";

/// The longest name that is looked at as a whole: none is longer, however it is misspelt.
const LONGEST_NAME: usize = 64;

/// The byte ranges of a JSON document that must not be shown: sorted, none touches another.
pub(crate) fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut spans = merge(text, readings(text, hide_in_document));
    let (names, strangers) = strangers(text, |range| touches(&spans, range));
    spans.extend(strangers);
    let mut spans = merge(text, spans);
    let mut values: Vec<Range<usize>> = Vec::new();
    for name in names.into_iter().filter(|name| touches(&spans, name)) {
        // What is hidden already is not looked at again, or hostile text would take quadratic time.
        if values.last().is_none_or(|last| last.end <= name.start) {
            values.extend(secret_behind(text, name, Certainty::Surely));
        }
    }
    spans.extend(values);
    merge(text, spans)
}

fn hide_in_document(text: &str, spans: &mut Vec<Range<usize>>) {
    hide_anywhere(text, spans);
    for word in words(text) {
        if keys::URL.contains(&&text[word.clone()])
            && let Some(value) = string_behind(text, word.end)
        {
            let start = value.start + scheme(&text[value.clone()]).end;
            hide_url(text, start..value.end, spans);
        }
    }
    hide_urls(text, true, spans);
    hide_pieces(text, spans);
}

/// A single value, made safe to show but not escaped. `url`: it was meant to be a URL, whatever it looks like.
pub(crate) fn mask(text: &str, url: bool) -> String {
    let spans = readings(text, |text, spans| {
        hide_anywhere(text, spans);
        hide_userinfo(text, 0..text.len(), true, spans);
        if !hide_urls(text, false, spans) && url {
            hide_url(text, scheme(text).end..text.len(), spans);
        }
    });
    masked(text, spans)
}

/// A sentence that somebody else wrote, made safe to show but not escaped. A colon in it is mostly that of a sentence, so
/// each word stands for itself.
pub(crate) fn mask_message(text: &str) -> String {
    let spans = readings(text, |text, spans| {
        hide_anywhere(text, spans);
        hide_urls(text, false, spans);
        let mut at = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            hide_userinfo(text, at..at + word.trim_end().len(), true, spans);
            at += word.len();
        }
    });
    masked(text, spans)
}

/// What is hidden of the text as it is written, and as a server would read it.
fn readings(text: &str, hide: impl Fn(&str, &mut Vec<Range<usize>>)) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    hide(text, &mut spans);
    if let Some(decoded) = Decoded::new(text) {
        let mut more = Vec::new();
        hide(decoded.text(), &mut more);
        spans.extend(more.into_iter().map(|span| decoded.written(span)));
    }
    spans
}

/// What is hidden in whatever it stands: what is behind names of secrets, keys, and credentials.
fn hide_anywhere(text: &str, spans: &mut Vec<Range<usize>>) {
    spans.extend(secret_values(text));
    hide_keys(text, spans);
    let mut credentials = Vec::new();
    hide_credentials(text, &mut credentials);
    spans.extend(credentials);
}

/// One of these spans, which are in their order, has a part of the range.
fn touches(spans: &[Range<usize>], range: &Range<usize>) -> bool {
    let next = spans.partition_point(|span| span.end <= range.start);
    spans.get(next).is_some_and(|span| span.start < range.end)
}

/// A part of a JSON document, made safe to show but not escaped.
pub(crate) fn mask_json(text: &str) -> String {
    masked(text, hidden(text))
}

fn masked(text: &str, spans: Vec<Range<usize>>) -> String {
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
    let mut names = Names::default();
    // What is hidden already is not looked at again, or hostile text would take quadratic time.
    let mut done = 0;
    for word in words(text) {
        if word.start < done {
            continue;
        }
        let certainty = names.certainty(&text[word.clone()]);
        if certainty > Certainty::No
            && let Some(value) = secret_behind(text, word, certainty)
        {
            done = value.end;
            spans.push(value);
        }
    }
    spans
}

/// What only shows in the texts of a document as a whole: user and password, and names that are more than a word.
fn hide_pieces(text: &str, spans: &mut Vec<Range<usize>>) {
    let mut names = Names::default();
    let mut done = 0;
    for piece in pieces(text) {
        let content = &text[piece.range.clone()];
        hide_userinfo(text, piece.range.clone(), piece.is_whole, spans);
        if piece.is_cut {
            hide_cut(text, piece.range.clone(), spans);
        }
        let is_value = || text[..piece.range.start - 1].trim_end().ends_with(':');
        let may_be_name = piece.is_whole && content.len() <= LONGEST_NAME && piece.range.start >= done;
        if may_be_name
            && content.bytes().any(|byte| !b"_-".contains(&byte) && !byte.is_ascii_alphanumeric())
            && !is_value()
        {
            let certainty = names.certainty(content);
            if certainty > Certainty::No
                && let Some(value) = secret_behind(text, piece.range, certainty)
            {
                done = value.end;
                spans.push(value);
            }
        }
    }
}

fn merge(text: &str, mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans.into_iter().filter(|span| !span.is_empty()) {
        let span = floor(text, span.start)..ceil(text, span.end);
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
