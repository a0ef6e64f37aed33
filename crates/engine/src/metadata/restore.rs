//! Putting back what a controller or a backup kept for a stream.
//!
//! Each step can be the last one before a crash, and no moment may look like a stream that never had a key: the engine
//! would make one. So a damaged key gets a second name before the whole one is renamed over it, and the number, beside
//! which a missing key is known to be missing, is written before the key is.

use std::fs;
use std::path::{Path, PathBuf};

use acecast_config::{AppConfig, Metadata, PrivateKey, SourceNode};
use acecast_reconcile::{SourceKind, StreamUid};

use super::aside::{DAMAGED, set_aside};
use super::judge::same_key;
use super::progress::with_sequence;
use super::replace::{Replacement, replace};
use super::{
    Damage, KeyFile, MetadataError, Previous, Progress, RestoreReport, Restored, fingerprint, judge_key,
    keep_aside, read_key, read_restart, read_sequence, tighten_mode,
};
use crate::args::{StreamPaths, sequence_name};
use crate::failpoint::pass;
use crate::files::{FilesError, PRIVATE, create_dir_all, refuse_foreign_owner, write_atomic};

/// What a restore is allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestoreOptions {
    /// Seconds since 1970: they become a part of the names under which keys are kept.
    pub unix_time: u64,
    /// A whole key that is another one than the one to be restored is replaced. Whoever watches its stream is lost.
    pub replace_key: bool,
}

impl RestoreOptions {
    /// At this time, in seconds since 1970; no whole key is replaced.
    pub fn new(unix_time: u64) -> Self {
        RestoreOptions { unix_time, replace_key: false }
    }
}

/// Restores what the config brings for this stream, which must not run meanwhile, under the lock. Another key than the
/// one that is there is refused; see [`restore_stream`]. `unix_time` is in seconds.
pub(crate) fn restore(
    node: &SourceNode,
    app: &AppConfig,
    unix_time: u64,
) -> Result<RestoreReport, MetadataError> {
    let Some(metadata) = of_its_kind(node)? else {
        return Ok(RestoreReport::default());
    };
    restore_stream(app, &node.uid, metadata, RestoreOptions::new(unix_time))
}

/// Everything for which [`restore`] would refuse, and nothing else: for a node that still runs, whose files must not be
/// written yet.
pub(crate) fn check_restore(node: &SourceNode, app: &AppConfig) -> Result<(), MetadataError> {
    let Some(metadata) = of_its_kind(node)? else {
        return Ok(());
    };
    check_stream(app, &node.uid, metadata, false)
}

/// Restores this stream, which must not run meanwhile, under the lock.
///
/// A key that is missing or damaged is written byte for byte as received. Where the same key is there, the higher
/// number wins. Where it cannot be told what key is there, nothing is touched, nor where it is another one: unless that
/// may be replaced. Then it is kept as `NAME.sauth.replaced-TIME`, and the number becomes the restored one, be it higher
/// or lower: the one that was there counted another stream's pieces, and is kept as `NAME.restart.replaced-TIME`.
///
/// # Errors
///
/// If it is refused, the files are as they were. If one could not be written, those before it have been: restoring again
/// makes it good.
pub fn restore_stream(
    app: &AppConfig,
    uid: &StreamUid,
    metadata: &Metadata,
    options: RestoreOptions,
) -> Result<RestoreReport, MetadataError> {
    let dir = &app.dirs.metadata;
    refuse_foreign_owner(dir)?;
    match metadata {
        Metadata::Ts { last_seq, private_key } => {
            let paths = StreamPaths::new(&app.dirs, uid);
            restore_ts(uid, &paths, dir, private_key.reveal(), *last_seq, options)
        }
        Metadata::Hls { sequences } => {
            create_dir_all(dir)?;
            let mut report = RestoreReport::default();
            for (name, number) in sequences {
                let path = dir.join(sequence_name(name));
                let bytes = |path: &Path| with_sequence(path, *number);
                report.restored.extend(raise(&path, *number, read_sequence(&path), &bytes)?);
            }
            Ok(report)
        }
    }
}

