//! Putting back what a controller kept for a stream.
//!
//! Each step can be the last one before a crash, and no moment may look like a stream that never had a key: the engine
//! would make one. So a damaged key gets a second name before the whole one is renamed over it, and the number, beside
//! which a missing key is known to be missing, is written before the key is.

use std::fs;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Metadata, SourceNode};
use acecast_reconcile::{SourceKind, StreamUid};

use super::judge::same_key;
use super::progress::with_sequence;
use super::{
    Damage, KeyFile, Previous, Progress, RestoreReport, Restored, copy_aside, fingerprint, judge_key,
    read_key, read_restart, read_sequence, set_aside, tighten_mode,
};
use crate::args::StreamPaths;
use crate::failpoint::pass;
use crate::files::{FilesError, PRIVATE, create_dir_all, refuse_foreign_owner, shown, write_atomic};

/// Why a stream's metadata was left as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// Another key is there.
    #[error("{} holds another key (SHA-256 {local}) than the one to be restored (SHA-256 {remote})", shown(.path))]
    Conflict {
        /// The key file.
        path: PathBuf,
        /// The fingerprint of the key in it.
        local: String,
        /// The fingerprint of the key that the config brings.
        remote: String,
    },
    /// The key to be restored is none: the engine would replace it by a new one.
    #[error("the key to be restored for {uid} is damaged: {damage}")]
    RemoteDamaged {
        /// The stream.
        uid: StreamUid,
        /// What is wrong with it.
        damage: Damage,
    },
    /// It cannot be told what key is there.
    #[error("cannot read {}: {}", shown(.path), acecast_reconcile::escape(.why))]
    KeyUnreadable {
        /// The key file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// There is no whole key any more, and the engine would make a new one.
    #[error("{} was to be used and is no whole key any more: {why}", shown(.path))]
    KeyLost {
        /// The key file.
        path: PathBuf,
        /// What is there instead.
        why: String,
    },
    /// What is to be restored is another kind of stream's.
    #[error("the metadata to be restored for {uid} is not a {} stream's", .kind.as_str())]
    OtherKind {
        /// The stream.
        uid: StreamUid,
        /// What it is.
        kind: SourceKind,
    },
    /// A file could not be used.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Restores what the config brings for this stream, which must not run meanwhile, under the lock.
///
/// A key that is missing or damaged is written byte for byte as received. Where the same key is there, the higher
/// number wins. Where another key is there, or it cannot be told, nothing is touched. `unix_time`, in seconds, becomes
/// part of the name of a damaged key.
pub fn restore(node: &SourceNode, app: &AppConfig, unix_time: u64) -> Result<RestoreReport, MetadataError> {
    let Some(metadata) = &node.metadata else {
        return Ok(RestoreReport::default());
    };
    refuse_foreign_owner(&app.dirs.metadata)?;
    let kind = node.kind();
    match (kind, metadata) {
        (SourceKind::Ts, Metadata::Ts { last_seq, private_key }) => {
            let paths = StreamPaths::new(&app.dirs, &node.uid);
            restore_ts(&node.uid, &paths, &app.dirs.metadata, private_key.reveal(), *last_seq, unix_time)
        }
        (SourceKind::Hls, Metadata::Hls { sequences }) => {
            create_dir_all(&app.dirs.metadata)?;
            let mut report = RestoreReport::default();
            for (name, number) in sequences {
                let path = app.dirs.metadata.join(format!("{name}.json"));
                let bytes = |path: &Path| with_sequence(path, *number);
                report.restored.extend(raise(&path, *number, read_sequence(&path), &bytes)?);
            }
            Ok(report)
        }
        _ => Err(MetadataError::OtherKind { uid: node.uid.clone(), kind }),
    }
}

/// Everything for which [`restore`] would refuse, and nothing else: for a node that still runs, whose files must not be
/// written yet.
pub fn check_restore(node: &SourceNode, app: &AppConfig) -> Result<(), MetadataError> {
    let Some(metadata) = &node.metadata else {
        return Ok(());
    };
    refuse_foreign_owner(&app.dirs.metadata)?;
    let kind = node.kind();
    match (kind, metadata) {
        (SourceKind::Ts, Metadata::Ts { private_key, .. }) => {
            let path = StreamPaths::new(&app.dirs, &node.uid).key();
            judge_both(&node.uid, path, private_key.reveal()).map(|_| ())
        }
        (SourceKind::Hls, Metadata::Hls { .. }) => Ok(()),
        _ => Err(MetadataError::OtherKind { uid: node.uid.clone(), kind }),
    }
}

/// Renames a key that is damaged or unreadable before the engine overwrites it with a new one, and says to what. A
/// whole key stays: nothing but `--new-key` on a stream without a usable one may make a new one.
pub fn set_aside_for_new_key(
    uid: &StreamUid,
    app: &AppConfig,
    unix_time: u64,
) -> Result<Option<PathBuf>, MetadataError> {
    refuse_foreign_owner(&app.dirs.metadata)?;
    let path = StreamPaths::new(&app.dirs, uid).key();
    match read_key(&path) {
        KeyFile::Whole(_) | KeyFile::Missing => Ok(None),
        KeyFile::Damaged(_) | KeyFile::Unreadable(_) => Ok(Some(set_aside(&path, unix_time)?)),
    }
}

/// Makes sure that a ts node finds a whole key. It is looked for last of all: between the plan and this moment, an old
/// node may have died while it wrote.
pub fn require_key(uid: &StreamUid, app: &AppConfig) -> Result<(), MetadataError> {
    let path = StreamPaths::new(&app.dirs, uid).key();
    let why = match read_key(&path) {
        KeyFile::Whole(_) => return Ok(()),
        KeyFile::Missing => "it is missing".to_owned(),
        KeyFile::Damaged(damage) => damage.to_string(),
        KeyFile::Unreadable(why) => acecast_reconcile::escape(&why).into_owned(),
    };
    Err(MetadataError::KeyLost { path, why })
}

fn restore_ts(
    uid: &StreamUid,
    paths: &StreamPaths<'_>,
    metadata_dir: &Path,
    remote: &[u8],
    last_seq: u64,
    unix_time: u64,
) -> Result<RestoreReport, MetadataError> {
    let path = paths.key();
    let mut report = RestoreReport::default();
    let there = judge_both(uid, path.clone(), remote)?;
    create_dir_all(metadata_dir)?;
    let restart = paths.restart();
    let bytes = |_: &Path| last_seq.to_string().into_bytes();
    let number = raise(&restart, last_seq, read_restart(&restart), &bytes)?;
    match there {
        There::SameKey => {
            tighten_mode(&path)?;
        }
        There::Nothing => {
            write_atomic(&path, remote, PRIVATE)?;
            report.restored.push(Restored::Key { path });
        }
        There::Damaged(damage) => {
            let to = copy_aside(&path, unix_time)?;
            pass("a damaged key is kept under another name");
            if let Err(error) = write_atomic(&path, remote, PRIVATE) {
                // It still has its own name; tried again and again, its other names would pile up.
                let _ = fs::remove_file(&to);
                return Err(error.into());
            }
            report.restored.push(Restored::KeySetAside { from: path.clone(), to, damage });
            report.restored.push(Restored::Key { path });
        }
    }
    report.restored.extend(number);
    Ok(report)
}

/// What is there beside a key that may be restored.
enum There {
    SameKey,
    Nothing,
    Damaged(Damage),
}

/// Looks at both keys, and refuses if the one to be restored must not be written.
fn judge_both(uid: &StreamUid, path: PathBuf, remote: &[u8]) -> Result<There, MetadataError> {
    judge_key(remote).map_err(|damage| MetadataError::RemoteDamaged { uid: uid.clone(), damage })?;
    match read_key(&path) {
        KeyFile::Whole(local) if same_key(local.reveal(), remote) => Ok(There::SameKey),
        KeyFile::Whole(local) => {
            let (local, remote) = (fingerprint(local.reveal()), fingerprint(remote));
            Err(MetadataError::Conflict { path, local, remote })
        }
        KeyFile::Unreadable(why) => Err(MetadataError::KeyUnreadable { path, why }),
        KeyFile::Damaged(damage) => Ok(There::Damaged(damage)),
        KeyFile::Missing => Ok(There::Nothing),
    }
}

/// Writes the number unless one at least as high is there.
fn raise(
    path: &Path,
    number: u64,
    there: Progress,
    bytes: &dyn Fn(&Path) -> Vec<u8>,
) -> Result<Option<Restored>, FilesError> {
    let previous = match there {
        Progress::At(local) if local >= number => return Ok(None),
        Progress::At(local) => Previous::At(local),
        Progress::Missing => Previous::Missing,
        Progress::Damaged => Previous::Damaged,
        Progress::Unreadable(why) => Previous::Unreadable(why),
    };
    write_atomic(path, &bytes(path), PRIVATE)?;
    Ok(Some(Restored::Number { path: path.to_owned(), number, previous }))
}
