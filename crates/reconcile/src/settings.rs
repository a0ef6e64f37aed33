//! The settings of a spec, kept so that two specs compare quickly.

mod encoded;

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use crate::{Field, Value};
use encoded::Encoded;

/// Settings by the config's keys, in the order of [`Field`].
///
/// All of them are in one block of memory, because a plan compares the specs of all nodes, and most are as they
/// should be. Following a pointer to every text of each spec would be most of that work; this way it is one
/// comparison of two runs of bytes. Values are put together when they are asked for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// By field, and each written in the only way there is, so that equal settings are equal bytes.
    block: Vec<u8>,
}

impl Settings {
    /// No settings.
    pub fn new() -> Self {
        Settings::default()
    }

    /// Sets the field to this value, whatever it was before.
    pub fn insert(&mut self, field: Field, value: Value) {
        self.block.splice(self.place(field), encoded::setting(field, value));
    }

    /// Takes the field out.
    pub fn remove(&mut self, field: Field) {
        self.block.drain(self.place(field));
    }

    /// The field's value, if it is set.
    pub fn get(&self, field: Field) -> Option<Value> {
        self.encoded(field).map(Encoded::decode)
    }

    /// The field is set.
    pub fn contains_key(&self, field: Field) -> bool {
        self.encoded(field).is_some()
    }

    /// How many fields are set.
    pub fn len(&self) -> usize {
        self.settings().count()
    }

    /// No field is set.
    pub fn is_empty(&self) -> bool {
        self.block.is_empty()
    }

    /// All fields that are set, with their values, in the order of [`Field`].
    pub fn iter(&self) -> impl Iterator<Item = (Field, Value)> {
        self.settings().map(|(field, value)| (field, value.decode()))
    }

    /// The field's value, to be compared rather than read.
    pub(crate) fn encoded(&self, field: Field) -> Option<Encoded<'_>> {
        self.settings().find(|(found, _)| *found == field).map(|(_, value)| value)
    }

    /// The fields that both have with different values: the value here, then the other's.
    pub(crate) fn differing(&self, other: &Settings) -> impl Iterator<Item = (Field, Value, Value)> {
        let block = if self == other { &[] } else { &*self.block };
        let mut theirs = other.settings().peekable();
        encoded::settings(block).filter_map(move |(field, our)| {
            while theirs.next_if(|(found, _)| *found < field).is_some() {}
            let (_, their) = theirs.next_if(|(found, _)| *found == field)?;
            (our != their).then(|| (field, our.decode(), their.decode()))
        })
    }

    fn settings(&self) -> impl Iterator<Item = (Field, Encoded<'_>)> {
        encoded::settings(&self.block)
    }

    /// Where the field's setting is in the block: no bytes, but the right place, if it is not set.
    fn place(&self, field: Field) -> Range<usize> {
        let footprint = |of: Ordering| {
            let settings = self.settings().filter(|(found, _)| found.cmp(&field) == of);
            settings.map(|(_, value)| value.footprint()).sum::<usize>()
        };
        let start = footprint(Ordering::Less);
        start..start + footprint(Ordering::Equal)
    }
}

impl Extend<(Field, Value)> for Settings {
    fn extend<T: IntoIterator<Item = (Field, Value)>>(&mut self, settings: T) {
        for (field, value) in settings {
            self.insert(field, value);
        }
    }
}

impl FromIterator<(Field, Value)> for Settings {
    fn from_iter<T: IntoIterator<Item = (Field, Value)>>(settings: T) -> Self {
        let mut all = Settings::new();
        all.extend(settings);
        all
    }
}

impl<const N: usize> From<[(Field, Value); N]> for Settings {
    fn from(settings: [(Field, Value); N]) -> Self {
        settings.into_iter().collect()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests;
