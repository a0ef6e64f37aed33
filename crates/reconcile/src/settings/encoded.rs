//! How settings are written as bytes.
//!
//! A block is a row of parts, each behind its length, so none can be mistaken for another or for two. Each part is a
//! setting: its field, the kind of its value, and the value. The items of a set are parts again.

use crate::{Field, Value};

const NULL: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
const SET: u8 = 3;

/// A value as bytes. Values are equal if their bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoded<'a>(&'a [u8]);

impl Encoded<'_> {
    /// The value itself.
    pub(super) fn decode(self) -> Value {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        match self.0 {
            [NUMBER, bytes @ ..] => Value::Number(bytes.iter().rfold(0, |n, byte| n << 8 | u64::from(*byte))),
            [TEXT, bytes @ ..] => Value::Text(text(bytes)),
            [SET, items @ ..] => Value::Set(Parts(items).map(text).collect()),
            _ => Value::Null,
        }
    }

    /// How many bytes of its block the setting takes: the length, the field and the value.
    pub(super) fn footprint(self) -> usize {
        size_of::<usize>() + 1 + self.0.len()
    }

    /// It is this text.
    pub(crate) fn is_text(self, text: &str) -> bool {
        self.0.strip_prefix(&[TEXT]) == Some(text.as_bytes())
    }
}

/// The setting as it stands in a block.
pub(super) fn setting(field: Field, value: Value) -> Vec<u8> {
    let mut part = vec![field as u8];
    match value {
        Value::Null => part.push(NULL),
        Value::Number(number) => {
            part.push(NUMBER);
            part.extend(number.to_le_bytes());
        }
        Value::Text(text) => {
            part.push(TEXT);
            part.extend(text.into_bytes());
        }
        Value::Set(items) => {
            part.push(SET);
            part.extend(items.iter().flat_map(|item| behind_length(item.as_bytes())));
        }
    }
    behind_length(&part).collect()
}

/// The part as it stands in a row.
fn behind_length(part: &[u8]) -> impl Iterator<Item = u8> {
    part.len().to_le_bytes().into_iter().chain(part.iter().copied())
}

/// The settings of a block.
pub(super) fn settings(block: &[u8]) -> impl Iterator<Item = (Field, Encoded<'_>)> {
    Parts(block).filter_map(|part| {
        let (field, value) = part.split_first()?;
        Some((Field::ALL[usize::from(*field)], Encoded(value)))
    })
}

/// Parts in a row.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (len, rest) = self.0.split_first_chunk()?;
        let (part, rest) = rest.split_at(usize::from_le_bytes(*len));
        self.0 = rest;
        Some(part)
    }
}
