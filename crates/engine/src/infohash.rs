//! What names a stream in the network of viewers.

/// 40 hex digits.
pub(crate) fn is_infohash(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
