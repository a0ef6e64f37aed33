//! The time with which an engine's log line begins.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `2026-11-22 17:05:00` has so many characters.
const DATED: usize = 19;

/// When the line was written: `1795367100.25|…` or `2026-11-22 17:05:00,250|…`, in the host's time unless it says
/// otherwise. Which of the forms an engine writes depends on its version.
pub(super) fn time(line: &str, zone: &TimeZone) -> Option<SystemTime> {
    let line = line.trim_start_matches(['[', ' ']);
    seconds(line).or_else(|| dated(line, zone))
}

fn seconds(line: &str) -> Option<SystemTime> {
    let end = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
    // From 2001 until long after every engine; other numbers at the beginning mean something else.
    if !(10..=11).contains(&end) || line[end..].starts_with(|c: char| c.is_alphanumeric() || c == '-') {
        return None;
    }
    UNIX_EPOCH.checked_add(Duration::from_secs(line[..end].parse().ok()?))
}

fn dated(line: &str, zone: &TimeZone) -> Option<SystemTime> {
    let head = line.get(..DATED)?;
    let local: DateTime = head.parse().ok()?;
    let rest = line[DATED..].trim_start_matches([',', '.']).trim_start_matches(|c: char| c.is_ascii_digit());
    let offset =
        rest.get(..6).filter(|text| text.starts_with(['+', '-'])).or(rest.get(..1).filter(|z| *z == "Z"));
    let with_offset = offset.and_then(|offset| format!("{head}{offset}").parse::<Timestamp>().ok());
    let moment = with_offset.or_else(|| Some(local.to_zoned(zone.clone()).ok()?.timestamp()))?;
    Some(moment.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: &str) -> Option<String> {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        time(line, &zone).map(|time| Timestamp::try_from(time).unwrap().to_string())
    }

    #[test]
    fn times_as_engines_write_them() {
        for line in [
            "1795367100|MainThread|running",
            "1795367100.25|MainThread|running",
            "2026-11-22 19:05:00,250|MainThread|running",
            "2026-11-22 19:05:00 running",
            "[2026-11-22T19:05:00] running",
            "2026-11-22T17:05:00Z running",
            "2026-11-22T18:05:00.123+01:00 running",
        ] {
            assert_eq!(at(line).as_deref(), Some("2026-11-22T17:05:00Z"), "{line}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for line in [
            "",
            "running",
            "8640 peers",
            "179536710",
            "1795367100-1",
            "2026-11-22",
            "2026-13-22 19:05:00",
            "é",
        ] {
            assert_eq!(at(line), None, "{line}");
        }
    }
}
