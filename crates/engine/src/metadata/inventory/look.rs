//! Reads the files of all streams, and those of streams that are in doubt once more.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use acecast_config::{AppConfig, SequenceName};
use acecast_reconcile::StreamUid;

use super::super::progress::{restart_once, sequence_once};
use super::super::read::read_once;
use super::{KeyFile, Progress, StoredFiles, StreamFiles};
use crate::args::{StreamPaths, sequence_name};

/// A file that was written within this time may be in the middle of it.
const RECENT: Duration = Duration::from_secs(2);

/// An engine rests for seconds between two numbers; a writer that never does is not waited for.
const MORE_LOOKS: usize = 5;

/// What a file's mode may not let others than its owner do.
const OTHERS: u32 = 0o077;

/// The files of all streams, with one pause for all those that have to be looked at again, until nothing has changed
/// between two looks.
pub(super) fn look(
    app: &AppConfig,
    streams: Vec<(StreamUid, StoredFiles)>,
    pause: &mut dyn FnMut(),
) -> Vec<StreamFiles> {
    let mut doubtful: Vec<usize> = Vec::new();
    let mut looks: Vec<StreamFiles> = Vec::with_capacity(streams.len());
    for (uid, files) in streams {
        let dir = app.dirs.metadata.clone();
        let mut stream = StreamFiles { uid, files, modified: None, dir, open_mode: None };
        if read(&mut stream, app) {
            doubtful.push(looks.len());
        }
        looks.push(stream);
    }
    for _ in 0..MORE_LOOKS {
        if doubtful.is_empty() {
            break;
        }
        pause();
        // Whoever wrote between two looks may have been in the middle of it at both.
        doubtful.retain(|place| {
            let before = looks[*place].modified;
            read(&mut looks[*place], app);
            looks[*place].modified != before
        });
    }
    looks.retain_mut(|stream| is_there(&mut stream.files));
    looks
}

/// Nothing was looked at yet.
pub(super) fn ts() -> StoredFiles {
    StoredFiles::Ts { key: KeyFile::Missing, restart: Progress::Missing }
}

/// Nothing was looked at yet.
pub(super) fn hls(names: Vec<SequenceName>) -> StoredFiles {
    StoredFiles::Hls { sequences: names.into_iter().map(|name| (name, Progress::Missing)).collect() }
}

/// Adds what is there at this moment to what was seen before. True if that is in doubt.
fn read(stream: &mut StreamFiles, app: &AppConfig) -> bool {
    let mut doubt = false;
    let newest = &mut stream.modified;
    let mut read_number = |progress: &mut Progress, path: &Path, once: fn(&Path) -> Progress| {
        *progress = later(progress, once(path));
        // The time is asked for after the number is read: what was written in between shows.
        let modified = modified(path);
        doubt |= matches!(progress, Progress::Missing | Progress::Damaged) || modified.is_some_and(is_recent);
        *newest = modified.max(*newest);
    };
    match &mut stream.files {
        StoredFiles::Ts { key, restart } => {
            let paths = StreamPaths::new(&app.dirs, &stream.uid);
            read_number(restart, &paths.restart(), restart_once);
            let path = paths.key();
            if !matches!(key, KeyFile::Whole(_)) {
                *key = read_once(&path);
            }
            doubt |= matches!(key, KeyFile::Missing | KeyFile::Damaged(_));
            stream.modified = modified(&path).max(stream.modified);
            stream.open_mode = open_mode(&path);
        }
        StoredFiles::Hls { sequences } => {
            for (name, progress) in sequences {
                read_number(progress, &app.dirs.metadata.join(sequence_name(name)), sequence_once);
            }
        }
    }
    doubt
}

/// Of two looks at a number that only grows, the one to believe.
fn later(before: &Progress, now: Progress) -> Progress {
    match (before, now) {
        (Progress::At(before), Progress::At(now)) => Progress::At(now.max(*before)),
        // It is being written at this moment; the number before was no more than the one to come.
        (Progress::At(before), _) => Progress::At(*before),
        (_, now) => now,
    }
}

/// Something is left of the stream. Sequence files that went away while they were looked at are taken out.
fn is_there(files: &mut StoredFiles) -> bool {
    match files {
        StoredFiles::Ts { key, restart } => *key != KeyFile::Missing || *restart != Progress::Missing,
        StoredFiles::Hls { sequences } => {
            sequences.retain(|_, progress| *progress != Progress::Missing);
            !sequences.is_empty()
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// A clock that was set back makes files of the future: nobody knows how old those are.
fn is_recent(modified: SystemTime) -> bool {
    modified.elapsed().map_or(true, |age| age < RECENT)
}

fn open_mode(path: &Path) -> Option<u32> {
    let file = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mode = file.permissions().mode() & 0o7777;
    (mode & OTHERS != 0).then_some(mode)
}
