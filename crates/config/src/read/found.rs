//! A value of a document, and what is wrong with it.

use std::ops::Range;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;

use crate::mask::is_secret;
use crate::read::report::{Report, quoted, shown};

/// A value, where it is, and the key that it belongs to.
#[derive(Clone)]
pub(crate) struct Found<'a> {
    pub(crate) value: &'a Value<'a>,
    pub(crate) path: String,
    /// The key, also of the items of a list; it tells whether the value may be shown.
    pub(crate) key: String,
}

impl<'a> Found<'a> {
    /// What stands instead of a whole document or entry. It may be anything then, so it is only shown if it is too short to
    /// be a secret.
    pub(crate) fn instead(value: &'a Value<'a>, path: String) -> Self {
        let len = match value {
            Value::StringLit(text) => text.value.len(),
            Value::NumberLit(number) => number.value.len(),
            _ => 0,
        };
        let key = if len < 4 { "" } else { "private_key" };
        Found { value, path, key: key.to_owned() }
    }

    pub(crate) fn range(&self) -> Range<usize> {
        range(self.value)
    }

    /// The value in words, fit to be shown.
    pub(crate) fn describe(&self) -> String {
        match self.value {
            Value::StringLit(text) => quoted(&text.value, &self.key),
            Value::NumberLit(_) if is_secret(&self.key) => "a number".to_owned(),
            Value::NumberLit(number) => shown(number.value, false, 40),
            Value::BooleanLit(flag) => flag.value.to_string(),
            Value::NullKeyword(_) => "null".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
        }
    }

    /// Reports `found …, expected …` here.
    pub(crate) fn wrong(&self, expected: &str, report: &mut Report<'_>) {
        report.error(self.range(), &self.path, format!("found {}, expected {expected}", self.describe()));
    }

    /// Reports `found …, which …` here.
    pub(crate) fn wrong_as(&self, why: &str, report: &mut Report<'_>) {
        report.error(self.range(), &self.path, format!("found {}, which {why}", self.describe()));
    }

    /// Reports `found …, which …; expected …` here.
    pub(crate) fn wrong_because(&self, why: &str, expected: &str, report: &mut Report<'_>) {
        let message = format!("found {}, which {why}; expected {expected}", self.describe());
        report.error(self.range(), &self.path, message);
    }

    pub(crate) fn object(&self, expected: &str, report: &mut Report<'_>) -> Option<&'a Object<'a>> {
        let object = self.value.as_object();
        if object.is_none() {
            self.wrong(expected, report);
        }
        object
    }

    /// The items of a list.
    pub(crate) fn items(&self, expected: &str, report: &mut Report<'_>) -> Option<Vec<Found<'a>>> {
        let Some(array) = self.value.as_array() else {
            self.wrong(expected, report);
            return None;
        };
        let item = |(i, value)| Found { value, path: format!("{}[{i}]", self.path), key: self.key.clone() };
        Some(array.elements.iter().enumerate().map(item).collect())
    }
}

/// Where something is in its document, in bytes.
pub(crate) fn range(of: &impl Ranged) -> Range<usize> {
    let range = of.range();
    range.start..range.end
}
