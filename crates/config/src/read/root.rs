//! The root, and what speaks for one that was probably meant.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::mask::shown_path;
use crate::read::found::Found;
use crate::read::paths::{Surroundings, normal, text_of_path};
use crate::read::report::Report;

/// The root, which has to be absolute: of a relative one it could only be guessed what it is relative to, and a
/// wrong guess would lose sight of the nodes that run, and of their keys.
pub(crate) fn root(
    found: &Found<'_>,
    dirs: Option<&BTreeMap<&'static str, PathBuf>>,
    surroundings: &Surroundings<'_>,
    report: &mut Report<'_>,
) -> Option<PathBuf> {
    let expected = "an absolute path";
    let text = text_of_path(found, expected, report)?;
    let root = Path::new(&text);
    if root.is_absolute() {
        return Some(normal(root));
    }
    let candidate = |dir: &Path, from: &str| {
        let path = normal(&dir.join(root));
        format!("{} from {from} ({})", shown_path(&path), contents(&path, dirs))
    };
    let Surroundings { config_dir, current_dir, .. } = surroundings;
    let candidates = if normal(config_dir) == normal(current_dir) {
        candidate(current_dir, "the config file's folder, which is the current folder, too")
    } else {
        format!(
            "{}, or {}",
            candidate(config_dir, "the config file's folder"),
            candidate(current_dir, "the current folder")
        )
    };
    let message =
        format!("found {}, a relative path; expected an absolute one: {candidates}", found.describe());
    report.error(found.range(), &found.path, message);
    None
}

/// Which traces of nodes a candidate for the root has.
fn contents(root: &Path, dirs: Option<&BTreeMap<&'static str, PathBuf>>) -> &'static str {
    let holds = |key: &str, is_trace: fn(&str) -> bool| {
        let entries = dirs.and_then(|dirs| dirs.get(key)).and_then(|dir| fs::read_dir(root.join(dir)).ok());
        entries.into_iter().flatten().flatten().any(|entry| entry.file_name().to_str().is_some_and(is_trace))
    };
    let pid = holds("pid", |name| name.starts_with("acestream") && has_extension(name, "pid"));
    let metadata = holds("metadata", |name| {
        has_extension(name, "sauth")
            || has_extension(name, "restart")
            || (name.contains("_stream_") && has_extension(name, "json"))
    });
    match (pid, metadata) {
        (true, true) => "holds pid and metadata files",
        (true, false) => "holds pid files",
        (false, true) => "holds metadata files",
        (false, false) => "holds neither pid nor metadata files",
    }
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}
