//! Numbers for people.

/// Bytes, as in `512 B`, `1.5 MB`, `250 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // In tenths of the unit, so that rounding up to the next unit shows.
    let (mut tenths, mut unit) = (u128::from(bytes) / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

/// Bytes a second.
pub(crate) fn rate(bytes: u64) -> String {
    size(bytes) + "/s"
}

/// Seconds in a sentence, as in `45 s`, `12 min 5 s`, `3 h 12 min`, `1 d 2 h`.
pub(crate) fn span(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if minutes == 0 => format!("{seconds} s"),
        () if hours == 0 => format!("{minutes} min {} s", seconds % 60),
        () if days == 0 => format!("{hours} h {} min", minutes % 60),
        () => format!("{days} d {} h", hours % 24),
    }
}

/// Seconds in a table, as in `45s`, `12m5s`, `3h12m`, `1d2h`.
pub(crate) fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if minutes == 0 => format!("{seconds}s"),
        () if hours == 0 => format!("{minutes}m{}s", seconds % 60),
        () if days == 0 => format!("{hours}h{}m", minutes % 60),
        () => format!("{days}d{}h", hours % 24),
    }
}

/// How many there are of each name, in this order, as in `2 failed, 10 sent`; empty if there are none.
pub(crate) fn counted<'a>(order: &[&str], names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let count = |wanted: &str| names.iter().filter(|name| **name == wanted).count();
    let counts = order.iter().map(|name| (count(name), name)).filter(|(count, _)| *count > 0);
    counts.map(|(count, name)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_two_or_three_digits() {
        let shown = [0, 999, 1000, 1550, 9999, 10_000, 999_999, 1_000_000, 52_400_000, u64::MAX].map(size);
        let expected =
            ["0 B", "999 B", "1.0 kB", "1.5 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "52 MB", "18 EB"];
        assert_eq!(shown, expected);
        assert_eq!(rate(125_000), "125 kB/s");
    }

    #[test]
    fn durations_have_two_units() {
        let shown = [0, 59, 60, 725, 3600, 11_520, 86_400, 93_600].map(duration);
        assert_eq!(shown, ["0s", "59s", "1m0s", "12m5s", "1h0m", "3h12m", "1d0h", "1d2h"]);
        let said = [59, 725, 11_520, 93_600].map(span);
        assert_eq!(said, ["59 s", "12 min 5 s", "3 h 12 min", "1 d 2 h"]);
    }

    #[test]
    fn counts_stand_in_their_order() {
        assert_eq!(counted(&["bad", "none", "good"], ["good", "bad", "good"].into_iter()), "1 bad, 2 good");
        assert_eq!(counted(&["bad"], std::iter::empty()), "");
    }
}
