//! Where backups come from: the controller, or a folder that `update-metadata --to` has written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acecast_config::{Backup, Location, load_metadata, read_backup};
use acecast_reconcile::StreamUid;
use anyhow::Context as _;

use super::shown::StreamResult;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::chained;

/// The backups that there are.
pub(super) struct Kept {
    pub(super) streams: BTreeMap<StreamUid, Backup>,
    /// Streams of which there is a backup that cannot be used.
    pub(super) wrong: Vec<StreamResult>,
    /// Nothing else was wrong with what was read.
    pub(super) whole: bool,
}

/// What the controller tells.
pub(super) fn controller(context: &Context) -> Result<Kept, Failure> {
    let Some(Location::Url(url)) = &context.app.controller.source_node else {
        let message =
            "controller.source_node is no URL in the app config, so no server can be asked for metadata";
        return Err(Failure::config("endpoint_not_set", message)
            .hint("set it to the URL of a controller, or name the folder of a backup with --from"));
    };
    if let Some(url) = context.app.exposed_metadata_source() {
        let text =
            format!("private keys come from {url} over plain http: everybody on the way can read them");
        context.out.warning(&text);
    }
    let backups = load_metadata(url, context.app.require_https, context.remote()?)
        .map_err(|error| Failure::load("the controller's metadata", error))?;
    if !backups.offered {
        context.out.warning("the controller tells no metadata");
    }
    context.out.problems(&backups.problems);
    let wrong =
        backups.wrong.iter().map(|uid| StreamResult::unusable(uid, "the controller's metadata is wrong"));
    Ok(Kept { wrong: wrong.collect(), whole: true, streams: backups.streams })
}

/// What the folder has: of all streams, or of those that are named.
pub(super) fn folder(context: &Context, dir: &Path, uids: &[StreamUid]) -> Result<Kept, Failure> {
    let mut kept = Kept { streams: BTreeMap::new(), wrong: Vec::new(), whole: true };
    for path in files(dir, uids)? {
        match read_backup(&path) {
            Ok(backups) => {
                context.out.problems(&backups.problems);
                let unusable = |uid| StreamResult::unusable(uid, &format!("{} is wrong", path.display()));
                kept.wrong.extend(backups.wrong.iter().map(unusable));
                kept.whole &= backups.problems.iter().all(|problem| !problem.is_error());
                kept.streams.extend(backups.streams);
            }
            Err(error) => {
                kept.whole = false;
                context.out.error(&anyhow::Error::msg(chained(&error)), None);
            }
        }
    }
    Ok(kept)
}

/// The files of these streams, or all backups in the folder. Old ones, kept under second names, are none.
fn files(dir: &Path, uids: &[StreamUid]) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("read the backups in {}", dir.display()));
    let mut paths = Vec::new();
    for entry in entries.map_err(Failure::failed)? {
        let path = entry.with_context(|| format!("read {}", dir.display())).map_err(Failure::failed)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_backup = path.extension().is_some_and(|extension| extension == "json");
        if is_backup && (uids.is_empty() || uids.iter().any(|uid| uid.as_str() == stem)) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
