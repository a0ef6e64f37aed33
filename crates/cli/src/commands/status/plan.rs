//! What a start would make of what runs: it tells why a node is down, and that there is something to do.

use acecast_config::{AppConfig, Config};
use acecast_engine::Snapshot;
use acecast_engine::args::NodePaths;
use acecast_reconcile::{Action, Plan, Policy};

use super::rows::{Row, State};
use crate::last_words;
use crate::output::Output;

/// What a start would do about this snapshot.
pub(in crate::commands) fn plan(config: &Config, snapshot: &Snapshot) -> Plan {
    acecast_reconcile::plan(&config.desired(), &snapshot.observed, &Policy::default())
}

/// Says of nodes that are down why a start would not bring them up, and of nodes in trouble where their log is.
pub(super) fn explain(rows: &mut [Row], plan: &Plan, app: &AppConfig) {
    for row in rows.iter_mut().filter(|row| matches!(row.state, State::Down | State::Silent)) {
        if row.state == State::Down && row.error.is_none() {
            row.error = plan.decisions.iter().find_map(|decision| match &decision.action {
                Action::Held { detail, reason, .. }
                    if (decision.port, decision.role) == (row.port, row.role) =>
                {
                    let why = if detail.is_empty() { reason.to_string() } else { detail.clone() };
                    Some(format!("held: {why}"))
                }
                _ => None,
            });
        }
        let log = row.role.map(|role| NodePaths::new(&app.dirs, role, row.port).log());
        row.log = log.filter(|log| log.exists()).map(|log| log.to_string_lossy().into_owned());
    }
}

/// Says of nodes that are down, and would come up, what they wrote last.
pub(super) fn add_last_words(rows: &mut [Row], app: &AppConfig, out: &Output) {
    let is_unexplained = |row: &&mut Row| row.state == State::Down && row.error.is_none();
    for row in rows.iter_mut().filter(is_unexplained) {
        let words = row.role.and_then(|role| last_words::of_node(&app.dirs, role, row.port));
        row.error = words.map(|words| last_words::said_shortly(&out.clean(&words)));
    }
}
