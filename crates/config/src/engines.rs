//! The engines that nodes use, each looked for once: only channels in use must exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use acecast_reconcile::Channel;

use crate::app::origin::Origin;
use crate::mask::shown_path;
use crate::without_number::without_number;
use crate::{Problem, Severity};

/// What is known of the engines so far.
pub(crate) struct Engines<'a> {
    paths: &'a BTreeMap<Channel, PathBuf>,
    origin: &'a Origin,
    /// What a node is told that uses the channel; `None` if all is well.
    looked_at: BTreeMap<Channel, Option<String>>,
    /// What is wrong with the app config, in the order of channels.
    problems: BTreeMap<Channel, Problem>,
}

impl<'a> Engines<'a> {
    pub(crate) fn new(paths: &'a BTreeMap<Channel, PathBuf>, origin: &'a Origin) -> Self {
        Engines { paths, origin, looked_at: BTreeMap::new(), problems: BTreeMap::new() }
    }

    /// Why no node can use this channel, if that is so. However many nodes ask, it is one problem: the app config's.
    pub(crate) fn missing(&mut self, channel: Channel) -> Option<String> {
        if let Some(known) = self.looked_at.get(&channel) {
            return known.clone();
        }
        let message = self.look(channel);
        self.looked_at.insert(channel, message.clone());
        message
    }

    fn look(&mut self, channel: Channel) -> Option<String> {
        let key = key(channel);
        let (message, short) = match self.paths.get(&channel) {
            None => ("is missing, and nodes use this engine".to_owned(), "its path is not set".to_owned()),
            Some(path) => {
                let shown = shown_path(path);
                (format!("no engine at {shown}: {}", why_not(path)?), format!("no engine at {shown}"))
            }
        };
        // An app config whose engines could not be read has been told of that already.
        let problem = self.origin.problem(&key, Severity::Error, message)?;
        self.problems.insert(channel, problem);
        Some(format!("engine {channel}: {short} ({key})"))
    }

    /// What is wrong with the app config's engines.
    pub(crate) fn problems(self) -> Vec<Problem> {
        self.problems.into_values().collect()
    }
}

/// The path in the app config that names the channel's engine.
pub(crate) fn key(channel: Channel) -> String {
    format!("engine_path.{channel}")
}

/// Why there is no engine at this path, if there is none.
fn why_not(path: &Path) -> Option<String> {
    let why = match fs::metadata(path) {
        _ if !path.is_absolute() => "it is relative, expected an absolute path".to_owned(),
        Ok(metadata) if metadata.is_file() => return None,
        Ok(_) => "it is not a file".to_owned(),
        Err(error) => without_number(&error),
    };
    // Variables that are not set stay in the path as they are written.
    let hint = if path.to_string_lossy().contains('$') { "; a variable in it is not set" } else { "" };
    Some(format!("{why}{hint}"))
}
