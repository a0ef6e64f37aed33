//! This host's time zone, which is that of times in logs.

use std::path::Path;

use acecast_engine::files::read_bounded;
use jiff::tz::TimeZone;

/// Where the system says what the zone is.
const SYSTEM: &str = "/etc/localtime";

/// Where the zones with names are.
const ZONES: &str = "/usr/share/zoneinfo";

/// Zones take a few KiB.
const LARGEST: u64 = 1024 * 1024;

/// The zone that `TZ` names, else the system's, else UTC.
pub(super) fn local(variable: &dyn Fn(&str) -> Option<String>) -> TimeZone {
    let name = variable("TZ").filter(|name| !name.is_empty());
    let Some(name) = name.as_deref().map(|name| name.trim_start_matches(':')) else {
        return of_file(Path::new(SYSTEM)).unwrap_or(TimeZone::UTC);
    };
    // An absolute path stays one.
    let by_name = of_file(&Path::new(ZONES).join(name));
    by_name.or_else(|| TimeZone::posix(name).ok()).unwrap_or(TimeZone::UTC)
}

fn of_file(path: &Path) -> Option<TimeZone> {
    let bytes = read_bounded(path, LARGEST).ok().flatten()?;
    TimeZone::tzif("local", &bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_by_its_rule_and_none_at_all() {
        let hours = |tz: &str| {
            let zone = local(&|_| Some(tz.to_owned()));
            zone.to_offset("2026-11-22T12:00:00Z".parse().unwrap()).seconds() / 3600
        };
        assert_eq!(hours("XYZ-3"), 3);
        assert_eq!(hours(":XYZ+4"), -4);
        assert_eq!(hours("No/Such_Zone"), 0);
    }
}
