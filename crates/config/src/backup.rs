//! What streams can be restored from, as a controller or a file has it.

use std::collections::{BTreeMap, BTreeSet};

use acecast_reconcile::{Port, SourceKind, StreamUid};

use crate::{Metadata, Problem};

/// What came of reading backups. A stream is in `streams` or in `wrong`, never in both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Backups {
    /// The streams that are known there, also those without a backup.
    pub streams: BTreeMap<StreamUid, Backup>,
    /// The streams whose backup is there but cannot be used; the problems say why not.
    pub wrong: BTreeSet<StreamUid>,
    /// Everything that is wrong, placed and masked. An error leaves a stream out, a warning does not.
    pub problems: Vec<Problem>,
    /// At least one entry had something to say about metadata, be it that there is none. Where no entry has, the
    /// controller does not seem to answer `get_metadata` at all.
    pub offered: bool,
}

/// What one stream can be restored from: nothing, or metadata of one kind or of both, for a stream that changed its
/// kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backup {
    /// The kind of the stream's config entry, if there is one and it says so.
    pub kind: Option<SourceKind>,
    /// The port of the stream's config entry, if there is one and it says so.
    pub port: Option<Port>,
    /// By the kind of each.
    pub(crate) metadata: BTreeMap<SourceKind, Metadata>,
}

impl Backup {
    /// The metadata of a stream of this kind.
    pub fn of(&self, kind: SourceKind) -> Option<&Metadata> {
        self.metadata.get(&kind)
    }

    /// All metadata, ts first.
    pub fn metadata(&self) -> impl Iterator<Item = &Metadata> {
        self.metadata.values()
    }

    /// There is no metadata.
    pub fn is_empty(&self) -> bool {
        self.metadata.is_empty()
    }

    /// Adds metadata, in the place of what was there of its kind.
    pub fn insert(&mut self, metadata: Metadata) {
        self.metadata.insert(metadata.kind(), metadata);
    }
}

impl FromIterator<Metadata> for Backup {
    /// A backup without a config entry. Of two of a kind, the last one counts.
    fn from_iter<T: IntoIterator<Item = Metadata>>(metadata: T) -> Self {
        let mut backup = Backup::default();
        metadata.into_iter().for_each(|metadata| backup.insert(metadata));
        backup
    }
}
