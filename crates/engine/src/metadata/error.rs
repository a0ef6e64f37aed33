//! Why a stream's metadata was left as it is.

use std::path::PathBuf;

use acecast_reconcile::{SourceKind, StreamUid};

use super::Damage;
use crate::files::{FilesError, shown};

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
    #[error("{} held a whole key before and cannot be used any more: {why}", shown(.path))]
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
