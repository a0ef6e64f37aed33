//! The engines that nodes use, each looked for once: only channels in use must exist.

use std::collections::BTreeMap;
use std::fs;

use acecast_reconcile::{Channel, escape};

use crate::{AppConfig, Problem, Severity};

/// What is known of the engines so far.
pub(crate) struct Engines<'a> {
    app: &'a AppConfig,
    /// What a node is told that uses the channel; `None` if all is well.
    looked_at: BTreeMap<Channel, Option<String>>,
    /// What is wrong with the app config, in the order of channels.
    problems: BTreeMap<Channel, Problem>,
}

impl<'a> Engines<'a> {
    pub(crate) fn new(app: &'a AppConfig) -> Self {
        Engines { app, looked_at: BTreeMap::new(), problems: BTreeMap::new() }
    }

    /// Why no node can use this channel, if that is so.
    pub(crate) fn missing(&mut self, channel: Channel) -> Option<String> {
        if let Some(known) = self.looked_at.get(&channel) {
            return known.clone();
        }
        let message = self.look(channel);
        self.looked_at.insert(channel, message.clone());
        message
    }

    fn look(&mut self, channel: Channel) -> Option<String> {
        let Some(path) = self.app.engine_path.get(&channel) else {
            let known: Vec<&str> = self.app.engine_path.keys().map(|channel| channel.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Some(format!(
                "found {channel}, but the app config's engine_path has no {channel}, only {known}"
            ));
        };
        let why = match fs::metadata(path) {
            _ if !path.is_absolute() => "it is relative, expected an absolute path".to_owned(),
            Ok(metadata) if metadata.is_file() => return None,
            Ok(_) => "it is not a file".to_owned(),
            Err(error) => error.to_string(),
        };
        let shown = path.to_string_lossy();
        // Variables that are not set stay in the path as they are written.
        let hint = if shown.contains('$') { "; a variable in it is not set" } else { "" };
        let message = format!("no engine at {}: {why}{hint}", escape(&shown));
        if let Some(place) = self.app.engine_places.get(&channel) {
            self.problems.insert(channel, place.problem(Severity::Error, message));
        }
        Some(format!("found {channel}, but there is no engine at the app config's engine_path.{channel}"))
    }

    /// What is wrong with the app config's engines.
    pub(crate) fn problems(self) -> Vec<Problem> {
        self.problems.into_values().collect()
    }
}
