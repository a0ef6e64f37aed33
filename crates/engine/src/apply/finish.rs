//! What belongs to the host as a whole, after the nodes: the port map, and stale pid files last.

use std::time::Duration;

use super::jobs::{Run, chain};
use crate::{pid_file, port_map};

/// Younger pid files may belong to an engine that is just appearing.
const MIN_AGE: Duration = Duration::from_secs(2);

/// Does it, and tells what went wrong.
pub(super) fn carry_out(run: &Run<'_>) -> Vec<String> {
    let config = run.host.config;
    let mut problems = Vec::new();
    if let Some(sources) = &config.sources
        && let Err(error) = port_map::write(&sources.nodes, &config.app)
    {
        problems.push(chain(&error));
    }
    for (port, file) in &run.snapshot.stale {
        if let Err(error) = pid_file::remove_if_unchanged(file, MIN_AGE) {
            problems.push(format!("remove the stale pid file of port {port}, {}: {error}", file.path.display()));
        }
    }
    problems
}
