//! Whether a stream's backup may be overwritten by what is here: for making backups. `beside.rs` is for restores.
//!
//! Pure: two contents in, a verdict out. A backup is what is left when a server is lost, so it only ever gets better:
//! a higher number, a sequence more. Another key is another stream, and that is for people to decide.

use std::collections::BTreeMap;

use acecast_config::{Metadata, SequenceName};

use super::judge::same_key;
use super::{Damage, fingerprint, judge_key};

type Numbers = BTreeMap<SequenceName, u64>;

/// What is to be done with a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub enum Verdict {
    /// Send this: it has all that the backup has, and more.
    Send(Metadata),
    /// The backup's key is damaged, so it is not known whose it is. This is what is here, with the higher number.
    BackupDamaged {
        /// What is wrong with the backup's key.
        damage: Damage,
        /// What may take its place.
        instead: Metadata,
    },
    /// The backup is as good as what is here, or better: sending would change nothing in it.
    Unchanged,
    /// The backup has the key of another stream: one of the two would be lost.
    OtherKey {
        /// The fingerprint of the key that is here.
        local: String,
        /// The fingerprint of the key in the backup.
        backup: String,
    },
    /// The key that is here is none: a backup of it would help nobody.
    LocalDamaged(Damage),
}

/// Compares what is here with the backup of the same stream.
///
/// With the same key, the higher number wins; of sequences, all names and the higher number of each. Contents of different
/// kinds do not touch each other: a stream's document holds both.
pub fn against(local: &Metadata, backup: &Metadata) -> Verdict {
    match (local, backup) {
        (Metadata::Ts { last_seq, private_key }, backup) => {
            if let Err(damage) = judge_key(private_key.reveal()) {
                return Verdict::LocalDamaged(damage);
            }
            let Metadata::Ts { last_seq: kept, private_key: kept_key } = backup else {
                return Verdict::Send(local.clone());
            };
            let (here, there) = (private_key.reveal(), kept_key.reveal());
            if let Err(damage) = judge_key(there) {
                // Most likely it was this key, but nobody knows. A number that is too high is a gap; with one that is
                // too low, viewers meet old numbers again.
                let last_seq = *last_seq.max(kept);
                let instead = Metadata::Ts { last_seq, private_key: private_key.clone() };
                return Verdict::BackupDamaged { damage, instead };
            }
            if !same_key(here, there) {
                return Verdict::OtherKey { local: fingerprint(here), backup: fingerprint(there) };
            }
            // The number here may have begun again after its file was lost: the backup knows better.
            if kept >= last_seq { Verdict::Unchanged } else { Verdict::Send(local.clone()) }
        }
        (Metadata::Hls { sequences }, Metadata::Hls { sequences: kept }) => {
            let merged = union(sequences, kept);
            if merged == *kept {
                Verdict::Unchanged
            } else {
                Verdict::Send(Metadata::Hls { sequences: merged })
            }
        }
        (Metadata::Hls { .. }, Metadata::Ts { .. }) => Verdict::Send(local.clone()),
    }
}

fn union(a: &Numbers, b: &Numbers) -> Numbers {
    let mut union = a.clone();
    for (name, number) in b {
        let merged = union.entry(name.clone()).or_insert(*number);
        *merged = (*merged).max(*number);
    }
    union
}

#[cfg(test)]
mod tests;
