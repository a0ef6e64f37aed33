//! Whether bytes are a whole private key.

use std::fmt;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// Nothing is there.
    Empty,
    /// Zero bytes only, as after a power cut.
    Zeros,
    /// Neither a PEM text nor DER.
    NotAKey,
    /// The PEM text has no end.
    Cut,
    /// Something follows the end of the PEM text.
    Trailing,
    /// The PEM text holds nothing.
    EmptyBody,
    /// The PEM text holds what is no base64.
    NotBase64,
    /// The key says that it has another length.
    Length {
        /// Bytes, by what the key says.
        says: usize,
        /// Bytes that are there.
        has: usize,
    },
}

/// Looks whether this is a private key, whole: a PEM text or bare DER. Only its frame is judged, not its numbers.
pub fn judge_key(bytes: &[u8]) -> Result<(), Damage> {
    der_of(bytes).map(|_| ())
}

/// SHA-256 of a key without its final newline, in hex: enough to tell two keys apart, and says nothing of them.
pub fn fingerprint(key: &[u8]) -> String {
    let digest = Sha256::digest(without_final_newline(key));
    digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The same key: the same bytes apart from a final newline, or the same content in other lines.
pub(super) fn same_key(a: &[u8], b: &[u8]) -> bool {
    without_final_newline(a) == without_final_newline(b)
        || matches!((der_of(a), der_of(b)), (Ok(a), Ok(b)) if a == b)
}

/// Below this no DER key exists, and the length of an arbitrary text could fit by chance.
const SHORTEST_KEY: usize = 64;
/// What a DER key begins with.
const SEQUENCE: u8 = 0x30;

fn der_of(bytes: &[u8]) -> Result<Vec<u8>, Damage> {
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(Damage::Zeros);
    }
    if bytes[0] == SEQUENCE && bytes.len() >= SHORTEST_KEY {
        // A newline at the end may be the key's own last byte.
        return check_length(bytes)
            .or_else(|damage| check_length(without_final_newline(bytes)).map_err(|_| damage))
            .map(<[u8]>::to_vec);
    }
    let text = str::from_utf8(bytes).map_err(|_| Damage::NotAKey)?.trim_ascii();
    if text.is_empty() {
        return Err(Damage::Empty);
    }
    let der = STANDARD.decode(pem_body(text)?).map_err(|_| Damage::NotBase64)?;
    if der.first() == Some(&SEQUENCE) {
        // The armour does not show a missing line; the key's own length does.
        check_length(&der)?;
    }
    Ok(der)
}

/// The base64 between the lines of the armour, without white space.
fn pem_body(text: &str) -> Result<String, Damage> {
    let rest = text.strip_prefix("-----BEGIN ").ok_or(Damage::NotAKey)?;
    let (label, rest) = rest.split_once("-----").ok_or(Damage::Cut)?;
    if !(label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY")) || label.contains(['\n', '\r']) {
        return Err(Damage::NotAKey);
    }
    let (body, trailing) = rest.split_once(&format!("-----END {label}-----")).ok_or(Damage::Cut)?;
    if !trailing.is_empty() {
        return Err(Damage::Trailing);
    }
    let body: String = body.split_ascii_whitespace().collect();
    if body.is_empty() { Err(Damage::EmptyBody) } else { Ok(body) }
}

/// The DER element, if it has the length that its head says.
fn check_length(der: &[u8]) -> Result<&[u8], Damage> {
    let says = der_length(der).ok_or(Damage::NotAKey)?;
    if says == der.len() { Ok(der) } else { Err(Damage::Length { says, has: der.len() }) }
}

/// How long the element at the beginning is in all, by its head.
fn der_length(der: &[u8]) -> Option<usize> {
    let first = usize::from(*der.get(1)?);
    if first < 0x80 {
        return Some(2 + first);
    }
    let count = first & 0x7f;
    let digits = der.get(2..2 + count).filter(|_| (1..=4).contains(&count))?;
    let length = digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
    length.checked_add(2 + count)
}

fn without_final_newline(bytes: &[u8]) -> &[u8] {
    match bytes.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => bytes,
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Empty => f.write_str("it is empty"),
            Damage::Zeros => f.write_str("it holds zero bytes only"),
            Damage::NotAKey => f.write_str("it is no private key"),
            Damage::Cut => f.write_str("its end is missing"),
            Damage::Trailing => f.write_str("something follows its end"),
            Damage::EmptyBody => f.write_str("nothing is between its first and last line"),
            Damage::NotBase64 => f.write_str("it holds characters that do not belong there"),
            Damage::Length { says, has } => write!(f, "it has {has} bytes and says that it has {says}"),
        }
    }
}
