//! To a folder: one file a stream, readable for its owner only, replaced in one step.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use acecast_config::{Backup, LoadError, Metadata, read_backup};
use acecast_engine::files::{PRIVATE, create_dir_all, write_atomic};
use acecast_engine::metadata::{Inventory, StreamFiles};
use acecast_reconcile::StreamUid;

use super::shown::{Outcome, StreamResult};
use super::{Done, document, other, sort_out};
use crate::output::chained;

pub(super) fn back_up(inventory: &Inventory, dir: &Path, replace: &BTreeSet<StreamUid>) -> Done {
    let (good, mut streams) = sort_out(inventory, &|uid| there(dir, uid), replace, false);
    for (stream, metadata) in good {
        let keep_old = replace.contains(&stream.uid);
        streams.push(match write(dir, stream, &metadata, keep_old) {
            Ok(()) => StreamResult::of(stream, Outcome::Written, None),
            Err(error) => StreamResult::of(stream, Outcome::Failed, Some(error)),
        });
    }
    Done { streams, answer: None }
}

/// What the folder has of a stream. What is no whole backup is none, and may be overwritten; what cannot be read may be
/// a good one.
fn there(dir: &Path, uid: &StreamUid) -> Result<Option<Backup>, String> {
    let path = file(dir, uid);
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok(None);
    }
    match read_backup(&path) {
        Ok(backups) => Ok(backups.streams.get(uid).cloned()),
        Err(LoadError::Syntax(_)) => Ok(None),
        Err(error) => Err(chained(&error)),
    }
}

fn write(dir: &Path, stream: &StreamFiles, metadata: &Metadata, keep_old: bool) -> Result<(), String> {
    create_dir_all(dir).map_err(|error| chained(&error))?;
    let path = file(dir, &stream.uid);
    let there = there(dir, &stream.uid)?;
    let beside = there.as_ref().and_then(|there| there.of(other(stream.kind())));
    let parts: Vec<_> = std::iter::once(metadata).chain(beside).map(|part| (&stream.uid, part)).collect();
    let body = document(&parts);
    if keep_old && there.is_some_and(|there| there.of(stream.kind()).is_some()) {
        keep(&path).map_err(|error| format!("{}: keep the old backup: {error}", path.display()))?;
    }
    write_atomic(&path, body.as_ref(), PRIVATE).map_err(|error| chained(&error))
}

/// Gives the old backup a second name before it is replaced by one with another key.
fn keep(path: &Path) -> std::io::Result<()> {
    let mut unix_time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".replaced-{unix_time}"));
        match fs::hard_link(path, &name) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => unix_time += 1,
            other => return other,
        }
    }
}

/// The backup of a stream. A uid is safe as a file's name.
fn file(dir: &Path, uid: &StreamUid) -> PathBuf {
    dir.join(format!("{uid}.json"))
}
