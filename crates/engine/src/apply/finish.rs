//! What belongs to the host as a whole, after the nodes: the port map, and stale pid files last.

use std::time::Duration;

use acecast_config::{Dirs, SourceNode};

use super::jobs::Run;
use crate::chain::{chain, said};
use crate::failpoint::pass;
use crate::files::{self, FilesError};
use crate::{pid_file, port_map};

/// Younger pid files may belong to an engine that is just appearing.
const MIN_AGE: Duration = Duration::from_secs(2);

/// Does it, and tells what went wrong.
pub(super) fn carry_out(run: &Run<'_>) -> Vec<String> {
    let config = run.host.config;
    let mut problems = Vec::new();
    if let Some(sources) = &config.sources
        && let Err(error) = write_port_map(&sources.nodes, &config.app.dirs)
    {
        problems.push(chain(&error));
    }
    for (port, file) in &run.snapshot.stale {
        pass("before a stale pid file is removed");
        if let Err(error) = pid_file::remove_if_unchanged(file, MIN_AGE) {
            let path = files::shown(&file.path);
            problems
                .push(format!("cannot remove the stale pid file {path} of port {port}: {}", said(&error)));
        }
    }
    problems
}

fn write_port_map(nodes: &[SourceNode], dirs: &Dirs) -> Result<bool, FilesError> {
    files::create_dir_all(&dirs.public)?;
    port_map::write(nodes, dirs)
}
