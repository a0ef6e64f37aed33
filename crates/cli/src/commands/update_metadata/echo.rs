//! What a server repeats of the keys that it was sent.
//!
//! One idea: a server may answer with anything, and with the whole request too, so pieces of the keys are looked for in
//! its words. There are thousands of lines in the keys of a large host: each place of the answer is looked up, not each
//! line searched for.

use std::borrow::Cow;
use std::collections::HashSet;

use acecast_engine::redact::MASK;
use acecast_telemetry::Body;
use serde_json::{Map, Value};

/// So many bytes of a key in a row are a part of it, and no accident.
const PIECE: usize = 12;

/// All pieces of some keys.
#[derive(Default)]
pub(super) struct Pieces(HashSet<[u8; PIECE]>);

impl Pieces {
    /// Of the keys in a document that was sent, as they stand there: as text or in base64.
    pub(super) fn of(document: &Body) -> Self {
        let document: Value = serde_json::from_slice(document.as_ref()).unwrap_or_default();
        let streams = document.as_object().into_iter().flat_map(Map::values);
        let keys = streams.filter_map(|stream| {
            let key = &stream["private_key"];
            key.as_str().or_else(|| key["base64"].as_str())
        });
        // Not those of the armour: it is no secret, and it shows where other keys are that the server may tell of.
        let lines = keys.flat_map(str::lines).filter(|line| !line.starts_with("-----"));
        let pieces = lines.flat_map(|line| line.as_bytes().windows(PIECE).map(<[u8; PIECE]>::try_from));
        Pieces(pieces.flatten().collect())
    }

    /// The text without pieces of the keys. Slashes that JSON escapes are no escape for a key.
    pub(super) fn hidden(&self, text: &str) -> String {
        let text: Cow<'_, str> =
            if text.contains("\\/") { text.replace("\\/", "/").into() } else { text.into() };
        let mut shown = String::with_capacity(text.len());
        // Where the last piece that was found ends.
        let mut end = 0;
        for (at, c) in text.char_indices() {
            let piece = text.as_bytes().get(at..at + PIECE).and_then(|bytes| bytes.try_into().ok());
            if piece.is_some_and(|piece: [u8; PIECE]| self.0.contains(&piece)) {
                if at >= end {
                    shown.push_str(MASK);
                }
                end = at + PIECE;
            }
            if at >= end {
                shown.push(c);
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use acecast_telemetry::{StreamMetadata, Ts, metadata_document};

    use super::*;

    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIBabcdefghijklm/nopqrstuvwxyz\nABCDEFGHIJKL\n-----END PRIVATE KEY-----\n";

    fn pieces(private_key: &[u8]) -> Pieces {
        let ts = Some(Ts { last_seq: 1, private_key });
        Pieces::of(&metadata_document([("a_stream_of_news", StreamMetadata { ts, hls: None })]))
    }

    #[test]
    fn pieces_of_keys_are_hidden_wherever_they_are() {
        let pieces = pieces(KEY.as_bytes());
        for (text, expected) in [
            ("ok", "ok"),
            ("no fghijklm/no here", "no fghijklm/no here"),
            ("é fghijklm/nopqrs é", "é **** é"),
            (r#"{"k":"MIIBabcdefghijklm\/nopqrstuvwxyz\nABCDEFGHIJKL\n"}"#, r#"{"k":"****\n****\n"}"#),
            ("ABCDEFGHIJKL/ABCDEFGHIJKL", "****/****"),
            ("ABCDEFGHIJKLABCDEFGHIJKL", "********"),
        ] {
            assert_eq!(pieces.hidden(text), expected);
        }
        let hidden = "-----BEGIN PRIVATE KEY-----\n****\n****\n-----END PRIVATE KEY-----\n";
        assert_eq!(pieces.hidden(KEY), hidden);
        assert_eq!(Pieces::default().hidden(KEY), KEY);
    }

    #[test]
    fn a_key_that_is_no_text_is_hidden_as_it_was_sent() {
        assert_eq!(pieces(&[255; 9]).hidden("a_stream_of_news: ////////////"), "a_stream_of_news: ****");
    }
}
