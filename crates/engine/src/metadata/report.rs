//! What a restore did.

use std::fmt;
use std::path::PathBuf;

use super::Damage;
use crate::files::shown;

/// Everything that a restore did, in the order in which it was done. Empty if all was there already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct RestoreReport {
    /// What was done to single files.
    pub restored: Vec<Restored>,
}

/// What was done to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Restored {
    /// A damaged key was kept under another name.
    KeySetAside {
        /// The key's path.
        from: PathBuf,
        /// Its second name.
        to: PathBuf,
        /// What was wrong with it.
        damage: Damage,
    },
    /// The key was written.
    Key {
        /// Where.
        path: PathBuf,
    },
    /// Another whole key was replaced. It was kept before the number was written, and replaced after it.
    KeyReplaced {
        /// The key's path.
        from: PathBuf,
        /// Where the old key is now.
        to: PathBuf,
        /// The old key's fingerprint.
        local: String,
        /// The new key's fingerprint.
        remote: String,
    },
    /// A number was written: a higher one than before, or any other than before where a key was replaced.
    Number {
        /// Where.
        path: PathBuf,
        /// The number.
        number: u64,
        /// What was there before.
        previous: Previous,
    },
}

/// What a file with a number held before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Previous {
    /// Another number, and a lower one unless it was another key's.
    At(u64),
    /// There was no file.
    Missing,
    /// No number.
    Damaged,
    /// Nothing that could be read; the text says why.
    Unreadable(String),
}

impl RestoreReport {
    /// Nothing had to be done.
    pub fn is_empty(&self) -> bool {
        self.restored.is_empty()
    }
}

impl fmt::Display for RestoreReport {
    /// One line for each file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RestoreReport { restored } = self;
        for (i, one) in restored.iter().enumerate() {
            write!(f, "{}{one}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Restored::KeySetAside { from, to, damage } => {
                write!(f, "{} is damaged ({damage}): kept as {}", shown(from), shown(to))
            }
            Restored::Key { path } => write!(f, "{}: key restored", shown(path)),
            Restored::KeyReplaced { from, to, local, remote } => {
                let (from, to) = (shown(from), shown(to));
                write!(
                    f,
                    "{from}: key restored (SHA-256 {remote}), the other one (SHA-256 {local}) kept as {to}"
                )
            }
            Restored::Number { path, number, previous } => {
                write!(f, "{}: {number} restored, {previous}", shown(path))
            }
        }
    }
}

impl fmt::Display for Previous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Previous::At(number) => write!(f, "was {number}"),
            Previous::Missing => f.write_str("was missing"),
            Previous::Damaged => f.write_str("held no piece number"),
            Previous::Unreadable(why) => write!(f, "could not be read: {}", acecast_reconcile::escape(why)),
        }
    }
}
