//! One log: whose it is, and the lines of it that are wanted.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::SystemTime;

use acecast_engine::args::NodePaths;
use acecast_engine::files::FilesError;
use acecast_engine::log_follow::LogReader;
use acecast_reconcile::{Port, Role};
use jiff::tz::TimeZone;

use super::{LINES, stamp};
use crate::context::Context;
use crate::output::{Output, chained};

/// Which lines are wanted.
pub(super) struct Wanted {
    pub(super) lines: Option<usize>,
    pub(super) since: Option<SystemTime>,
    /// What times without an offset mean.
    pub(super) zone: TimeZone,
}

/// The log of one node.
pub(super) struct Node {
    pub(super) port: Port,
    pub(super) role: Role,
    /// What the node is called, if it runs.
    pub(super) name: Option<String>,
    pub(super) path: PathBuf,
    reader: LogReader,
    /// Its lines have no times by which to choose them.
    timeless: bool,
    /// What was said about it last.
    said: Option<String>,
}

impl Node {
    /// The logs of a port, which may have been that of nodes of both roles; and what could not be read.
    pub(super) fn of_port(
        context: &Context,
        port: Port,
        running: Option<&(Role, String)>,
    ) -> (Vec<Node>, Vec<String>) {
        let (mut nodes, mut failed) = (Vec::new(), Vec::new());
        for role in Role::ALL {
            let path = NodePaths::new(&context.app.dirs, role, port).log();
            match LogReader::open(&path) {
                Ok(reader) if reader.is_missing() => {}
                Ok(reader) => {
                    let name = running.filter(|(its, _)| *its == role).map(|(_, name)| name.clone());
                    nodes.push(Node { port, role, name, path, reader, timeless: false, said: None });
                }
                Err(error) => failed.push(chained(&error)),
            }
        }
        (nodes, failed)
    }

    /// The lines to begin with. If it is followed, a line without an end is left to be shown later.
    pub(super) fn begin(&mut self, wanted: &Wanted, follow: bool) -> Result<Vec<String>, FilesError> {
        let Some(since) = wanted.since else {
            return self.last(wanted.lines.unwrap_or(LINES), follow);
        };
        self.reader.skip_before(since)?;
        let most = wanted.lines.unwrap_or(usize::MAX);
        let mut chosen: VecDeque<String> = VecDeque::new();
        let (mut begun, mut any, mut any_time) = (false, false, false);
        loop {
            let mut lines = self.reader.read()?;
            let is_end = lines.is_empty();
            if is_end && !follow {
                lines = self.reader.rest();
            }
            for line in lines {
                any = true;
                if !begun && let Some(time) = stamp::time(&line, &wanted.zone) {
                    (any_time, begun) = (true, time >= since);
                }
                // A line without a time belongs to the one before it.
                if begun {
                    chosen.push_back(line);
                }
                if chosen.len() > most {
                    chosen.pop_front();
                }
            }
            if is_end {
                break;
            }
        }
        if any && !any_time {
            self.timeless = true;
            self.reader = LogReader::open(&self.path)?;
            self.reader.skip_before(since)?;
            return self.last(wanted.lines.unwrap_or(LINES), follow);
        }
        Ok(chosen.into())
    }

    fn last(&mut self, most: usize, follow: bool) -> Result<Vec<String>, FilesError> {
        self.reader.seek_last(most)?;
        let mut lines = Vec::new();
        loop {
            match self.reader.read()? {
                more if more.is_empty() => break,
                more => lines.extend(more),
            }
        }
        if !follow && most > 0 {
            lines.extend(self.reader.rest());
        }
        Ok(lines)
    }

    /// What has been written since.
    pub(super) fn read(&mut self) -> Result<Vec<String>, FilesError> {
        self.reader.read()
    }

    /// What has to be said about the choice of its lines.
    pub(super) fn note(&self) -> Option<String> {
        self.timeless.then(|| {
            format!(
                "{}: its lines have no times, so its last lines are shown because it was written to since then",
                self.path.display()
            )
        })
    }

    /// Says what is wrong with it, but not again and again.
    pub(super) fn say_once(&mut self, error: String, out: &Output) {
        if self.said.as_ref() != Some(&error) {
            out.error(&anyhow::Error::msg(error.clone()), None);
            self.said = Some(error);
        }
    }
}
