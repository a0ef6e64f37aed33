//! Where backups come from: the controller, or a folder that `update-metadata --to` has written.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use acecast_config::{Backup, Location, Problem, load_metadata, read_backup};
use acecast_reconcile::StreamUid;

use super::shown::StreamResult;
use crate::context::Context;
use crate::failure::{Document, Failure, advice};
use crate::output::{Output, chained};

/// For a folder without backups.
const NAME_ANOTHER: &str = "name the folder that `acecast update-metadata --to DIR` has written";

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
        let message = match &context.app.controller.source_node {
            Some(file) => {
                format!(
                    "controller.source_node is a file ({file}), so there is no controller to restore from"
                )
            }
            None => "controller.source_node is not set in the app config".to_owned(),
        };
        return Err(Failure::config("endpoint_not_set", message).hint(
            "restore from a folder with --from DIR, or set controller.source_node to the URL of a controller",
        ));
    };
    let backups = load_metadata(url, context.app.require_https, context.remote()?)
        .map_err(|error| Failure::load(Document::Metadata, error))?;
    if let Some(url) = context.app.exposed_metadata_source() {
        let text =
            format!("private keys come from {url} over plain http: everybody on the way can read them");
        context.out.warning(&text);
    }
    // Whoever restores has lost something: that nothing is there to restore it from must not pass for a success.
    let whole = backups.offered || backups.streams.is_empty();
    if !whole {
        let error = anyhow::anyhow!("{url} sent no metadata of any stream, so nothing can be restored");
        let hint = "restore from a folder with --from DIR, or have the controller answer get_metadata";
        context.out.error(&error, Some(hint));
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
        context.out.error(&error, Some(NAME_ANOTHER));
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
    let is_misnamed = backups.streams.len() + backups.wrong.len() == 1;
    for other in backups.streams.keys().chain(&backups.wrong).filter(|other| *other != uid) {
        *whole = false;
        let error = anyhow::anyhow!("{name} has the stream {other}, which is not restored from it");
        let its_own = path.with_file_name(format!("{other}.json"));
        let hint = if its_own.exists() {
            format!("{other}.json is there, and is the one that is used: keep this file elsewhere, if at all")
        } else if is_misnamed {
            format!("rename the file to {other}.json, or remove it")
        } else {
            format!("put the backup of {other} into a file of its own, {other}.json")
        };
        out.error(&error, Some(&hint));
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
    let entries = std::fs::read_dir(dir);
    let unread = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::PermissionDenied => advice::AS_OWNER,
            _ => NAME_ANOTHER,
        };
        let what = format!("cannot read the backups in {}", dir.display());
        Failure::failed(anyhow::Error::from(error).context(what)).hint(hint)
    };
    let mut files = BTreeMap::new();
    for entry in entries.map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        match path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().parse::<StreamUid>() {
            Ok(uid) if uids.is_empty() || uids.contains(&uid) => drop(files.insert(uid, path)),
            Err(_) if uids.is_empty() => {
                out.warning(&format!(
                    "{}: its name is not a stream_uid, so it is not a backup",
                    path.display()
                ));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(files)
}
