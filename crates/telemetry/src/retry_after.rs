//! How long a server asks to be left alone: the header `Retry-After`, in seconds or as a date.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The wait that `value` asks for. A date counts from the answer's own `Date`, so that neither clock has to be right;
/// without one, from `now`. A date that has passed asks for no wait. Of the three forms of dates in HTTP only the one
/// that servers may still write, `Sun, 06 Nov 1994 08:49:37 GMT`, is read.
pub(crate) fn retry_after(value: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than fit are still a wait that never ends.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = read_date(value)?;
    let from = date.and_then(|date| read_date(date.trim())).unwrap_or(now);
    Some(until.duration_since(from).unwrap_or_default())
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn read_date(text: &str) -> Option<SystemTime> {
    let mut parts = text.split_once(", ")?.1.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (time, zone) = (parts.next()?, parts.next()?);
    if zone != "GMT" || parts.next().is_some() {
        return None;
    }
    let mut clock = time.split(':');
    let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next()?);
    if clock.next().is_some() {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)?;
    let days = days(number(year, 4, 1970..=9999)?, month as u64 + 1, number(day, 2, 1..=31)?)?;
    let hours = days * 24 + number(hour, 2, 0..=23)?;
    let seconds = (hours * 60 + number(minute, 2, 0..=59)?) * 60 + number(second, 2, 0..=60)?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && range.contains(number))
}

/// Days since 1970-01-01. Years are counted from March here, so that the leap day is the last one.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before_year = 365 * year + year / 4 - year / 100 + year / 400;
    (before_year + (153 * month + 2) / 5 + day - 1).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn dates_are_read() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
        ] {
            assert_eq!(read_date(text), Some(at(seconds)), "{text}");
        }
        for text in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
            "",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_wait_is_seconds_or_until_a_date() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let after = |value: &str, date: Option<&str>| retry_after(value, date, at(784_111_770));
        assert_eq!(after(" 120 ", None), Some(Duration::from_secs(120)));
        assert_eq!(after("0", None), Some(Duration::ZERO));
        assert_eq!(after("99999999999999999999999", None), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(after(date, None), Some(Duration::from_secs(7)));
        assert_eq!(after(date, Some("Sun, 06 Nov 1994 08:49:07 GMT")), Some(Duration::from_secs(30)));
        assert_eq!(after(date, Some("yesterday")), Some(Duration::from_secs(7)));
        assert_eq!(after("Sun, 06 Nov 1993 08:49:37 GMT", None), Some(Duration::ZERO));
        for value in ["", "-1", "1.5", "soon"] {
            assert_eq!(after(value, None), None, "{value}");
        }
    }
}
