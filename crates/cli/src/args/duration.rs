//! Durations as people write them: `2`, `2s`, `1m30s`, `500ms`.

use std::time::Duration;

/// Longer waits are mistakes, and some would overflow a deadline.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Milliseconds of each unit, from the longest.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Reads a duration: a number of seconds, or numbers with units, the longest unit first.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a number of seconds, or a duration like 2s, 1m30s or 500ms".to_owned();
    let millis = match text.parse::<u64>() {
        Ok(_) if text.starts_with('+') => return Err(wrong()),
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) => with_units(text).ok_or_else(wrong)?,
    };
    let duration = millis.map(Duration::from_millis).filter(|duration| *duration <= LONGEST);
    duration.ok_or_else(|| "expected at most a year (365d)".to_owned())
}

/// The milliseconds of `1m30s`; `Some(None)` if they are too many to count.
#[expect(clippy::option_option, reason = "wrong and too long are told apart")]
fn with_units(text: &str) -> Option<Option<u64>> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut sum = Some(0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at(digits);
        let end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        // Going on where the last unit was found keeps them in order, and each at most once.
        let (_, millis) = units.find(|(name, _)| *name == unit)?;
        if number.is_empty() {
            return None;
        }
        let part = number.parse::<u64>().ok().and_then(|number| number.checked_mul(*millis));
        sum = sum.zip(part).and_then(|(sum, part)| sum.checked_add(part));
        rest = behind;
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        for (text, millis) in [
            ("0", 0),
            ("2", 2000),
            ("2s", 2000),
            ("1m30s", 90_000),
            ("500ms", 500),
            ("1s500ms", 1500),
            ("1h", 3_600_000),
            ("1d2h", 93_600_000),
            ("90m", 5_400_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in ["", "s", "-1", "+1", "1.5s", "1 s", "2sec", "30s1m", "1s1s", "1m30", "é", "1é"] {
            assert!(parse(text).unwrap_err().starts_with("expected a number of seconds"), "{text}");
        }
        for text in ["366d", "99999999999", "18446744073709551615", "99999999999999999999s"] {
            assert_eq!(parse(text), Err("expected at most a year (365d)".to_owned()), "{text}");
        }
    }
}
