//! What is wrong with the numbers of a stream that is about to be started.
//!
//! A number is no key: a node is started over a damaged one, but its viewers may see the stream begin again, so
//! somebody should hear of it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Media, SourceNode};
use acecast_reconcile::escape;

use super::{Progress, read_restart, read_sequence};
use crate::args::StreamPaths;
use crate::files::shown;

/// A `.restart` or sequence file from which no number can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DamagedProgress {
    /// The file.
    pub(crate) path: PathBuf,
    /// Why it could not be read; `None` if what it holds is no number.
    pub(crate) unreadable: Option<String>,
    /// What the engine makes of it.
    pub(crate) then: &'static str,
}

/// The stream's files with numbers that hold none. Those that are missing are not among them: so begins every stream.
pub(crate) fn damaged_progress(node: &SourceNode, app: &AppConfig) -> Vec<DamagedProgress> {
    let damaged = |path: PathBuf, read: &dyn Fn(&Path) -> Progress, then| {
        let unreadable = match read(&path) {
            Progress::At(_) | Progress::Missing => return None,
            Progress::Damaged => None,
            Progress::Unreadable(why) => Some(why),
        };
        Some(DamagedProgress { path, unreadable, then })
    };
    match &node.media {
        Media::Ts { .. } => {
            let path = StreamPaths::new(&app.dirs, &node.uid).restart();
            damaged(path, &read_restart, "so numbering begins again").into_iter().collect()
        }
        Media::Hls { .. } => sequences(node, app)
            .into_iter()
            .filter_map(|path| damaged(path, &read_sequence, "and the engine may fail on it"))
            .collect(),
    }
}

/// The sequence files of the stream's transport files, as far as their infohash is known.
fn sequences(node: &SourceNode, app: &AppConfig) -> Vec<PathBuf> {
    let Some(hash) = StreamPaths::new(&app.dirs, &node.uid).infohash() else { return Vec::new() };
    let start = format!("{hash}_stream_");
    let is_sequence = |name: &str| {
        let number = name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".json"));
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let entries = fs::read_dir(&app.dirs.metadata).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_sequence))
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

impl fmt::Display for DamagedProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DamagedProgress { path, unreadable, then } = self;
        match unreadable {
            None => write!(f, "{} holds no piece number, {then}", shown(path)),
            Some(why) => write!(f, "{} cannot be read ({}), {then}", shown(path), escape(why)),
        }
    }
}
