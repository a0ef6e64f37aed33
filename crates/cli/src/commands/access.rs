//! What a start would not be allowed to use, without trying. Nothing is made or opened.

use std::fs;
use std::path::Path;

use acecast_config::{AppConfig, Dirs};
use acecast_engine::files::{
    FilesError, lacks_room_for_a_key, may_make_files_in, may_run, may_write, refuse_foreign_owner,
    refuse_root_for_another,
};

use crate::output::{plain, shown};
use crate::room;

/// Why the engine cannot be run, if so.
pub(super) fn not_runnable(path: &Path) -> Option<String> {
    let why = may_run(path).err()?;
    Some(format!("the engine {} cannot be run: {}", shown(path), plain(&why)))
}

/// What is at this path, or at the nearest one above it where anything is, if that is something else than a folder.
pub(super) fn not_a_folder(path: &Path) -> Option<(&Path, String)> {
    let there = nearest(path)?;
    (!there.is_dir()).then(|| (there, format!("found {}, which is not a folder", shown(there))))
}

/// The folder, or the one that it would have to be made in, and why this user can make nothing there, if so.
pub(super) fn not_writable(path: &Path) -> Option<(&Path, String)> {
    let there = nearest(path)?;
    let why = may_make_files_in(there).err()?;
    Some((there, format!("this user cannot make files in {}: {}", shown(there), plain(&why))))
}

/// Why nothing can be appended to the log, if it is there and that is so: it is opened neither through a link nor where
/// it is no file.
pub(super) fn not_appendable(log: &Path) -> Option<String> {
    let there = fs::symlink_metadata(log).ok()?;
    if !there.is_file() {
        return Some(format!("cannot write the log {}: it is no regular file", shown(log)));
    }
    let why = may_write(log).err()?;
    Some(format!("cannot write the log {}: {}", shown(log), plain(&why)))
}

/// The key of the config and why a stream's first key could not be kept there, if so.
pub(super) fn no_room_for_a_key(app: &AppConfig) -> Option<(&'static str, String)> {
    let dir = &app.dirs.metadata;
    let why = plain(&lacks_room_for_a_key(dir)?);
    let hint = room::hint(&why, &app.dirs).map(|hint| format!("; {hint}")).unwrap_or_default();
    Some(("dirs.metadata", format!("a stream's first key does not fit into {}: {why}{hint}", shown(dir))))
}

/// What a start is refused for as a whole, with the key of the config that it is about: another user's keys, if there may
/// be sources, and for root another user's nodes.
pub(super) fn refusals(dirs: &Dirs, sources: bool) -> impl Iterator<Item = (&'static str, FilesError)> {
    let keys = if sources { refuse_foreign_owner(&dirs.metadata) } else { Ok(()) };
    let nodes = refuse_root_for_another(&dirs.pid);
    let refused = |(key, may): (_, Result<(), FilesError>)| Some((key, may.err()?));
    [("dirs.metadata", keys), ("dirs.pid", nodes)].into_iter().filter_map(refused)
}

/// The path, or the nearest one above it where anything is.
fn nearest(path: &Path) -> Option<&Path> {
    path.ancestors().find(|path| path.symlink_metadata().is_ok())
}
