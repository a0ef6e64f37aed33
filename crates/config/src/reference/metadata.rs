//! The keys of streams' metadata.

use super::{Key, Kind};

/// Of a ts stream.
pub(crate) const METADATA_TS: [Key; 2] = [
    Key::required("last_seq", Kind::Number, "The number of the last piece."),
    Key::required("private_key", Kind::PrivateKey, "The stream's private key: PEM in a text, or encoded."),
];

/// Of a HLS stream.
pub(crate) const METADATA_HLS: [Key; 1] = [Key::required(
    "hls_sequence",
    Kind::HlsSequences,
    "The numbers of the last pieces by INFOHASH_stream_N.",
)];

/// A private key that is encoded.
pub(crate) const ENCODED: [Key; 1] =
    [Key::required("base64", Kind::Text(MAX_ENCODED), "The key in padded base64.")];

/// 64 KiB in base64.
const MAX_ENCODED: u32 = 87_384;
