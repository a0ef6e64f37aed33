//! What of this host a start would stumble over, although the plan cannot know: folders, engines, logs.
//!
//! It asks for what the preparing of a node asks for, without making anything. A plan is for this host and this user:
//! what they may not do is worth a word here: where something is to be done, and where a start would be refused anyhow.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Config, Entry, Problem, Severity};
use acecast_engine::args::NodePaths;
use acecast_reconcile::{Action, Plan, SourceKind};

use crate::commands::access::{
    no_room_for_a_key, not_a_folder, not_appendable, not_runnable, not_writable, refusals,
};
use crate::output::chained;

/// What would fail, or be refused, if this plan were carried out now by this user. `starts` is false of a stop, which
/// starts nothing: root may stop what is another user's.
pub(super) fn warnings(plan: &Plan, config: &Config, starts: bool) -> Vec<Problem> {
    let mut found = Found { app: &config.app, blamed: BTreeSet::new(), problems: Vec::new() };
    if starts {
        for (key, error) in refusals(&config.app.dirs, config.sources.is_some()) {
            found.say(key, chained(&error));
        }
    }
    if plan.changes() == 0 {
        return found.problems;
    }
    found.folder("pid", &config.app.dirs.pid);
    let begins = |action: &Action| matches!(action, Action::Start { .. } | Action::Restart { .. });
    let begun = plan.decisions.iter().filter(|decision| begins(&decision.action));
    let makes_a_key = begun.clone().any(|decision| decision.action.new_key());
    for entry in begun.filter_map(|decision| config.entry(decision.port)) {
        found.start(entry);
    }
    if makes_a_key && let Some((key, message)) = no_room_for_a_key(found.app) {
        found.say(key, message);
    }
    found.problems
}

struct Found<'a> {
    app: &'a AppConfig,
    /// What was said already: one folder in which nothing can be made is one thing to mend.
    blamed: BTreeSet<PathBuf>,
    problems: Vec<Problem>,
}

impl Found<'_> {
    /// Everything that the preparing of this node asks for.
    fn start(&mut self, entry: Entry<'_>) {
        let Some(common) = entry.common() else { return };
        let (app, dirs) = (self.app, &self.app.dirs);
        if let Some(engine) = app.engine_path.get(&common.channel)
            && self.blamed.insert(engine.clone())
            && let Some(message) = not_runnable(engine)
        {
            self.say(&format!("engine_path.{}", common.channel), message);
        }
        let paths = NodePaths::new(dirs, entry.role(), common.port);
        self.folder("log", &dirs.log);
        self.folder("cache", &paths.cache_dir());
        self.folder("state", &paths.state_dir());
        if let Some(message) = not_appendable(&paths.log()) {
            self.say("dirs.log", message);
        }
        let Some(source) = entry.source() else { return };
        self.folder("public", &dirs.public);
        self.folder("metadata", &dirs.metadata);
        // A ts node has no private files; it needs the folder to be there all the same.
        if source.kind() == SourceKind::Hls || !dirs.private.is_dir() {
            self.folder("private", &dirs.private);
        }
    }

    /// Files have to be made in this folder, which is made where it is missing.
    fn folder(&mut self, key: &str, path: &Path) {
        let key = format!("dirs.{key}");
        if let Some((found, message)) = not_a_folder(path).or_else(|| not_writable(path))
            && self.blamed.insert(found.to_owned())
        {
            self.say(&key, message);
        }
    }

    fn say(&mut self, key: &str, message: String) {
        self.problems.extend(self.app.problem_at(key, Severity::Warning, message));
    }
}
