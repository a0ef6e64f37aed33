//! What of a stream must outlive its server: without it, the stream would be a new one to all who know it.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What is kept of one stream. One `stream_uid` may have been both an MPEG-TS and a HLS stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct StreamMetadata<'a> {
    /// Of an MPEG-TS stream.
    pub ts: Option<Ts<'a>>,
    /// Of a HLS stream: the sequence number of each of its streams, by `INFOHASH_stream_N`.
    pub hls: Option<&'a BTreeMap<String, u64>>,
}

/// What is kept of an MPEG-TS stream.
#[derive(Clone, Copy)]
pub struct Ts<'a> {
    /// The sequence number to go on from.
    pub last_seq: u64,
    /// The content of the key file.
    pub private_key: &'a [u8],
}

impl fmt::Debug for Ts<'_> {
    /// Not the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ts").field("last_seq", &self.last_seq).finish_non_exhaustive()
    }
}

/// The streams' metadata as one document, by `stream_uid`: what `update-metadata` sends, and what a controller gives
/// back.
///
/// A key that is no text is sent as `{"base64": "…"}`. What is given twice for one `stream_uid` is merged, the later
/// one counts; a stream of which nothing is kept is left out.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use acecast_telemetry::{StreamMetadata, Ts, metadata_document};
///
/// let hls = BTreeMap::from([("0123_stream_0".to_owned(), 42)]);
/// let document = metadata_document([
///     ("news", StreamMetadata { ts: Some(Ts { last_seq: 12, private_key: b"-----BEGIN\n" }), hls: None }),
///     ("film", StreamMetadata { ts: None, hls: Some(&hls) }),
/// ]);
/// assert_eq!(
///     document.as_ref(),
///     br#"{"film":{"hls_sequence":{"0123_stream_0":42}},"news":{"last_seq":12,"private_key":"-----BEGIN\n"}}"#
/// );
/// assert_eq!(format!("{document:?}"), "Body(98 bytes)");
/// ```
pub fn metadata_document<'a>(streams: impl IntoIterator<Item = (&'a str, StreamMetadata<'a>)>) -> Body {
    let mut document: BTreeMap<&str, Wire<'_>> = BTreeMap::new();
    for (uid, StreamMetadata { ts, hls }) in streams {
        if ts.is_none() && hls.is_none() {
            continue;
        }
        let stream = document.entry(uid).or_default();
        if let Some(Ts { last_seq, private_key }) = ts {
            stream.last_seq = Some(last_seq);
            stream.private_key = Some(Key::of(private_key));
        }
        stream.hls_sequence = hls.or(stream.hls_sequence);
    }
    Body::of(&document)
}

/// A document that holds private keys. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Vec<u8>);

impl Body {
    fn of(document: &BTreeMap<&str, Wire<'_>>) -> Self {
        Body(serde_json::to_vec(document).expect("texts and numbers are always JSON"))
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

#[derive(Default, serde::Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<Key<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hls_sequence: Option<&'a BTreeMap<String, u64>>,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Key<'a> {
    Text(&'a str),
    Bytes { base64: String },
}

impl<'a> Key<'a> {
    fn of(key: &'a [u8]) -> Self {
        match std::str::from_utf8(key) {
            Ok(text) => Key::Text(text),
            Err(_) => Key::Bytes { base64: STANDARD.encode(key) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ts(last_seq: u64, private_key: &[u8]) -> StreamMetadata<'_> {
        StreamMetadata { ts: Some(Ts { last_seq, private_key }), hls: None }
    }

    #[track_caller]
    fn check<'a>(streams: impl IntoIterator<Item = (&'a str, StreamMetadata<'a>)>, expected: &str) {
        assert_eq!(std::str::from_utf8(metadata_document(streams).as_ref()).unwrap(), expected);
    }

    #[test]
    fn a_key_is_text_or_base64() {
        check(
            [("a", ts(12, b"-----BEGIN X-----\nA/B+\r\n")), ("b", ts(u64::MAX, b"\x00\xff\xfe"))],
            "{\"a\":{\"last_seq\":12,\"private_key\":\"-----BEGIN X-----\\nA/B+\\r\\n\"},\
             \"b\":{\"last_seq\":18446744073709551615,\"private_key\":{\"base64\":\"AP/+\"}}}",
        );
    }

    #[test]
    fn one_uid_may_have_both_kinds_together_or_apart() {
        let hls = BTreeMap::from([("ff_stream_1".to_owned(), 43), ("ff_stream_0".to_owned(), 42)]);
        let expected =
            r#"{"a":{"last_seq":1,"private_key":"k","hls_sequence":{"ff_stream_0":42,"ff_stream_1":43}}}"#;
        let only_hls = StreamMetadata { ts: None, hls: Some(&hls) };
        check([("a", StreamMetadata { hls: Some(&hls), ..ts(1, b"k") })], expected);
        check([("a", only_hls), ("a", ts(1, b"k"))], expected);
        check([("a", ts(1, b"k")), ("a", only_hls), ("a", StreamMetadata::default())], expected);
    }

    #[test]
    fn nothing_kept_is_nothing_sent() {
        check([("a", StreamMetadata::default())], "{}");
    }

    #[test]
    fn a_key_is_never_shown() {
        let stream = ts(7, b"hunter2");
        assert_eq!(format!("{stream:?}"), "StreamMetadata { ts: Some(Ts { last_seq: 7, .. }), hls: None }");
        assert_eq!(format!("{:?}", metadata_document([("a", stream)])), "Body(44 bytes)");
    }
}
