//! What to do about engines that are there and cannot be run.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use acecast_config::{AppConfig, Entry, Lists};

use crate::commands::access::not_runnable;
use crate::failure::for_a_shell;

/// Anybody may run it.
const EXECUTABLE: u32 = 0o111;

/// A hint for each engine that lacks nothing but a right.
pub(super) fn hints(app: &AppConfig, lists: &Lists) -> Vec<String> {
    let used = lists.entries().filter_map(Entry::channel);
    let engines: BTreeSet<&Path> =
        used.filter_map(|channel| app.engine_path.get(&channel)).map(AsRef::as_ref).collect();
    let hint =
        |path: &Path| format!("make it executable: `chmod +x {}`", for_a_shell(&path.to_string_lossy()));
    engines.into_iter().filter(|path| lacks_a_right(path)).map(hint).collect()
}

fn lacks_a_right(engine: &Path) -> bool {
    let is_plain = |mode: u32| mode & EXECUTABLE != EXECUTABLE;
    let there = engine.metadata().is_ok_and(|there| there.is_file() && is_plain(there.permissions().mode()));
    there && not_runnable(engine).is_some()
}
