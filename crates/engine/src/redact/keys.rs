//! Private keys, in whatever they were put into.

use std::ops::Range;

use super::plain::Plain;
use super::{MASK, packed, pem};

/// The text with every key masked: in PEM, with line ends or escaped ones, or in base64 of that.
pub(super) fn mask(text: &str) -> String {
    let plain = Plain::new(text);
    let mut found: Vec<Range<usize>> = pem::blocks(&plain.chars);
    found.extend(packed::pieces(&plain.chars));
    found.sort_by_key(|range| range.start);
    let mut masked = String::with_capacity(text.len());
    let mut shown = 0;
    // Where keys touch each other, or one was found in two ways, one mask stands for both.
    let mut last: Option<usize> = None;
    for range in found {
        let written = plain.written(&range);
        if last.is_none_or(|end| range.start >= end) {
            masked.push_str(&text[shown..written.start]);
            masked.push_str(MASK);
        }
        shown = shown.max(written.end);
        last = last.max(Some(range.end));
    }
    masked.push_str(&text[shown..]);
    masked
}

#[cfg(test)]
mod tests;
