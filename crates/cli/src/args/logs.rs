//! The arguments of `acecast logs`.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use acecast_reconcile::Port;
use clap::Args;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::duration;
use super::values::{number, port};

/// `acecast logs`.
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// The nodes on these ports, whether they run or not
    #[arg(value_name = "PORT", required = true, value_delimiter = ',', value_parser = port)]
    pub(crate) ports: Vec<Port>,
    /// Go on and show what is written from now on
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// How many of the last lines of each log to show [default: 100; all with --since]
    #[arg(short = 'n', long, value_name = "N", value_parser = number)]
    pub(crate) lines: Option<usize>,
    /// Only lines since then: 10m (ago), 17:05, 2026-11-22, "2026-11-22 17:05", in this host's time or with its offset
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Since>,
}

/// A moment, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long ago.
    Ago(Duration),
    /// When the clock showed this last.
    Clock(Time),
    /// When clock and calendar showed this.
    Local(DateTime),
    /// This moment, wherever the host is.
    At(Timestamp),
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(ago) = duration::parse(text) {
            return Ok(Since::Ago(ago));
        }
        // A date alone is its midnight, and a number with a colon is a time of day.
        let clock = || text.parse::<Time>().ok().filter(|_| text.contains(':')).map(Since::Clock);
        let day = || text.parse::<Date>().ok().map(|date| Since::Local(date.to_datetime(Time::midnight())));
        let moment = || text.parse::<Timestamp>().ok().map(Since::At);
        let both = || text.parse::<DateTime>().ok().map(Since::Local);
        let is_dated = text.contains('-');
        let read = if is_dated {
            moment().or_else(|| if text.len() == 10 { day() } else { both() })
        } else {
            clock()
        };
        read.ok_or_else(|| {
            "expected how long ago (10m, 2h), a time of day (17:05), a date (2026-11-22) or both".to_owned()
        })
    }
}

impl Since {
    /// The moment itself, for whoever says it now and here.
    pub(crate) fn moment(self, now: SystemTime, zone: &TimeZone) -> Option<SystemTime> {
        let at = |local: DateTime| local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
        let now_here = || Some(Timestamp::try_from(now).ok()?.to_zoned(zone.clone()).datetime());
        let moment = match self {
            Since::Ago(ago) => return now.checked_sub(ago),
            Since::At(moment) => moment,
            Since::Local(local) => at(local)?,
            Since::Clock(time) => {
                let now = now_here()?;
                let today = now.date().to_datetime(time);
                at(if today <= now { today } else { today.checked_sub(1.day()).ok()? })?
            }
        };
        Some(moment.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> String {
        let now: Timestamp = "2026-11-22T17:05:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let since: Since = text.parse().unwrap();
        Timestamp::try_from(since.moment(now.into(), &zone).unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_moment_as_people_say_it() {
        for (text, expected) in [
            ("10m", "2026-11-22T16:55:00Z"),
            ("90", "2026-11-22T17:03:30Z"),
            ("19:00", "2026-11-22T17:00:00Z"),
            ("19:04:59", "2026-11-22T17:04:59Z"),
            ("20:00", "2026-11-21T18:00:00Z"),
            ("2026-11-20", "2026-11-19T22:00:00Z"),
            ("2026-11-20 12:30", "2026-11-20T10:30:00Z"),
            ("2026-11-20T12:30:15", "2026-11-20T10:30:15Z"),
            ("2026-11-20T12:30:15Z", "2026-11-20T12:30:15Z"),
            ("2026-11-20T12:30:15-03:00", "2026-11-20T15:30:15Z"),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in ["", "yesterday", "25:00", "2026-13-01", "17", "-1", "2026-11-22 x", "10 m"] {
            let read = text.parse::<Since>();
            // A bare number is one of seconds, as everywhere.
            assert!(read.is_err() || text == "17", "{text}: {read:?}");
        }
    }
}
