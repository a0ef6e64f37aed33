//! What restoring a backup would change here, for a stream whose files may not be touched, as its node runs: for restores.
//! `against.rs` is for making backups.
//!
//! One idea: a running node is not stopped for a restore that would change nothing, nor for one that would take its key
//! away. So the two are compared first, and what differs is named.

use std::path::PathBuf;

use acecast_config::{AppConfig, Metadata, SequenceName};
use acecast_reconcile::StreamUid;

use super::judge::same_key;
use super::{
    Damage, KeyFile, MetadataError, Previous, Progress, fingerprint, judge_key, read_key, read_restart,
    read_sequence,
};
use crate::args::{StreamPaths, sequence_name};

/// How what is here stands beside a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub enum Beside {
    /// A restore would change nothing: the same key, and numbers at least as high.
    Same,
    /// The same key where there is one, but this number is not as high as the backup's.
    Behind {
        /// The file with the number.
        path: PathBuf,
        /// What it holds.
        here: Previous,
        /// The backup's number.
        backup: u64,
    },
    /// Another whole key is here.
    OtherKey {
        /// The key file.
        path: PathBuf,
        /// The fingerprint of the key in it.
        local: String,
        /// The fingerprint of the key in the backup.
        backup: String,
    },
    /// The key file that is here is no whole key.
    KeyDamaged {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
    },
    /// There is no key file here.
    KeyMissing {
        /// Where it should be.
        path: PathBuf,
    },
}

/// Compares what is here with a backup of the stream. Nothing is changed.
///
/// # Errors
///
/// If the backup's key is damaged, or the one that is here cannot be read.
pub fn beside(app: &AppConfig, uid: &StreamUid, backup: &Metadata) -> Result<Beside, MetadataError> {
    match backup {
        Metadata::Ts { last_seq, private_key } => {
            let kept = private_key.reveal();
            judge_key(kept).map_err(|damage| MetadataError::RemoteDamaged { uid: uid.clone(), damage })?;
            let paths = StreamPaths::new(&app.dirs, uid);
            let path = paths.key();
            match read_key(&path) {
                KeyFile::Whole(local) if same_key(local.reveal(), kept) => {
                    let restart = paths.restart();
                    Ok(behind(restart.clone(), read_restart(&restart), *last_seq).unwrap_or(Beside::Same))
                }
                KeyFile::Whole(local) => {
                    let (local, backup) = (fingerprint(local.reveal()), fingerprint(kept));
                    Ok(Beside::OtherKey { path, local, backup })
                }
                KeyFile::Damaged(damage) => Ok(Beside::KeyDamaged { path, damage }),
                KeyFile::Missing => Ok(Beside::KeyMissing { path }),
                KeyFile::Unreadable(why) => Err(MetadataError::KeyUnreadable { path, why }),
            }
        }
        Metadata::Hls { sequences } => {
            let one = |(name, number): (&SequenceName, &u64)| {
                let path = app.dirs.metadata.join(sequence_name(name));
                behind(path.clone(), read_sequence(&path), *number)
            };
            Ok(sequences.iter().find_map(one).unwrap_or(Beside::Same))
        }
    }
}

/// What is said of a number that a restore would write.
fn behind(path: PathBuf, here: Progress, backup: u64) -> Option<Beside> {
    let here = match here {
        Progress::At(here) if here >= backup => return None,
        Progress::At(here) => Previous::At(here),
        Progress::Missing => Previous::Missing,
        Progress::Damaged => Previous::Damaged,
        Progress::Unreadable(why) => Previous::Unreadable(why),
    };
    Some(Beside::Behind { path, here, backup })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use acecast_config::PrivateKey;

    use super::super::tests::pem;
    use super::*;
    use crate::args::fixtures::{app, ts};

    struct World {
        _dir: tempfile::TempDir,
        app: AppConfig,
    }

    impl World {
        /// A host with this key and this number, where they are given.
        fn new(key: Option<&str>, number: Option<&str>) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let app = app(dir.path());
            fs::create_dir(&app.dirs.metadata).unwrap();
            let uid = ts().uid;
            let paths = StreamPaths::new(&app.dirs, &uid);
            for (path, text) in [(paths.key(), key), (paths.restart(), number)] {
                if let Some(text) = text {
                    fs::write(path, text).unwrap();
                }
            }
            World { _dir: dir, app }
        }

        fn beside(&self, last_seq: u64) -> Result<Beside, MetadataError> {
            let backup = Metadata::Ts { last_seq, private_key: PrivateKey::new(pem(7)) };
            beside(&self.app, &ts().uid, &backup)
        }
    }

    #[test]
    fn the_same_key_and_a_number_as_high_are_the_same() {
        let world = World::new(Some(&format!("{}\n", pem(7))), Some("42"));
        assert_eq!(world.beside(42).unwrap(), Beside::Same);
        assert_eq!(world.beside(41).unwrap(), Beside::Same);
        assert!(matches!(
            world.beside(43).unwrap(),
            Beside::Behind { here: Previous::At(42), backup: 43, .. }
        ));
        let world = World::new(Some(&pem(7)), None);
        assert!(matches!(world.beside(0).unwrap(), Beside::Behind { here: Previous::Missing, .. }));
    }

    #[test]
    fn another_key_is_told_from_a_damaged_and_a_missing_one() {
        let there = |key: Option<&str>| World::new(key, Some("42")).beside(1).unwrap();
        assert!(matches!(there(Some(&pem(8))), Beside::OtherKey { local, backup, .. }
            if local == fingerprint(pem(8).as_bytes()) && backup == fingerprint(pem(7).as_bytes())));
        assert!(matches!(there(Some("")), Beside::KeyDamaged { damage: Damage::Empty, .. }));
        assert!(matches!(there(None), Beside::KeyMissing { .. }));
    }

    #[test]
    fn of_sequences_the_first_that_is_behind_is_named() {
        let world = World::new(None, None);
        let name = |n| format!("{}_stream_{n}", "a".repeat(40)).parse::<SequenceName>().unwrap();
        fs::write(world.app.dirs.metadata.join(sequence_name(&name(0))), r#"{"seq": 5}"#).unwrap();
        let hls = |a, b: Option<u64>| {
            let all = [(0, Some(a)), (1, b)].into_iter();
            let sequences: BTreeMap<_, _> = all.filter_map(|(n, s)| Some((name(n), s?))).collect();
            beside(&world.app, &ts().uid, &Metadata::Hls { sequences }).unwrap()
        };
        assert_eq!(hls(5, None), Beside::Same);
        assert!(matches!(hls(6, None), Beside::Behind { here: Previous::At(5), backup: 6, .. }));
        assert!(matches!(hls(5, Some(0)), Beside::Behind { here: Previous::Missing, backup: 0, .. }));
    }
}
