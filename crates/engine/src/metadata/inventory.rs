//! What the metadata dir holds, stream by stream, whatever the config says.
//!
//! One idea: everything is read while engines rewrite it, so nothing is believed that may be half of something. A cut
//! key shows, but "123" of "12345" is a number like any other. Numbers only grow, so of two reads the larger is right:
//! all files that look wrong or were written a moment ago are read again, after one pause for all of them.

mod look;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread;
use std::time::SystemTime;

use acecast_config::{AppConfig, Metadata, SequenceName};
use acecast_reconcile::{SourceKind, StreamUid};

use super::read::SECOND_LOOK;
use super::{KeyFile, Progress, fingerprint};
use crate::args::MetadataFile;
use crate::files::{FilesError, names_in};
use crate::transport;

pub use trouble::Trouble;

/// What the metadata dir holds.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Inventory {
    /// The streams, by uid and then by kind: one uid may have files of both.
    pub streams: Vec<StreamFiles>,
    /// Sequence files whose stream is not known.
    pub orphans: Vec<PathBuf>,
    /// Files that are named like keys or numbers of a stream, but not after one.
    pub strange: Vec<PathBuf>,
    /// The private dir could not be read for this reason, so known streams may be among the orphans'.
    pub private_dir: Option<FilesError>,
}

/// The files of one stream.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StreamFiles {
    /// The stream.
    pub uid: StreamUid,
    /// What its files hold.
    pub files: StoredFiles,
    /// When the newest of its files was written.
    pub modified: Option<SystemTime>,
    /// The metadata dir.
    dir: PathBuf,
    /// The mode of its key file, if others may do something with it.
    open_mode: Option<u32>,
}

/// What the files of a stream hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoredFiles {
    /// Of a ts stream.
    Ts {
        /// Its key.
        key: KeyFile,
        /// The number of its last piece.
        restart: Progress,
    },
    /// Of a HLS stream.
    Hls {
        /// Its sequence files.
        sequences: BTreeMap<SequenceName, Progress>,
    },
}

/// Looks through the metadata dir. Nothing is changed.
///
/// Sequence files are named after infohashes, which the sidecars in the private dir join with streams, and
/// `infohashes`, by 40 hex digits in lower case: what running nodes say. A metadata dir that is missing holds nothing.
/// It pauses for 50 ms, five times at most, where a file may just be written.
///
/// # Errors
///
/// If the metadata dir cannot be read. Files in it that cannot be are told of their streams.
pub fn inventory(app: &AppConfig, infohashes: &BTreeMap<String, StreamUid>) -> Result<Inventory, FilesError> {
    take(app, infohashes, &mut || thread::sleep(SECOND_LOOK))
}

fn take(
    app: &AppConfig,
    infohashes: &BTreeMap<String, StreamUid>,
    pause: &mut dyn FnMut(),
) -> Result<Inventory, FilesError> {
    let dir = &app.dirs.metadata;
    let mut inventory = Inventory::default();
    let mut streams: BTreeSet<StreamUid> = BTreeSet::new();
    let mut sequences: Vec<(SequenceName, PathBuf)> = Vec::new();
    for file in names_in(dir)? {
        let path = dir.join(&file);
        match MetadataFile::of(&file) {
            Some(MetadataFile::Ts(uid)) => {
                streams.insert(uid);
            }
            Some(MetadataFile::Sequence(name)) => sequences.push((name, path)),
            Some(MetadataFile::Strange) => inventory.strange.push(path),
            None => {}
        }
    }
    let mut found: Vec<(StreamUid, StoredFiles)> = streams.into_iter().map(|uid| (uid, look::ts())).collect();
    if !sequences.is_empty() {
        let known = known_infohashes(app, infohashes, &mut inventory.private_dir);
        let mut of_stream: BTreeMap<StreamUid, Vec<SequenceName>> = BTreeMap::new();
        for (name, path) in sequences {
            match known.get(&name.infohash().to_ascii_lowercase()) {
                None => inventory.orphans.push(path),
                Some(uids) => {
                    for uid in uids {
                        of_stream.entry(uid.clone()).or_default().push(name.clone());
                    }
                }
            }
        }
        found.extend(of_stream.into_iter().map(|(uid, names)| (uid, look::hls(names))));
    }
    inventory.streams = look::look(app, found, pause);
    inventory.streams.sort_by(|a, b| (&a.uid, a.kind()).cmp(&(&b.uid, b.kind())));
    Ok(inventory)
}

/// The streams of infohashes, by the sidecars and by running nodes. Streams from one source share one.
fn known_infohashes(
    app: &AppConfig,
    running: &BTreeMap<String, StreamUid>,
    failed: &mut Option<FilesError>,
) -> BTreeMap<String, BTreeSet<StreamUid>> {
    let mut known = transport::infohashes(&app.dirs).unwrap_or_else(|error| {
        *failed = Some(error);
        BTreeMap::new()
    });
    for (hash, uid) in running {
        known.entry(hash.to_ascii_lowercase()).or_default().insert(uid.clone());
    }
    known
}

impl StreamFiles {
    /// Which kind of stream has such files.
    pub fn kind(&self) -> SourceKind {
        match self.files {
            StoredFiles::Ts { .. } => SourceKind::Ts,
            StoredFiles::Hls { .. } => SourceKind::Hls,
        }
    }

    /// What has to be kept of the stream, or why that is not all there. A file that others can read is no reason.
    pub fn whole(&self) -> Result<Metadata, Vec<Trouble>> {
        let mut troubles = self.troubles();
        troubles.retain(Trouble::spoils);
        if !troubles.is_empty() {
            return Err(troubles);
        }
        let metadata = match &self.files {
            StoredFiles::Ts { key: KeyFile::Whole(key), restart } => {
                restart.number().map(|last_seq| Metadata::Ts { last_seq, private_key: key.clone() })
            }
            StoredFiles::Ts { .. } => None,
            StoredFiles::Hls { sequences } => {
                let numbers = sequences.iter().map(|(name, at)| Some((name.clone(), at.number()?)));
                numbers.collect::<Option<_>>().map(|sequences| Metadata::Hls { sequences })
            }
        };
        metadata.ok_or(troubles)
    }

    /// All that is wrong with its files.
    pub fn troubles(&self) -> Vec<Trouble> {
        trouble::of(self)
    }

    /// The fingerprint of a ts stream's key, if that is whole.
    pub fn fingerprint(&self) -> Option<String> {
        match &self.files {
            StoredFiles::Ts { key: KeyFile::Whole(key), .. } => Some(fingerprint(key.reveal())),
            _ => None,
        }
    }

    /// The number of the last piece; of several sequences, the highest.
    pub fn sequence(&self) -> Option<u64> {
        match &self.files {
            StoredFiles::Ts { restart, .. } => restart.number(),
            StoredFiles::Hls { sequences } => sequences.values().filter_map(Progress::number).max(),
        }
    }
}

#[cfg(test)]
mod tests;
