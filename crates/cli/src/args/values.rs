//! Values that several commands take.

use std::num::NonZeroUsize;

use acecast_reconcile::{Port, Role, StreamUid, UidError};
use clap::builder::{PossibleValuesParser, TypedValueParser};

pub(super) fn port(text: &str) -> Result<Port, String> {
    text.parse().map_err(|_| "expected a port from 1 to 65535".to_owned())
}

pub(super) fn uid(text: &str) -> Result<StreamUid, String> {
    text.parse().map_err(|why: UidError| format!("expected a stream_uid, but it {why}"))
}

pub(super) fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "expected a number".to_owned())
}

pub(super) fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a number, at least 1".to_owned())
}

pub(super) fn role_parser() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).map(|text| {
        // The parser before let only these two through.
        if text == Role::Source.as_str() { Role::Source } else { Role::Support }
    })
}