/// Everything for which [`restore_stream`] would refuse, and nothing else.
pub(super) fn check_stream(
    app: &AppConfig,
    uid: &StreamUid,
    metadata: &Metadata,
    replace_key: bool,
) -> Result<(), MetadataError> {
    refuse_foreign_owner(&app.dirs.metadata)?;
    match metadata {
        Metadata::Ts { private_key, .. } => {
            let path = StreamPaths::new(&app.dirs, uid).key();
            judge_both(uid, path, private_key.reveal(), replace_key).map(|_| ())
        }
        Metadata::Hls { .. } => Ok(()),
    }
}

/// Renames a key that is damaged or unreadable before the engine overwrites it with a new one, and says to what. A
/// whole key stays: nothing but `--new-key` on a stream without a usable one may make a new one.
pub(crate) fn set_aside_for_new_key(
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
pub(crate) fn require_key(uid: &StreamUid, app: &AppConfig) -> Result<(), MetadataError> {
    let path = StreamPaths::new(&app.dirs, uid).key();
    let why = match read_key(&path) {
        KeyFile::Whole(_) => return Ok(()),
        KeyFile::Missing => "it is missing".to_owned(),
        KeyFile::Damaged(damage) => damage.to_string(),
        KeyFile::Unreadable(why) => acecast_reconcile::escape(&why).into_owned(),
    };
    Err(MetadataError::KeyLost { path, why })
}

/// What the config brings for the node's stream.
fn of_its_kind(node: &SourceNode) -> Result<Option<&Metadata>, MetadataError> {
    let kind = node.kind();
    match (&node.metadata, kind) {
        (None, _) => Ok(None),
        (Some(metadata @ Metadata::Ts { .. }), SourceKind::Ts)
        | (Some(metadata @ Metadata::Hls { .. }), SourceKind::Hls) => Ok(Some(metadata)),
        _ => Err(MetadataError::OtherKind { uid: node.uid.clone(), kind }),
    }
}

fn restore_ts(
    uid: &StreamUid,
    paths: &StreamPaths<'_>,
    metadata_dir: &Path,
    remote: &[u8],
    last_seq: u64,
    options: RestoreOptions,
) -> Result<RestoreReport, MetadataError> {
    let RestoreOptions { unix_time, replace_key } = options;
    let path = paths.key();
    let mut report = RestoreReport::default();
    let there = judge_both(uid, path.clone(), remote, replace_key)?;
    create_dir_all(metadata_dir)?;
    let restart = paths.restart();
    let bytes = |_: &Path| last_seq.to_string().into_bytes();
    let raise_number = || raise(&restart, last_seq, read_restart(&restart), &bytes);
    match there {
        There::OtherKey(local) => {
            let replacement =
                Replacement { key: &path, restart: &restart, local: local.reveal(), remote, last_seq };
            report.restored = replace(&replacement, unix_time)?;
        }
        There::SameKey => {
            report.restored.extend(raise_number()?);
            tighten_mode(&path)?;
        }
        There::Nothing => {
            report.restored.extend(raise_number()?);
            write_atomic(&path, remote, PRIVATE)?;
            report.restored.push(Restored::Key { path });
        }
        There::Damaged(damage) => {
            report.restored.extend(raise_number()?);
            let to = keep_aside(&path, DAMAGED, unix_time)?;
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
    Ok(report)
}

/// What is there beside a key that may be restored.
enum There {
    SameKey,
    Nothing,
    Damaged(Damage),
    /// It may be replaced.
    OtherKey(PrivateKey),
}

/// Looks at both keys, and refuses if the one to be restored must not be written.
fn judge_both(
    uid: &StreamUid,
    path: PathBuf,
    remote: &[u8],
    replace_key: bool,
) -> Result<There, MetadataError> {
    judge_key(remote).map_err(|damage| MetadataError::RemoteDamaged { uid: uid.clone(), damage })?;
    match read_key(&path) {
        KeyFile::Whole(local) if same_key(local.reveal(), remote) => Ok(There::SameKey),
        KeyFile::Whole(local) if replace_key => Ok(There::OtherKey(local)),
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
