//! What can be wrong with a stream's files.

use std::fmt;
use std::path::{Path, PathBuf};

use acecast_config::SequenceName;
use acecast_reconcile::escape;

use super::super::Damage;
use super::{KeyFile, Progress, StoredFiles, StreamFiles};
use crate::args::{key_name, restart_name, sequence_name};
use crate::files::shown;

/// What is wrong with one file of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// A ts stream has a key and a number, and this one of them is not there.
    Missing {
        /// The file that is missing.
        path: PathBuf,
        /// The one that is there.
        beside: PathBuf,
    },
    /// This is no whole key.
    Key {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        damage: Damage,
    },
    /// No number is in this file.
    Number {
        /// The `.restart` or sequence file.
        path: PathBuf,
    },
    /// This file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// Others than its owner may read or write this key.
    Open {
        /// The key file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
}

impl Trouble {
    /// Without this file as it should be, the stream cannot be kept whole.
    pub fn spoils(&self) -> bool {
        !matches!(self, Trouble::Open { .. })
    }
}

pub(super) fn of(stream: &StreamFiles) -> Vec<Trouble> {
    match &stream.files {
        StoredFiles::Ts { key, restart } => {
            let key_path = stream.dir.join(key_name(&stream.uid));
            let restart_path = stream.dir.join(restart_name(&stream.uid));
            let of_key = match key {
                KeyFile::Whole(_) => None,
                KeyFile::Missing => {
                    Some(Trouble::Missing { path: key_path.clone(), beside: restart_path.clone() })
                }
                KeyFile::Damaged(damage) => Some(Trouble::Key { path: key_path.clone(), damage: *damage }),
                KeyFile::Unreadable(why) => {
                    Some(Trouble::Unreadable { path: key_path.clone(), why: why.clone() })
                }
            };
            let of_restart = of_number(restart, &restart_path, &key_path);
            let open = stream.open_mode.map(|mode| Trouble::Open { path: key_path.clone(), mode });
            of_key.into_iter().chain(open).chain(of_restart).collect()
        }
        StoredFiles::Hls { sequences } => {
            let of_sequence = |(name, progress): (&SequenceName, &Progress)| {
                of_number(progress, &stream.dir.join(sequence_name(name)), &stream.dir)
            };
            sequences.iter().filter_map(of_sequence).collect()
        }
    }
}

fn of_number(progress: &Progress, path: &Path, beside: &Path) -> Option<Trouble> {
    let path = path.to_owned();
    match progress {
        Progress::At(_) => None,
        Progress::Missing => Some(Trouble::Missing { path, beside: beside.to_owned() }),
        Progress::Damaged => Some(Trouble::Number { path }),
        Progress::Unreadable(why) => Some(Trouble::Unreadable { path, why: why.clone() }),
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Missing { path, beside } => {
                write!(f, "{} is missing, and {} is there", shown(path), shown(beside))
            }
            Trouble::Key { path, damage } => write!(f, "{} is damaged: {damage}", shown(path)),
            Trouble::Number { path } => write!(f, "{} holds no piece number", shown(path)),
            Trouble::Unreadable { path, why } => {
                write!(f, "{} cannot be read ({})", shown(path), escape(why))
            }
            Trouble::Open { path, mode } => {
                let may = match mode {
                    mode if mode & 0o044 != 0 => "read",
                    mode if mode & 0o022 != 0 => "change",
                    _ => "run",
                };
                let path = shown(path);
                write!(
                    f,
                    "{path} holds a key and other users can {may} it (mode {mode:04o}): chmod 600 {path}"
                )
            }
        }
    }
}
