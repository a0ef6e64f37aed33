//! The metadata of a stream, of one kind or of both kinds in one object.

use std::collections::BTreeMap;

use acecast_reconcile::SourceKind;
use jsonc_parser::ast::Value;

use crate::mask::is_stranger;
use crate::read::found::Found;
use crate::read::object::Fields;
use crate::read::report::Report;
use crate::read::values;
use crate::text::base64;
use crate::{Metadata, PrivateKey, SequenceName, keys};

/// A private key is about 690 bytes; anything near this is not one.
const MAX_KEY: usize = 64 << 10;

/// How long a number can be.
const MAX_DIGITS: usize = 20;

/// What an object holds for this kind of stream. Fields of the other kind may stand beside.
pub(crate) fn metadata(found: &Found<'_>, kind: SourceKind, report: &mut Report<'_>) -> Option<Metadata> {
    // What stands in the place of the whole may well be the key.
    let found = &Found { key: "private_key".to_owned(), ..found.clone() };
    let (expected, known, others) = match kind {
        SourceKind::Ts => ("an object with last_seq and private_key", keys::METADATA_TS, keys::METADATA_HLS),
        SourceKind::Hls => ("an object with hls_sequence", keys::METADATA_HLS, keys::METADATA_TS),
    };
    let object = found.object(expected, report)?;
    part(&Fields::new_beside(object, &found.path, known, others, report), kind, report)
}

/// What fields that have been looked at hold for this kind of stream.
pub(crate) fn part(fields: &Fields<'_>, kind: SourceKind, report: &mut Report<'_>) -> Option<Metadata> {
    match kind {
        SourceKind::Ts => ts(fields, report),
        SourceKind::Hls => hls(fields, report),
    }
}

fn ts(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Metadata> {
    let expected = "the number of the last piece";
    let last_seq =
        fields.required("last_seq", expected, report, |found, report| number(found, expected, report));
    let expected = "the stream's private key as a text or as {\"base64\": …}";
    let private_key = fields
        .required("private_key", expected, report, |found, report| private_key(found, expected, report));
    Some(Metadata::Ts { last_seq: last_seq?, private_key: private_key? })
}

fn private_key(found: &Found<'_>, expected: &str, report: &mut Report<'_>) -> Option<PrivateKey> {
    let bytes = match found.value {
        Value::StringLit(text) => text.value.as_bytes().to_vec(),
        Value::Object(object) => {
            let fields = Fields::new(object, &found.path, keys::ENCODED, report);
            let mut encoded = fields.require("base64", "the key in base64", report)?;
            encoded.key.clone_from(&found.key);
            let text = encoded.value.as_string_lit().map(|text| text.value.as_ref());
            let Some(bytes) = text.and_then(base64::decode) else {
                encoded.wrong("padded base64", report);
                return None;
            };
            bytes
        }
        _ => {
            found.wrong(expected, report);
            return None;
        }
    };
    if bytes.is_empty() || bytes.len() > MAX_KEY {
        let why = if bytes.is_empty() { "is empty" } else { "is larger than 64 KiB" };
        found.wrong_because(why, expected, report);
        return None;
    }
    Some(PrivateKey::new(bytes))
}

fn hls(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Metadata> {
    let expected = "an object like {\"INFOHASH_stream_0\": 42}";
    let found = fields.require("hls_sequence", expected, report)?;
    let found = discreet(&found);
    let object = found.object(expected, report)?;
    let errors = report.errors();
    let mut sequences = BTreeMap::new();
    // Here every key is data, so none is unknown.
    for property in Fields::unchecked(object, &found.path).all() {
        let Ok(name) = property.key.parse::<SequenceName>() else {
            let message = "unknown name, expected 40 hex digits, _stream_ and a number".to_owned();
            report.error(property.range(), &property.path, message);
            continue;
        };
        if let Some(number) = number(&property, "a piece number", report) {
            sequences.insert(name, number);
        }
    }
    (report.errors() == errors).then_some(Metadata::Hls { sequences })
}

fn number(found: &Found<'_>, expected: &str, report: &mut Report<'_>) -> Option<u64> {
    values::number(&discreet(found), expected, report)
}

/// A text that is no number may be the key in the wrong place, so it is not shown.
fn discreet<'a>(found: &Found<'a>) -> Found<'a> {
    let mut found = found.clone();
    if found
        .value
        .as_string_lit()
        .is_some_and(|text| text.value.len() > MAX_DIGITS || is_stranger(&text.value))
    {
        "private_key".clone_into(&mut found.key);
    }
    found
}
