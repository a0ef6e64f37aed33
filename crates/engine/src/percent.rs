//! Percent-encoding (RFC 3986), for what is put into URLs and for knowing again what others put there.

use std::fmt::Write as _;

/// Escapes what may not stand in one segment of a path (`pchar`). The rest stays as it is, because it is not known of
/// every engine that it decodes what needed no encoding.
pub(crate) fn percent_encode(text: &str) -> String {
    encode(text, |b| is_unreserved(b) || b"!$&'()*+,;=:@".contains(&b))
}

/// Escapes everything but letters, digits and `-._~`, as a value in a query may be.
pub(crate) fn percent_encode_all(text: &str) -> String {
    encode(text, is_unreserved)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn encode(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
