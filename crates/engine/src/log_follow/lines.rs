//! Lines that come in pieces.

/// The longest line that is kept, in bytes. Engines' are shorter; one that is longer is cut.
const LONGEST: usize = 32 * 1024;

/// The line of which the end has not come yet.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    bytes: Vec<u8>,
    /// There was more of it.
    cut: bool,
}

impl Unfinished {
    /// Takes more in, and gives the lines that are finished with it.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (piece, ends) = match piece.strip_suffix(b"\n") {
                Some(piece) => (piece, true),
                None => (piece, false),
            };
            let room = LONGEST - self.bytes.len();
            self.cut |= piece.len() > room;
            self.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
            if ends {
                lines.push(std::mem::take(self).line());
            }
        }
        lines
    }

    /// The line as far as it has come, if it has begun.
    pub(super) fn take(&mut self) -> Option<String> {
        (!self.is_empty()).then(|| std::mem::take(self).line())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && !self.cut
    }

    fn line(self) -> String {
        let Unfinished { bytes, cut } = self;
        if !cut {
            let bytes = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
            return String::from_utf8_lossy(bytes).into_owned();
        }
        // Half of a word could be half of a secret, which nobody would recognise any more.
        let end = bytes.iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
        String::from_utf8_lossy(&bytes[..end]).into_owned() + "…"
    }
}
