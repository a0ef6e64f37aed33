//! Where backups come from: the controller, or a folder that `update-metadata --to` has written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acecast_config::{Backup, Location, Problem, load_metadata, read_backup};
use acecast_reconcile::StreamUid;
use anyhow::Context as _;

use super::shown::StreamResult;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Output, chained};

/// The backups that there are.
pub(super) struct Kept {
    /// The streams that are known there, also those without a backup.
    pub(super) streams: BTreeMap<StreamUid, Backup>,
    /// Streams of which there is a backup that cannot be used.
    pub(super) wrong: Vec<StreamResult>,
    /// Nothing else was wrong with what was read.
    pub(super) whole: bool,
}

/// What the controller tells: of all streams, or of those that are named.
pub(super) fn controller(context: &Context, uids: &[StreamUid]) -> Result<Kept, Failure> {
    let Some(Location::Url(url)) = &context.app.controller.source_node else {
        let message =
            "controller.source_node is no URL in the app config, so no server can be asked for metadata";
        return Err(Failure::config("endpoint_not_set", message)
            .hint("set it to the URL of a controller, or name the folder of a backup with --from"));
    };
    let backups = load_metadata(url, context.app.require_https, context.remote()?)
        .map_err(|error| Failure::load("the controller's metadata", error))?;
    if let Some(url) = context.app.exposed_metadata_source() {
        let text =
            format!("private keys come from {url} over plain http: everybody on the way can read them");
        context.out.warning(&text);
    }
    // Whoever restores has lost something: that nothing is there to restore it from must not pass for a success.
    let whole = backups.offered || backups.streams.is_empty();
    if !whole {
        let error = anyhow::anyhow!("{url} tells no metadata of any stream, so nothing can be restored");
        context.out.error(&error, Some("a controller is asked for it with get_metadata in the query"));
    }
    context.out.problems(&backups.problems);
    let asked = backups.wrong.iter().filter(|uid| uids.is_empty() || uids.contains(uid));
    let wrong = asked.map(|uid| StreamResult::unusable(uid, "the controller's backup of it cannot be used"));
    Ok(Kept { wrong: wrong.collect(), whole, streams: backups.streams })
}

/// What the folder has: of all streams, or of those that are named.
pub(super) fn folder(context: &Context, dir: &Path, uids: &[StreamUid]) -> Result<Kept, Failure> {
    let mut kept = Kept { streams: BTreeMap::new(), wrong: Vec::new(), whole: true };
    let files = files(&context.out, dir, uids)?;
    if files.is_empty() && uids.is_empty() {
        kept.whole = false;
        let error = anyhow::anyhow!("{} has no backup of any stream", dir.display());
        context.out.error(&error, Some("name the folder that update-metadata --to has written"));
    }
    for (uid, path) in files {
        match read_file(&context.out, &uid, &path, &mut kept.whole) {
            Ok(backup) => drop(kept.streams.insert(uid, backup)),
            Err(why) => kept.wrong.push(StreamResult::unusable(&uid, &why)),
        }
    }
    Ok(kept)
}

/// The backup in the stream's file. What the file has of other streams is not used: two files could tell different
/// things of a stream, and the file's name is what people go by.
fn read_file(out: &Output, uid: &StreamUid, path: &Path, whole: &mut bool) -> Result<Backup, String> {
    let name = path.display();
    let mut backups = read_backup(path).map_err(|error| chained(&error))?;
    out.problems(&backups.problems);
    for other in backups.streams.keys().chain(&backups.wrong).filter(|other| *other != uid) {
        *whole = false;
        let error = anyhow::anyhow!("{name} has the stream {other}, too, which is not restored from it");
        out.error(&error, Some("a backup has the name of its stream and .json"));
    }
    if backups.wrong.contains(uid) {
        return Err(format!("{name} cannot be used"));
    }
    *whole &= !backups.problems.iter().any(Problem::is_error);
    let backup = backups.streams.remove(uid).filter(|backup| !backup.is_empty());
    backup.ok_or_else(|| format!("{name} has no metadata of this stream"))
}

/// The files of these streams, or all backups in the folder. Old ones, kept under second names, are none.
fn files(out: &Output, dir: &Path, uids: &[StreamUid]) -> Result<BTreeMap<StreamUid, PathBuf>, Failure> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("read the backups in {}", dir.display()));
    let mut files = BTreeMap::new();
    for entry in entries.map_err(Failure::failed)? {
        let path = entry.with_context(|| format!("read {}", dir.display())).map_err(Failure::failed)?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        match path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().parse::<StreamUid>() {
            Ok(uid) if uids.is_empty() || uids.contains(&uid) => drop(files.insert(uid, path)),
            Err(_) if uids.is_empty() => {
                out.warning(&format!("{}: its name is no stream_uid, so it is no backup", path.display()));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(files)
}
