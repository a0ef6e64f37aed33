//! Single values: numbers that may be texts, flags, texts without control characters, addresses.

use std::net::IpAddr;
use std::str::FromStr;

use acecast_reconcile::{Channel, Endpoint, Port, StreamUid, StreamUrl, UidError};
use jsonc_parser::ast::Value;

use crate::read::found::Found;
use crate::read::nearest::nearest;
use crate::read::report::Report;
use crate::reference::{MAX_TEXT, MAX_URL};

/// What a port is, in messages.
pub(crate) const A_PORT: &str = "a port from 1 to 65535";

/// A number, which may be written as a text.
pub(crate) fn number(found: &Found<'_>, expected: &str, report: &mut Report<'_>) -> Option<u64> {
    let Some(digits) = digits(found) else {
        found.wrong(expected, report);
        return None;
    };
    match whole_number(digits) {
        Ok(number) => Some(number),
        Err(why) => {
            found.wrong_because(why, expected, report);
            None
        }
    }
}

fn digits<'a>(found: &Found<'a>) -> Option<&'a str> {
    match found.value {
        Value::NumberLit(number) => Some(number.value),
        Value::StringLit(text) => Some(&text.value),
        _ => None,
    }
}

fn whole_number(text: &str) -> Result<u64, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().map_err(|_| "is too large");
    }
    Err(match text.parse::<f64>() {
        Ok(_) if text.starts_with('-') => "is negative",
        Ok(number) if number.is_finite() && text.contains(['e', 'E']) => {
            "is not written in decimal digits only"
        }
        Ok(number) if number.is_finite() && text.contains('.') => "is no whole number",
        _ => "is not written in decimal digits only",
    })
}

/// A port, which may be written as a text.
pub(crate) fn port(found: &Found<'_>, report: &mut Report<'_>) -> Option<Port> {
    let number = number(found, A_PORT, report)?;
    let port = Port::try_from(number).ok();
    if port.is_none() {
        found.wrong(A_PORT, report);
    }
    port
}

/// The port if there is one; nothing is reported.
pub(crate) fn peek_port(found: &Found<'_>) -> Option<Port> {
    digits(found)?.parse().ok()
}

/// 0 or 1, `"0"` or `"1"`, true or false; messages name the form of the old scripts.
pub(crate) fn flag(found: &Found<'_>, report: &mut Report<'_>) -> Option<bool> {
    either(found, "0 or 1", report)
}

/// The same, where messages name true and false.
pub(crate) fn switch(found: &Found<'_>, report: &mut Report<'_>) -> Option<bool> {
    either(found, "true or false", report)
}

fn either(found: &Found<'_>, expected: &str, report: &mut Report<'_>) -> Option<bool> {
    match (found.value, digits(found)) {
        (Value::BooleanLit(flag), _) => Some(flag.value),
        (_, Some("0")) => Some(false),
        (_, Some("1")) => Some(true),
        _ => {
            found.wrong(expected, report);
            None
        }
    }
}

/// A text of at most `max` bytes without control characters. It may be empty.
pub(crate) fn text(found: &Found<'_>, max: usize, expected: &str, report: &mut Report<'_>) -> Option<String> {
    let Value::StringLit(text) = found.value else {
        found.wrong(expected, report);
        return None;
    };
    let text = text.value.as_ref();
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        let why = format!("holds the control character \\u{{{:x}}}; remove it", u32::from(control));
        found.wrong_as(&why, report);
        return None;
    }
    if text.len() > max {
        let why = format!("is {} bytes long", text.len());
        found.wrong_because(&why, &format!("{expected} of at most {max} bytes"), report);
        return None;
    }
    Some(text.to_owned())
}

/// A text that is not empty.
pub(crate) fn some_text(
    found: &Found<'_>,
    max: usize,
    expected: &str,
    report: &mut Report<'_>,
) -> Option<String> {
    let text = text(found, max, expected, report)?;
    if text.is_empty() {
        found.wrong_because("is empty", expected, report);
        return None;
    }
    Some(text)
}

/// An http or https URL.
pub(crate) fn url(found: &Found<'_>, report: &mut Report<'_>) -> Option<StreamUrl> {
    let expected = "an http or https URL";
    let text = some_text(found, MAX_URL, expected, report)?;
    text.parse()
        .map_err(|why: acecast_reconcile::UrlError| found.wrong_because(&why.to_string(), expected, report))
        .ok()
}

/// A stream's name; a warning if the engine's documentation would not recommend it.
pub(crate) fn uid(found: &Found<'_>, report: &mut Report<'_>) -> Option<StreamUid> {
    let expected = "a name of letters, digits and underscores";
    let text = text(found, MAX_TEXT, expected, report)?;
    match text.parse::<StreamUid>() {
        Ok(uid) => {
            if !uid.is_plain() {
                let message = format!(
                    "found {}, only letters, digits and underscores are recommended",
                    found.describe()
                );
                report.warning(found.range(), &found.path, message);
            }
            Some(uid)
        }
        Err(why @ UidError::Empty) => {
            found.wrong_because(&why.to_string(), expected, report);
            None
        }
        Err(why) => {
            found.wrong_as(&why.to_string(), report);
            None
        }
    }
}

/// `IP:PORT`.
pub(crate) fn endpoint(found: &Found<'_>, report: &mut Report<'_>) -> Option<Endpoint> {
    parsed(found, "an address and a port like 192.0.2.1:8640", report)
}

/// An IP address.
pub(crate) fn ip(found: &Found<'_>, report: &mut Report<'_>) -> Option<IpAddr> {
    parsed(found, "an IP address like 192.0.2.1", report)
}

fn parsed<T: FromStr>(found: &Found<'_>, expected: &str, report: &mut Report<'_>) -> Option<T> {
    let text = text(found, MAX_TEXT, expected, report)?;
    text.parse().map_err(|_| found.wrong(expected, report)).ok()
}

/// One of a few words, with the one that may have been meant.
pub(crate) fn word<T: Copy>(
    found: &Found<'_>,
    words: &[(&'static str, T)],
    report: &mut Report<'_>,
) -> Option<T> {
    let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    let expected = match names.split_last() {
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    };
    let Value::StringLit(text) = found.value else {
        found.wrong(&expected, report);
        return None;
    };
    if let Some((_, value)) = words.iter().find(|(name, _)| *name == text.value) {
        return Some(*value);
    }
    let same = names.iter().copied().find(|name| name.eq_ignore_ascii_case(&text.value));
    match same.or_else(|| nearest(&text.value, names.iter().copied().filter(|name| name.len() > 3))) {
        Some(meant) => found.wrong(&format!("{expected}; did you mean \"{meant}\"?"), report),
        None => found.wrong(&expected, report),
    }
    None
}

/// A channel of engines.
pub(crate) fn channel(found: &Found<'_>, report: &mut Report<'_>) -> Option<Channel> {
    word(found, &Channel::ALL.map(|channel| (channel.as_str(), channel)), report)
}
