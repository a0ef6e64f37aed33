//! The stream's key, `NAME.sauth`: an RSA private key in PEM.
//!
//! Seen on engine 3.2.3: a key that is missing, empty or damaged is replaced by a new one without a
//! word. This stand-in does the same, by the same look at armour, base64 and the outer DER length.
//! Its numbers are random, of the right sizes, and no working RSA key.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::engine::files::base64;

const BEGIN: &str = "-----BEGIN RSA PRIVATE KEY-----";
const END: &str = "-----END RSA PRIVATE KEY-----";
/// 768 bits: gives the about 690 bytes of text that real keys have.
const MODULUS_BYTES: usize = 96;

/// The key's DER bytes, and whether it was made just now.
pub(crate) fn load_or_create(path: &Path) -> io::Result<(Vec<u8>, bool)> {
    if let Some(der) = fs::read_to_string(path).ok().as_deref().and_then(decode) {
        return Ok((der, false));
    }
    let der = random_key()?;
    fs::write(path, encode(&der))?;
    Ok((der, true))
}

fn encode(der: &[u8]) -> String {
    let body = base64::encode(der);
    let lines = body.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
}

/// The DER bytes of a sound PEM text.
fn decode(pem: &str) -> Option<Vec<u8>> {
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let der = base64::decode(&body.split_ascii_whitespace().collect::<String>())?;
    let (&tag, rest) = der.split_first()?;
    let (length, header) = der_length(rest)?;
    (tag == SEQUENCE && rest.len() == header + length).then_some(der)
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// An `RSAPrivateKey`: version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p.
fn random_key() -> io::Result<Vec<u8>> {
    let mut random = File::open("/dev/urandom")?;
    let mut body = integer(&[0]);
    let half = MODULUS_BYTES / 2;
    for (place, size) in
        [MODULUS_BYTES, 0, MODULUS_BYTES, half, half, half, half, half].into_iter().enumerate()
    {
        if place == 1 {
            body.extend(integer(&[1, 0, 1]));
            continue;
        }
        let mut number = vec![0; size];
        random.read_exact(&mut number)?;
        number[0] |= 0xc0;
        number[size - 1] |= 1;
        body.extend(integer(&number));
    }
    Ok(element(SEQUENCE, &body))
}

/// A positive number; a leading zero keeps its sign.
fn integer(big_endian: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(big_endian.len() + 1);
    if big_endian[0] & 0x80 != 0 {
        content.push(0);
    }
    content.extend_from_slice(big_endian);
    element(INTEGER, &content)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        short @ 0..128 => bytes.push(u8::try_from(short).unwrap_or(0)),
        long => {
            let digits: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            bytes.push(0x80 | u8::try_from(digits.len()).unwrap_or(0));
            bytes.extend(digits);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// A length, and how many bytes it is written in.
fn der_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((first.into(), 1));
    }
    let count = usize::from(first & 0x7f);
    let digits = rest.get(..count).filter(|digits| (1..=4).contains(&digits.len()))?;
    let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
    Some((length, 1 + count))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, random_key};

    #[test]
    fn a_key_has_the_size_of_a_real_one_and_comes_back() {
        let der = random_key().unwrap();
        let pem = encode(&der);
        assert!((670..710).contains(&pem.len()), "{} bytes", pem.len());
        assert!(pem.lines().all(|line| line.len() <= 64));
        assert_eq!(decode(&pem).unwrap(), der);
        assert_eq!(decode(pem.trim_end()).unwrap(), der);
        assert_ne!(random_key().unwrap(), der);
    }

    #[test]
    fn damage_is_seen() {
        let pem = encode(&random_key().unwrap());
        let lines: Vec<&str> = pem.lines().collect();
        let without_a_line = [&lines[..3], &lines[4..]].concat().join("\n");
        for damaged in ["", "garbage", &pem[..300], &pem.replace("BEGIN", "BEGUN"), &without_a_line] {
            assert_eq!(decode(damaged), None, "{damaged}");
        }
    }
}
