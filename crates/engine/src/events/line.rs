//! An event as one line of JSON.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::SystemTime;

use acecast_reconcile::{Pid, Port, Role, escape};
use jiff::Timestamp;
use serde::Serialize;

use super::Event;

/// Of the document's form. It changes only when a reader of the old form would misread the new one.
pub(super) const SCHEMA: u32 = 1;

/// The most characters of a detail that are kept.
const MAX_DETAIL: usize = 1000;

/// The most of a name or a code. Codes are much shorter, and so is any name that can be told from others.
const MAX_SHORT: usize = 200;

/// The keys in their order; each is always there.
#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    time: &'a str,
    event: &'static str,
    port: Option<u16>,
    role: Option<&'static str>,
    name: Option<Cow<'a, str>>,
    pid: Option<i32>,
    reason: Option<Cow<'a, str>>,
    outcome: Option<Cow<'a, str>>,
    detail: Option<Cow<'a, str>>,
    by: &'static str,
}

impl Event {
    /// It as one JSON object in one line, without a line end. Its texts are shortened where they are too long, and
    /// whatever could control a terminal or hide in a text is written as JSON's `\u` escapes: a reader of JSON gets
    /// the text back, and a reader of lines sees what is there.
    ///
    /// # Panics
    ///
    /// Never: texts and numbers are JSON.
    pub fn line(&self) -> String {
        let line = Line {
            schema: SCHEMA,
            time: &stamp(self.time),
            event: self.what.as_str(),
            port: self.port.map(Port::get),
            role: self.role.map(Role::as_str),
            name: kept(self.name.as_deref(), MAX_SHORT),
            pid: self.pid.map(Pid::as_raw),
            reason: kept(self.reason.as_deref(), MAX_SHORT),
            outcome: kept(self.outcome.as_deref(), MAX_SHORT),
            detail: kept(self.detail.as_deref(), MAX_DETAIL),
            by: self.by.as_str(),
        };
        harmless(&serde_json::to_string(&line).expect("texts and numbers are JSON"))
    }
}

/// As in `2026-11-22T16:00:00.123Z`. What lies beyond the calendar, as a broken clock may, is its end.
fn stamp(time: SystemTime) -> String {
    let end = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    format!("{:.3}", Timestamp::try_from(time).unwrap_or(end))
}

/// So many characters of it; the last one tells that there were more.
fn kept(text: Option<&str>, most: usize) -> Option<Cow<'_, str>> {
    text.map(|text| match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(most - 1).chain(['…']).collect()),
    })
}

/// JSON leaves all but the first control characters as they are, and what changes the direction of text, too. In JSON
/// they are inside of strings, where an escape means the same.
pub(super) fn harmless(json: &str) -> String {
    // Nearly all of them.
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return json.to_owned();
    }
    let mut line = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if matches!(escape(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_)) {
            line.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(line, "\\u{unit:04x}").expect("a string takes all");
            }
        }
    }
    line
}
