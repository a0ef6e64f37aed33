//! What of this host does not fit the app config: folders and engines. Nothing is written to find out.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Entry, Lists, Problem, RemoteUrl, Severity};
use acecast_reconcile::{Channel, escape};
use rustix::fs::{Access, access};

use crate::output::plain;

/// Everything that would keep nodes from starting, or cost them their keys.
pub(super) fn problems(app: &AppConfig, lists: &Lists) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut say = |key: &str, found: Option<(Severity, String)>| {
        problems.extend(found.and_then(|(severity, message)| app.problem_at(key, severity, message)));
    };
    // Of nodes that could be started.
    let used: BTreeSet<Channel> = lists.entries().filter_map(Entry::channel).collect();
    for channel in used {
        say(&format!("engine_path.{channel}"), engine(app.engine_path.get(&channel)));
    }
    say("root", not_a_folder(&app.root));
    // One folder in which nothing can be made is one thing to mend, however many others should be in it.
    let mut blamed = BTreeSet::new();
    for (key, path) in app.dirs.all() {
        let found = not_a_folder(path).or_else(|| not_writable(path, &mut blamed));
        say(&format!("dirs.{key}"), found);
    }
    for (key, other) in [("cache", &app.dirs.cache), ("log", &app.dirs.log)] {
        let message =
            format!("is the same folder as dirs.{key}; keys are better kept apart from what may be removed");
        say("dirs.metadata", (*other == app.dirs.metadata).then_some((Severity::Warning, message)));
    }
    say(
        "controller.metadata_receiver",
        app.exposed_receiver().filter(|_| !app.require_https).map(in_the_clear),
    );
    let source = app.exposed_metadata_source();
    say("controller.source_node", source.map(|url| keys_from(url, app.require_https)));
    problems
}

/// What is sent there can be read on the way.
fn in_the_clear(url: &RemoteUrl) -> (Severity, String) {
    let message = format!(
        "private keys go to {url} over plain http: everybody on the way can read them; use an https URL, and set \
         require_https to true"
    );
    (Severity::Warning, message)
}

/// What is asked for there, with `get_metadata`, can be read on the way.
fn keys_from(url: &RemoteUrl, forbidden: bool) -> (Severity, String) {
    let message = if forbidden {
        format!(
            "require_https forbids to ask {url} for metadata over plain http: the lists can be read, keys cannot"
        )
    } else {
        format!(
            "private keys that are restored come from {url} over plain http: everybody on the way can read them"
        )
    };
    (Severity::Warning, message)
}

fn engine(path: Option<&PathBuf>) -> Option<(Severity, String)> {
    let path = path?;
    let why = access(path, Access::EXEC_OK).err()?;
    Some((
        Severity::Error,
        format!("the engine {} cannot be run: {}", shown(path), plain(&io::Error::from(why))),
    ))
}

/// Something else than a folder is in the way.
fn not_a_folder(path: &Path) -> Option<(Severity, String)> {
    let there = nearest(path)?;
    let found = format!("found {}, which is not a folder", shown(there));
    (!there.is_dir()).then_some((Severity::Error, found))
}

/// This user can make no files there, or not even the folder.
fn not_writable<'a>(path: &'a Path, blamed: &mut BTreeSet<&'a Path>) -> Option<(Severity, String)> {
    let there = nearest(path)?;
    let why = access(there, Access::WRITE_OK | Access::EXEC_OK).err()?;
    let why = plain(&io::Error::from(why));
    let message = format!("this user cannot make files in {}: {why}", shown(there));
    blamed.insert(there).then_some((Severity::Warning, message))
}

/// The path, or the nearest folder above it that is there.
fn nearest(path: &Path) -> Option<&Path> {
    path.ancestors().find(|path| path.symlink_metadata().is_ok())
}

fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy()).into_owned()
}
