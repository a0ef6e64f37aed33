//! To a folder: one file a stream, readable for its owner only, replaced in one step.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use acecast_config::{Backups, LoadError, read_backup};
use acecast_engine::files::{PRIVATE, create_dir_all, remove_leftovers, write_atomic};
use acecast_engine::metadata::{Inventory, keep_aside, tighten_mode};
use acecast_reconcile::StreamUid;

use super::Done;
use super::shown::Outcome;
use super::sort::{Job, Target, There, sort_out};
use crate::commands::change::unix_time;
use crate::output::chained;

pub(super) fn back_up(inventory: &Inventory, dir: &Path, replace: &BTreeSet<StreamUid>) -> Done {
    let target = Target {
        look: &|uid| there(&file(dir, uid), uid),
        name: &|uid| file(dir, uid).display().to_string(),
        keeps_old: true,
        again: false,
    };
    let (jobs, mut streams) = sort_out(inventory, &target, replace);
    remove_leftovers(dir);
    for result in streams.iter_mut().filter(|result| result.outcome == Outcome::Unchanged) {
        // A copy that somebody has made may be open to others.
        if let Err(error) = tighten_mode(&file(dir, &result.uid)) {
            result.fail(chained(&error));
        }
    }
    for job in jobs {
        streams.extend(match write(dir, &job) {
            Ok(None) => job.results(Outcome::Written, None),
            Ok(Some(kept)) => {
                let note = format!("what was there is kept as {}", kept.display());
                job.results(Outcome::Written, None).into_iter().map(|result| result.noting(&note)).collect()
            }
            Err(error) => job.results(Outcome::Failed, Some(&error)),
        });
    }
    Done { streams, answer: None, error: None, hint: None }
}

/// What a file has of its stream. What is no whole backup may be replaced, being kept; what cannot be read, or has more
/// than one stream, may be a good one and stays.
fn there(path: &Path, uid: &StreamUid) -> There {
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return There::Nothing;
    }
    match read_backup(path) {
        Ok(Backups { mut streams, wrong, problems, .. }) => {
            if let Some(other) = streams.keys().chain(&wrong).find(|other| *other != uid) {
                let path = path.display();
                return There::Unreadable(format!(
                    "{path} has the stream {other}, so it is not a backup of this one"
                ));
            }
            match streams.remove(uid) {
                Some(backup) if wrong.is_empty() => There::Backup(backup),
                _ => {
                    There::Broken(problems.first().map(|problem| problem.message.clone()).unwrap_or_default())
                }
            }
        }
        Err(error @ (LoadError::Syntax(_) | LoadError::NotABackup(_))) => There::Broken(chained(&error)),
        Err(error) => There::Unreadable(chained(&error)),
    }
}

/// Writes the backup, and says where the old one is if that had more.
fn write(dir: &Path, job: &Job<'_>) -> Result<Option<PathBuf>, String> {
    create_dir_all(dir).map_err(|error| chained(&error))?;
    let path = file(dir, job.uid);
    // The old backup has a second name before it is replaced.
    let kept = job.loses.then(|| keep_aside(&path, "replaced", unix_time())).transpose();
    let kept = kept.map_err(|error| format!("cannot keep the old backup: {}", chained(&error)))?;
    let body = Job::document(std::slice::from_ref(job));
    write_atomic(&path, body.as_ref(), PRIVATE).map_err(|error| {
        // It still has its own name; tried again and again, its other names would pile up.
        if let Some(kept) = &kept {
            let _ = fs::remove_file(kept);
        }
        chained(&error)
    })?;
    Ok(kept)
}

/// The backup of a stream. A uid is safe as a file's name.
fn file(dir: &Path, uid: &StreamUid) -> PathBuf {
    dir.join(format!("{uid}.json"))
}
