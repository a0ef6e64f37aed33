//! Why a node that is down did not come up: what the log of events says of the last try.
//!
//! One idea: what failed was said once, to whoever started it. Who looks later finds a node that is down, and a plan that
//! would start it. Only the end of the log is read, once for all nodes.

use acecast_config::AppConfig;
use acecast_engine::events::{ReadEvent, What, parse, read};

use super::rows::{Row, State};
use crate::output::Output;

/// So many of the last lines of the log are looked at.
const LINES: usize = 1_000;

/// Says of nodes that are down, and would come up, why the last start of each did not bring it up.
pub(super) fn add(rows: &mut [Row], app: &AppConfig, out: &Output) {
    let is_unexplained = |row: &&mut Row| row.state == State::Down && row.error.is_none();
    let mut rows: Vec<&mut Row> = rows.iter_mut().filter(is_unexplained).collect();
    if rows.is_empty() {
        return;
    }
    // A log that cannot be read explains nothing, and is no reason to show less.
    let lines = read(&app.dirs.state, LINES).unwrap_or_default();
    let events: Vec<ReadEvent> = lines.iter().filter_map(|line| parse(line)).collect();
    for row in &mut rows {
        let last = events.iter().rfind(|event| is_told_of(event) && is_of(event, row, out));
        row.error = last.and_then(why);
    }
}

/// It says how the node came to be as it is.
fn is_told_of(event: &ReadEvent) -> bool {
    use What::{Back, Died, Held, Restart, Start, Stop};
    matches!(event.what, Some(Start | Restart | Held | Stop | Died | Back))
}

/// The port may have been another node's then.
fn is_of(event: &ReadEvent, row: &Row, out: &Output) -> bool {
    let name = row.name.as_deref().map(|name| out.clean(name));
    (event.port, event.role) == (Some(row.port), row.role) && event.name == name
}

/// Why it was not started; `None` if that is not what became of it last.
fn why(event: &ReadEvent) -> Option<String> {
    let what = match event.what? {
        What::Start | What::Held => "start",
        What::Restart => "restart",
        _ => return None,
    };
    let outcome = match event.outcome.as_deref()? {
        "failed" => "failed",
        "skipped" => "was skipped",
        "held" => "was held",
        _ => return None,
    };
    let detail = event.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
    Some(format!("its last {what} {outcome}{detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(event: &str, expected: Option<&str>) {
        let line =
            format!(r#"{{"schema":1,"time":"2026-11-22T19:14:05.100Z","by":"run","port":8640,{event}}}"#);
        assert_eq!(why(&parse(&line).unwrap()).as_deref(), expected, "{event}");
    }

    #[test]
    fn only_what_kept_a_node_down_is_said() {
        check(
            r#""event":"start","outcome":"failed","detail":"the disk is full""#,
            Some("its last start failed: the disk is full"),
        );
        check(
            r#""event":"restart","outcome":"skipped","detail":"interrupted""#,
            Some("its last restart was skipped: interrupted"),
        );
        check(r#""event":"held","outcome":"held""#, Some("its last start was held"));
        check(r#""event":"start","outcome":"ready""#, None);
        check(r#""event":"stop","outcome":"failed","detail":"x""#, None);
        check(r#""event":"died","detail":"x""#, None);
        check(r#""event":"of_tomorrow","outcome":"failed","detail":"x""#, None);
    }
}
