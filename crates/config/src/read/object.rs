//! Reading objects key by key: unknown, misspelt, repeated and missing keys are found here.

use std::collections::HashMap;
use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectProp, Value};

use crate::keys;
use crate::mask::{MASK, is_secret_name};
use crate::read::found::{Found, range};
use crate::read::nearest::nearest;
use crate::read::report::{Report, shown};

/// An object whose keys have been looked at.
pub(crate) struct Fields<'a> {
    object: &'a Object<'a>,
    path: String,
}

impl<'a> Fields<'a> {
    /// Reports keys that are not `known`, those that look like a misspelling of one that is lacking as errors.
    pub(crate) fn new(object: &'a Object<'a>, path: &str, known: &[&str], report: &mut Report<'_>) -> Self {
        Fields::new_beside(object, path, known, &[], report)
    }

    /// The same, where keys may stand beside that are somebody else's.
    pub(crate) fn new_beside(
        object: &'a Object<'a>,
        path: &str,
        known: &[&str],
        others: &[&str],
        report: &mut Report<'_>,
    ) -> Self {
        let lacks = |known: &&str| named(object, known).next().is_none();
        // Nobody means `$schema`, which says nothing, by a key that looks like it.
        let lacking: Vec<&str> =
            known.iter().copied().filter(|known| !known.starts_with('$') && lacks(known)).collect();
        let only = if known == keys::ENGINE_PATH { "; only stable, beta and alpha exist" } else { "" };
        for property in &object.properties {
            let key = property.name.as_str();
            if known.contains(&key) || others.contains(&key) {
                continue;
            }
            let range = range(&property.name);
            let path = join(path, key);
            match nearest(key, lacking.iter().copied()) {
                Some(meant) => report.error(range, &path, format!("unknown key, did you mean \"{meant}\"?")),
                None => report.warning(range, &path, format!("unknown key, it is ignored{only}")),
            }
        }
        Fields { object, path: path.to_owned() }
    }

    /// An object whose keys are data.
    pub(crate) fn unchecked(object: &'a Object<'a>, path: &str) -> Self {
        Fields { object, path: path.to_owned() }
    }

    /// The whole object.
    pub(crate) fn range(&self) -> Range<usize> {
        range(self.object)
    }

    /// The value of a key, if it is there once.
    pub(crate) fn once(&self, key: &str) -> Option<Found<'a>> {
        let mut properties = named(self.object, key);
        let property = properties.next().filter(|_| properties.next().is_none())?;
        Some(Found { value: &property.value, path: join(&self.path, key), key: key.to_owned() })
    }

    /// The value of a key, if it is there. Of repeated keys, which are reported elsewhere, it is the first.
    pub(crate) fn get(&self, key: &str) -> Option<Found<'a>> {
        let property = named(self.object, key).next()?;
        Some(Found { value: &property.value, path: join(&self.path, key), key: key.to_owned() })
    }

    /// The value of a key, if it is there and not null.
    pub(crate) fn set(&self, key: &str) -> Option<Found<'a>> {
        self.get(key).filter(|found| !matches!(found.value, Value::NullKeyword(_)))
    }

    /// What a key that may be left out is read as: `None` if it is wrong, `Some(None)` if it is not there.
    #[expect(clippy::option_option, reason = "left out and wrong are two different things")]
    pub(crate) fn optional<T>(
        &self,
        key: &str,
        report: &mut Report<'_>,
        read: impl FnOnce(&Found<'a>, &mut Report<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.get(key) {
            Some(found) => read(&found, report).map(Some),
            None => Some(None),
        }
    }

    /// The same, where null stands for a key that is not there.
    #[expect(clippy::option_option, reason = "left out and wrong are two different things")]
    pub(crate) fn nullable<T>(
        &self,
        key: &str,
        report: &mut Report<'_>,
        read: impl FnOnce(&Found<'a>, &mut Report<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.set(key) {
            Some(found) => read(&found, report).map(Some),
            None => Some(None),
        }
    }

    /// What a key that has to be there is read as.
    pub(crate) fn required<T>(
        &self,
        key: &str,
        expected: &str,
        report: &mut Report<'_>,
        read: impl FnOnce(&Found<'a>, &mut Report<'_>) -> Option<T>,
    ) -> Option<T> {
        let found = self.require(key, expected, report)?;
        read(&found, report)
    }

    /// The value of a key that has to be there.
    pub(crate) fn require(&self, key: &str, expected: &str, report: &mut Report<'_>) -> Option<Found<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let start = self.range().start;
            report.error(
                start..start + 1,
                &join(&self.path, key),
                format!("is missing, expected {expected}"),
            );
        }
        found
    }

    /// Every key with its value.
    pub(crate) fn all(&self) -> impl Iterator<Item = Found<'a>> {
        self.object.properties.iter().map(|property| {
            let key = property.name.as_str();
            Found { value: &property.value, path: join(&self.path, key), key: key.to_owned() }
        })
    }
}

/// Reports keys that one object has twice, all the way down.
pub(crate) fn check_repeated_keys(value: &Value<'_>, path: &str, report: &mut Report<'_>) {
    match value {
        Value::Object(object) => {
            let mut seen: HashMap<&str, usize> = HashMap::new();
            for property in &object.properties {
                let key = property.name.as_str();
                let here = join(path, key);
                let place = range(&property.name);
                if let Some(first) = seen.insert(key, place.start) {
                    let line = report.document.at(first).line;
                    report.error(place, &here, format!("the key is used twice, first in line {line}"));
                }
                check_repeated_keys(&property.value, &here, report);
            }
        }
        Value::Array(array) => {
            for (i, item) in array.elements.iter().enumerate() {
                check_repeated_keys(item, &format!("{path}[{i}]"), report);
            }
        }
        _ => {}
    }
}

fn named<'a>(object: &'a Object<'a>, key: &str) -> impl Iterator<Item = &'a ObjectProp<'a>> {
    object.properties.iter().filter(move |property| property.name.as_str() == key)
}

/// `path.key`, with keys that are no words in brackets and quotes. A secret may have been pasted as a key.
fn join(path: &str, key: &str) -> String {
    let key = if is_secret_name(key) { MASK } else { key };
    let plain =
        !key.is_empty() && key.len() <= 64 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match (plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => [path, ".", key].concat(),
        (false, _) => format!("{path}[\"{}\"]", shown(key, false, 40)),
    }
}
