//! Reading a key that an engine may be rewriting at this moment.

use std::error::Error as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use acecast_config::PrivateKey;
use acecast_reconcile::KeyState;

use super::{Damage, judge_key};
use crate::chain::said;
use crate::files::read_bounded;

/// What a key file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFile {
    /// A whole private key.
    Whole(PrivateKey),
    /// No such file.
    Missing,
    /// Something that is no whole private key.
    Damaged(Damage),
    /// It cannot be read; the text says why.
    Unreadable(String),
}

impl KeyFile {
    /// The same for the planner, without the key.
    pub fn state(&self) -> KeyState {
        match self {
            KeyFile::Whole(_) => KeyState::Present,
            KeyFile::Missing => KeyState::Missing,
            KeyFile::Damaged(Damage::Empty) => KeyState::Empty,
            KeyFile::Damaged(damage) => KeyState::Damaged(damage.to_string()),
            KeyFile::Unreadable(why) => KeyState::Unreadable(why.clone()),
        }
    }
}

/// Real keys have about 690 bytes, and 3.3 KB with 4096 bits. What is larger is no key.
const MAX_KEY: u64 = 64 * 1024;

/// An engine needs less than this for the few hundred bytes that it writes.
pub(super) const SECOND_LOOK: Duration = Duration::from_millis(50);

/// Reads a key file, and once more after 50 ms if it is not whole.
pub(crate) fn read_key(path: &Path) -> KeyFile {
    read_twice(path, || thread::sleep(SECOND_LOOK))
}

pub(super) fn read_twice(path: &Path, pause: impl FnOnce()) -> KeyFile {
    match read_once(path) {
        KeyFile::Damaged(_) => {
            pause();
            read_once(path)
        }
        other => other,
    }
}

/// Reads a key file once, as it is at this moment.
pub(super) fn read_once(path: &Path) -> KeyFile {
    match read_bounded(path, MAX_KEY) {
        // The engine would write a new key through a link to nothing, perhaps to a volume that is not mounted.
        Ok(None) if path.is_symlink() => KeyFile::Unreadable("a link to nothing".to_owned()),
        Ok(None) => KeyFile::Missing,
        Ok(Some(bytes)) => match judge_key(&bytes) {
            Ok(()) => KeyFile::Whole(PrivateKey::new(bytes)),
            Err(damage) => KeyFile::Damaged(damage),
        },
        // The path is said by whoever shows the state; the cause is the news.
        Err(error) => KeyFile::Unreadable(error.source().map_or_else(|| error.to_string(), said)),
    }
}
