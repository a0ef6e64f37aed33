//! How far a stream has come: `NAME.restart` and `INFOHASH_stream_0.json`, rewritten in place.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

/// A number in a file, which is continued by the next run.
pub(crate) struct Progress {
    path: PathBuf,
    format: Format,
    start: u64,
    written: Option<u64>,
}

/// The two texts that hold a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `42`
    Decimal,
    /// `{"seq": 42}`
    Sequence,
}

/// A file that holds no number. Seen on engine 3.2.3: an error for a sequence, nothing for a piece.
pub(crate) struct Damaged;

impl Progress {
    /// Continues from the number in the file; a missing, empty or damaged one starts from 0.
    pub(crate) fn open(path: PathBuf, format: Format) -> (Self, Result<(), Damaged>) {
        let found = fs::read_to_string(&path).ok();
        let number = found.as_deref().and_then(|text| read(text, format));
        let damaged = found.is_some() && number.is_none();
        let progress = Self { path, format, start: number.unwrap_or(0), written: None };
        (progress, if damaged { Err(Damaged) } else { Ok(()) })
    }

    /// Writes the number that is `steps` after the first one, if that is news.
    pub(crate) fn advance(&mut self, steps: u64) -> io::Result<()> {
        let number = self.start + steps;
        if self.written == Some(number) {
            return Ok(());
        }
        let text = match self.format {
            Format::Decimal => number.to_string(),
            // With the blank that the engine writes.
            Format::Sequence => format!("{{\"seq\": {number}}}"),
        };
        fs::write(&self.path, text)?;
        self.written = Some(number);
        Ok(())
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }
}

fn read(text: &str, format: Format) -> Option<u64> {
    match format {
        Format::Decimal => text.trim_end_matches('\n').parse().ok(),
        Format::Sequence => {
            let document: Value = serde_json::from_str(text).ok()?;
            let seq = document.get("seq")?.as_u64()?;
            (document == json!({ "seq": seq })).then_some(seq)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, read};

    #[test]
    fn both_formats_are_read_strictly() {
        assert_eq!(read("42", Format::Decimal), Some(42));
        assert_eq!(read("42\n", Format::Decimal), Some(42));
        assert_eq!(read("", Format::Decimal), None);
        assert_eq!(read("4x", Format::Decimal), None);
        assert_eq!(read(r#"{"seq": 42}"#, Format::Sequence), Some(42));
        assert_eq!(read(r#"{"seq": 4"#, Format::Sequence), None);
    }
}
