//! The lists as they were read last.

use std::time::SystemTime;

use acecast_config::{AppConfig, Ask, Config, Lists, NodeList, Problem, SourceNode, SupportNode};
use acecast_reconcile::Role;
use jiff::Timestamp;

use super::super::shown;
use crate::output::chained;

/// What is known of the lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    sources: Option<NodeList<SourceNode>>,
    supports: Option<NodeList<SupportNode>>,
    found: Vec<Problem>,
    /// When all of them could be read last.
    whole: Option<SystemTime>,
    /// Why they could not be read this time.
    failed: Vec<String>,
    read: bool,
}

impl Known {
    /// Takes in what came of reading them. What could not be read stays as it was.
    pub(super) fn take(&mut self, lists: Result<Lists, String>, now: SystemTime) {
        self.read = true;
        let lists = match lists {
            Ok(lists) => lists,
            Err(why) => return self.failed = vec![why],
        };
        self.failed = lists.errors().map(|error| chained(error)).collect();
        if self.failed.is_empty() {
            self.whole = Some(now);
        }
        self.found = lists.found;
        if let Some(Ok(sources)) = lists.sources {
            self.sources = Some(sources);
        }
        if let Some(Ok(supports)) = lists.supports {
            self.supports = Some(supports);
        }
    }

    /// They were read at least once, with whatever success.
    pub(super) fn is_read(&self) -> bool {
        self.read
    }

    /// The lists that count.
    pub(super) fn config(&self, app: &AppConfig) -> Config {
        let mut config = Config::new(app.clone());
        config.sources.clone_from(&self.sources);
        config.supports.clone_from(&self.supports);
        config.problems.clone_from(&self.found);
        config
    }

    /// The roles that are asked for and of which no list is known: none was ever read, or it has no endpoint, which is not
    /// told apart as long as reading fails.
    pub(super) fn missing(&self, ask: Ask) -> Vec<Role> {
        if self.read && self.failed.is_empty() {
            return Vec::new();
        }
        let source = (ask.source && self.sources.is_none()).then_some(Role::Source);
        source.into_iter().chain((ask.support && self.supports.is_none()).then_some(Role::Support)).collect()
    }

    /// What there is to say about them.
    pub(super) fn notes(&self) -> Vec<String> {
        let counts = match self.whole.and_then(|time| Timestamp::try_from(time).ok()) {
            _ if !self.read => return vec!["the lists are still being read".to_owned()],
            Some(time) => format!("the lists of {} count", time.strftime("%H:%M:%SZ")),
            None => shown::DOWN_ARE_MISSING.to_owned(),
        };
        let wrong = self.found.iter().filter(|problem| problem.is_error()).count();
        let wrong = (wrong > 0).then(|| "entries of the lists are wrong: see `acecast check`".to_owned());
        self.failed.iter().map(|why| format!("{why}; {counts}")).chain(wrong).collect()
    }
}
