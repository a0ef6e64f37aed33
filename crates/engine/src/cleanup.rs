//! Removing the logs and caches of nodes that do not run.
//!
//! One idea: only names that acecast itself gives are touched, each parsed as a whole, and only regular log files and
//! real cache folders. So keys and transport files stay even where all folders of the config are one and the same.

mod name;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Dirs};
use acecast_reconcile::Port;

use crate::files::shown;

/// What a cleanup did, or would do.
#[derive(Debug, Default)]
#[must_use]
#[non_exhaustive]
pub struct CleanupReport {
    /// What is gone, or would go, by path.
    pub removed: Vec<Removed>,
    /// What could not be removed, or not looked at.
    pub failed: Vec<CleanupFailure>,
    /// Folders with what must never go, links resolved. A cache that such a folder is in stays.
    precious: Vec<PathBuf>,
}

/// A log or a cache that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removed {
    /// Where it was.
    pub path: PathBuf,
    /// What it held, in bytes.
    pub bytes: u64,
}

/// A log, a cache, or a folder of them, with which something went wrong.
#[derive(Debug, thiserror::Error)]
#[error("cannot clean up {}", shown(.path))]
#[non_exhaustive]
pub struct CleanupFailure {
    /// Where it is.
    pub path: PathBuf,
    /// What went wrong.
    #[source]
    pub source: io::Error,
}

/// Removes the logs, their backups and the caches of all nodes but those on the `running` ports, which must include
/// every port about which nothing is known for sure. A dry run only says what would go.
pub fn cleanup(app: &AppConfig, running: &BTreeSet<Port>, dry_run: bool) -> CleanupReport {
    let mut report = CleanupReport { precious: precious(&app.dirs), ..CleanupReport::default() };
    let is_log = |name: &str, kind: FileType| name::log(name).filter(|_| kind.is_file());
    let is_cache = |name: &str, kind: FileType| name::cache(name).filter(|_| kind.is_dir());
    sweep(&app.dirs.log, running, &is_log, dry_run, &mut report);
    sweep(&app.dirs.cache, running, &is_cache, dry_run, &mut report);
    report
}

impl CleanupReport {
    /// What all that is gone held, in bytes.
    pub fn bytes(&self) -> u64 {
        self.removed.iter().map(|one| one.bytes).sum()
    }

    fn is_precious(&self, cache: &Path) -> bool {
        let cache = fs::canonicalize(cache).unwrap_or_else(|_| cache.to_owned());
        self.precious.iter().any(|dir| dir.starts_with(&cache))
    }
}

fn precious(dirs: &Dirs) -> Vec<PathBuf> {
    let others = dirs.all().filter(|(key, _)| *key != "cache");
    others.map(|(_, dir)| fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned())).collect()
}

/// Removes the entries of a folder whose port, if they have one, is of no running node.
fn sweep(
    dir: &Path,
    running: &BTreeSet<Port>,
    port_of: &dyn Fn(&str, FileType) -> Option<Port>,
    dry_run: bool,
    report: &mut CleanupReport,
) {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(source) => return report.failed.push(CleanupFailure { path: dir.to_owned(), source }),
    };
    let mut found = Vec::new();
    for entry in entries {
        // The kind is the entry's own: a link is neither a log nor a cache, wherever it leads.
        match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
            Ok((kind, entry)) => {
                let port = entry.file_name().to_str().and_then(|name| port_of(name, kind));
                if port.is_some_and(|port| !running.contains(&port)) {
                    found.push((entry.path(), kind));
                }
            }
            Err(source) => report.failed.push(CleanupFailure { path: dir.to_owned(), source }),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, kind) in found {
        let bytes = size(&path);
        let precious = kind.is_dir() && report.is_precious(&path);
        let removed = match (precious, dry_run) {
            (true, _) => Err(io::Error::other("another folder of the config is in it")),
            (false, true) => Ok(()),
            (false, false) => remove(&path, kind),
        };
        match removed {
            Ok(()) => report.removed.push(Removed { path, bytes }),
            // Somebody else was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => report.failed.push(CleanupFailure { path, source }),
        }
    }
}

fn remove(path: &Path, kind: FileType) -> io::Result<()> {
    // Neither follows links: the one in place of the entry, or those inside of the folder.
    if kind.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// What a file, or all files in a folder, hold. What cannot be looked at counts as nothing.
fn size(path: &Path) -> u64 {
    let mut bytes = 0;
    let mut left = vec![path.to_owned()];
    while let Some(path) = left.pop() {
        match fs::symlink_metadata(&path) {
            Ok(entry) if entry.is_dir() => {
                left.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
            }
            Ok(entry) if entry.is_file() => bytes += entry.len(),
            _ => {}
        }
    }
    bytes
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Removed { path, bytes } = self;
        write!(f, "{} ({bytes} bytes)", shown(path))
    }
}

#[cfg(test)]
mod tests;
