//! Whose certificates count: the system's authorities, or those of a file.
//!
//! One idea: a file that cannot be used is said to be so when it is read. The TLS library leaves out what it cannot
//! decode, and every server would seem to have a wrong certificate.

use std::path::Path;

use acecast_engine::files::read_bounded;
use anyhow::Context as _;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// All certificate authorities of a system are some hundred KiB.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// The system's certificate authorities, or those of `ca_file`.
pub(super) fn tls(ca_file: Option<&Path>) -> anyhow::Result<TlsConfig> {
    let roots = match ca_file {
        Some(path) => certificates(path)
            .with_context(|| format!("cannot use the certificate authorities in {}", path.display()))?,
        None => RootCerts::PlatformVerifier,
    };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

fn certificates(path: &Path) -> anyhow::Result<RootCerts> {
    let pem = read_bounded(path, MAX_FILE)?.context("it does not exist")?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.context("it is not a PEM file")? {
            let nth = certificates.len() + 1;
            anyhow::ensure!(is_certificate(certificate.der()), "certificate {nth} in it cannot be decoded");
            certificates.push(certificate);
        }
    }
    anyhow::ensure!(!certificates.is_empty(), "it holds no certificate in PEM form");
    Ok(RootCerts::new_with_certs(&certificates))
}

/// How deep the parts of a certificate may lie in one another; those of real ones are half as deep.
const DEPTH: usize = 16;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
/// The version, which the oldest certificates do not have.
const VERSION: u8 = 0xa0;

/// The bytes are a certificate in DER, as far as its parts go (RFC 5280, 4.1): nothing is cut or left over.
fn is_certificate(der: &[u8]) -> bool {
    let tags = |elements: &[(u8, &[u8])]| elements.iter().map(|(tag, _)| *tag).collect::<Vec<_>>();
    let parts = || {
        let whole = elements(der, DEPTH)?;
        let [(SEQUENCE, certificate)] = whole[..] else { return None };
        let parts = elements(certificate, DEPTH)?;
        let signed = elements(parts.first()?.1, DEPTH)?;
        Some((tags(&parts), tags(&signed)))
    };
    parts().is_some_and(|(parts, signed)| {
        // Serial number, algorithm, issuer, validity, subject, key.
        let least = [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE];
        let signed = signed.strip_prefix(&[VERSION]).unwrap_or(&signed);
        parts == [SEQUENCE, SEQUENCE, BIT_STRING] && signed.starts_with(&least)
    })
}

/// The elements side by side in these bytes, each with its tag; none if one of them, or one within them, is not whole.
fn elements(mut der: &[u8], depth: usize) -> Option<Vec<(u8, &[u8])>> {
    const CONSTRUCTED: u8 = 0x20;
    let mut elements = Vec::new();
    while !der.is_empty() {
        let (tag, content, rest) = element(der)?;
        if tag & CONSTRUCTED != 0 {
            self::elements(content, depth.checked_sub(1)?)?;
        }
        elements.push((tag, content));
        der = rest;
    }
    Some(elements)
}

/// The first element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn der() -> Vec<u8> {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        made.cert.der().to_vec()
    }

    fn pem(der: &[u8]) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
    }

    #[test]
    fn what_is_cut_or_left_over_is_no_certificate() {
        let der = der();
        assert!(is_certificate(&der));
        for end in 0..der.len() {
            assert!(!is_certificate(&der[..end]), "{end}");
        }
        assert!(!is_certificate(&[&der[..], &[0]].concat()));
        assert!(!is_certificate(&[0x30; 4096]), "elements in one another without an end");
    }

    #[test]
    fn the_one_that_cannot_be_decoded_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        let mut broken = der();
        // The length of the part that is signed.
        broken[6] ^= 1;
        for (text, expected) in [
            (pem(&der()), None),
            (pem(&der()) + &pem(&broken) + &pem(&der()), Some("certificate 2 in it cannot be decoded")),
            (pem(b"x"), Some("certificate 1 in it cannot be decoded")),
            (String::new(), Some("it holds no certificate in PEM form")),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(certificates(&path).err().map(|error| error.to_string()).as_deref(), expected);
        }
        std::fs::remove_file(&path).unwrap();
        let error = tls(Some(&path)).unwrap_err();
        let expected =
            format!("cannot use the certificate authorities in {}: it does not exist", path.display());
        assert_eq!(crate::output::one_line(&error), expected);
    }
}
