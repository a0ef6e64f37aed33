//! The number of a stream's last piece, which only ever grows.

use std::error::Error as _;
use std::path::Path;
use std::thread;

use serde_json::{Map, Value};

use super::read::SECOND_LOOK;
use crate::chain::said;
use crate::files::read_bounded;

/// What a `.restart` or sequence file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The number; 0 is a number like any other.
    At(u64),
    /// No such file.
    Missing,
    /// Something that is no such number. The engine begins again, or fails.
    Damaged,
    /// It cannot be read; the text says why.
    Unreadable(String),
}

impl Progress {
    /// The number, if one is there.
    pub fn number(&self) -> Option<u64> {
        match self {
            Progress::At(number) => Some(*number),
            Progress::Missing | Progress::Damaged | Progress::Unreadable(_) => None,
        }
    }
}

/// Twenty digits and some white space; a sequence file may get more fields some day.
const MAX_LEN: u64 = 64 * 1024;

/// Reads a `.restart` file, and once more after 50 ms if it is not whole.
pub(crate) fn read_restart(path: &Path) -> Progress {
    read(path, &restart_number)
}

/// Reads a `INFOHASH_stream_N.json` file, and once more after 50 ms if it is not whole.
pub(crate) fn read_sequence(path: &Path) -> Progress {
    read(path, &sequence_number)
}

/// All fields of a sequence file, so that those which only the engine knows can be kept.
pub(super) fn sequence_fields(bytes: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(bytes).ok()
}

/// The bytes of a sequence file that may have been there before, with this number.
pub(super) fn with_sequence(path: &Path, number: u64) -> Vec<u8> {
    let there = read_bounded(path, MAX_LEN).ok().flatten();
    let mut fields = there.as_deref().and_then(sequence_fields).unwrap_or_default();
    fields.insert("seq".to_owned(), number.into());
    Value::Object(fields).to_string().into_bytes()
}

/// Reads a `.restart` file once, as it is at this moment.
pub(super) fn restart_once(path: &Path) -> Progress {
    read_once(path, &restart_number)
}

/// Reads a sequence file once, as it is at this moment.
pub(super) fn sequence_once(path: &Path) -> Progress {
    read_once(path, &sequence_number)
}

fn read(path: &Path, parse: &dyn Fn(&[u8]) -> Option<u64>) -> Progress {
    match read_once(path, parse) {
        Progress::Damaged => {
            thread::sleep(SECOND_LOOK);
            read_once(path, parse)
        }
        other => other,
    }
}

fn read_once(path: &Path, parse: &dyn Fn(&[u8]) -> Option<u64>) -> Progress {
    match read_bounded(path, MAX_LEN) {
        Ok(None) => Progress::Missing,
        Ok(Some(bytes)) => parse(&bytes).map_or(Progress::Damaged, Progress::At),
        Err(error) => Progress::Unreadable(error.source().map_or_else(|| error.to_string(), said)),
    }
}

/// The `seq` of a JSON object.
pub(crate) fn sequence_number(bytes: &[u8]) -> Option<u64> {
    sequence_fields(bytes)?.get("seq")?.as_u64()
}

/// Decimal digits, and white space at the end.
pub(crate) fn restart_number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.trim_ascii_end();
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    str::from_utf8(digits).ok().filter(|_| all_digits)?.parse().ok()
}
