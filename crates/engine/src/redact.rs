//! What engines, logs and servers say, made fit to be shown.
//!
//! One idea: every text that acecast did not write itself passes here once, as late as possible: known secrets go by
//! their value, unknown ones by their shape (keys, credentials and session tokens in URLs), and what is left cannot
//! control a terminal. It is better to hide a harmless text than to show one secret.

mod begins;
mod keys;
mod packed;
mod pem;
mod plain;
mod url;

use std::fmt;

use acecast_reconcile::{Secret, escape};

use crate::percent::{percent_encode, percent_encode_all};

use begins::Begins;

/// What stands for whatever is hidden.
pub const MASK: &str = "****";

/// How long a cleaned text can get, in bytes, before `…`.
pub const MAX_LEN: usize = 4096;

/// How much of a text is looked at, in bytes; what follows is left out.
const MAX_INPUT: usize = 128 * 1024;

/// A text of somebody else's, which is not fit to be shown yet: whoever took it in does not know all secrets that may be in
/// it. `Debug` tells its length only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawText(String);

impl RawText {
    /// Takes the text in.
    pub fn new(text: impl Into<String>) -> Self {
        RawText(text.into())
    }

    /// The text itself, for a [`Redactor`] that knows all secrets.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RawText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Hides secrets.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Each secret in all forms in which it may be met, the longest first: one may be a part of another.
    forms: Vec<Secret>,
    begins: Begins,
}

impl Redactor {
    /// Hides these secrets, also percent-encoded and as JSON has them, besides all that is secret by its shape.
    ///
    /// Those of less than four bytes are not looked for: they are in too many words that say something else, and no text
    /// could be read any more. Where they stand as values, whoever shows the value hides it.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let secrets = secrets.into_iter().map(Secret::reveal).filter(|secret| secret.len() >= MIN_PART);
        let mut forms: Vec<String> = secrets.flat_map(forms_of).collect();
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        let forms: Vec<Secret> = forms.into_iter().map(Secret::new).collect();
        Redactor { begins: Begins::of(&forms), forms }
    }

    /// The text in one line, without secrets and terminal control, and not longer than [`MAX_LEN`] and a bit.
    pub fn clean(&self, text: &str) -> String {
        finish(&self.mask(text))
    }

    /// The lines of the text, each cleaned. A key that spans lines is only seen in all of them: do not split before.
    pub fn clean_lines(&self, text: &str) -> Vec<String> {
        self.mask(text).lines().map(finish).collect()
    }

    /// The text with these secrets masked, and nothing else changed. For texts that are clean by their shape already, and
    /// would not survive being cleaned again.
    pub fn hide_known(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len().min(MAX_INPUT));
        let mut ends = MAX_INPUT.min(text.len())..text.len();
        let end = ends.find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let mut at = 0;
        while at < end {
            let plain = self.begins.none_in(&text[at..end]);
            if plain > 0 {
                masked.push_str(&text[at..at + plain]);
                at += plain;
                continue;
            }
            // Forms are compared with the whole rest, so the end cannot cut one.
            let rest = &text[at..];
            let form = self.forms.iter().find(|form| rest.starts_with(form.reveal()));
            if let Some(len) = form.map(|form| form.reveal().len()).or_else(|| self.cut_form(rest)) {
                masked.push_str(MASK);
                at += len;
            } else {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                masked.push_str(&rest[..first]);
                at += first;
            }
        }
        if at < text.len() {
            masked.push('…');
        }
        masked
    }

    fn mask(&self, text: &str) -> String {
        url::mask(&keys::mask(&self.hide_known(text)))
    }

    /// How long the beginning of a secret is that the text begins with and that was cut by whoever put `…` behind it.
    fn cut_form(&self, text: &str) -> Option<usize> {
        let cut = |form: &Secret| {
            let same = text.chars().zip(form.reveal().chars()).take_while(|(a, b)| a == b);
            let len = same.map(|(c, _)| c.len_utf8()).sum();
            (len >= MIN_PART && text[len..].starts_with('…')).then_some(len)
        };
        self.forms.iter().filter_map(cut).max()
    }
}

/// How many bytes a secret, or a part of one, has to have to be looked for in what is not known to be secret.
const MIN_PART: usize = 4;

/// The text without the keys in it. What is cut into lines before it is cleaned has to pass here first: a line of a
/// key alone shows nothing by which it could be known.
pub(crate) fn without_keys(text: &str) -> String {
    keys::mask(text)
}

fn forms_of(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let encoded = [percent_encode(secret), percent_encode_all(secret)];
    let lower = encoded.clone().map(|text| lower_escapes(&text));
    let forms =
        [secret.to_owned(), json[1..json.len() - 1].to_owned()].into_iter().chain(encoded).chain(lower);
    forms.filter(|form| !form.is_empty()).collect()
}

/// `%2F` as `%2f`.
fn lower_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(2.min(part.len()));
        lower.extend(["%", &digits.to_ascii_lowercase(), rest]);
    }
    lower
}

fn finish(text: &str) -> String {
    let mut end = text.len().min(MAX_LEN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut shown = escape(&text[..end]).into_owned();
    if end < text.len() || shown.len() > MAX_LEN {
        let mut end = shown.len().min(MAX_LEN);
        while !shown.is_char_boundary(end) {
            end -= 1;
        }
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
