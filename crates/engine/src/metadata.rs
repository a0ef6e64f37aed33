//! What must outlive a server: a stream's key and the number of its last piece.
//!
//! One idea: a key is never replaced by accident. The engine replaces an empty or damaged key by a new one without a
//! word, and the stream becomes another stream (seen on engine 3.2.3); so a key is judged before each start
//! ([`judge_key`]), a damaged one is kept under a second name before it is overwritten, and a key that is to be restored
//! is refused where another one is there ([`restore_stream`]), unless somebody asked for just that ([`RestoreOptions`]).
//! What is there may also be looked through whole ([`inventory()`]) and compared with a backup ([`against()`]).
//!
//! The engine rewrites these files in place while it runs. A reader may meet a cut text, so whatever looks damaged
//! is looked at twice.

mod against;
mod aside;
mod beside;
mod damaged;
mod error;
mod facts;
mod inventory;
mod judge;
mod looks;
mod progress;
mod read;
mod replace;
mod report;
mod restore;

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::failpoint::pass;
use crate::files::{FilesError, PRIVATE};

pub use against::{Verdict, against};
pub use aside::keep_aside;
pub use beside::{Beside, beside};
pub(crate) use damaged::damaged_progress;
pub use error::MetadataError;
pub(crate) use facts::{key_facts, runs_with};
pub use inventory::{Inventory, StoredFiles, StreamFiles, Trouble, inventory};
pub use judge::{Damage, fingerprint, judge_key};
pub use looks::KeyLooks;
pub use progress::Progress;
pub(crate) use progress::{read_restart, read_sequence};
#[cfg(feature = "fuzzing")]
pub(crate) use progress::{restart_number, sequence_number};
pub use read::KeyFile;
pub(crate) use read::read_key;
pub use report::{Previous, RestoreReport, Restored};
pub use restore::{RestoreOptions, restore_stream};
pub(crate) use restore::{check_restore, require_key, restore, set_aside_for_new_key};

/// Takes a key file away from everybody but its owner. True if that was necessary; a file that is missing, or no
/// regular file, is left alone.
///
/// # Errors
///
/// If the file cannot be looked at, or its mode not be set.
pub fn tighten_mode(path: &Path) -> Result<bool, FilesError> {
    let failed = |source| FilesError::Mode { path: path.to_owned(), source };
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(error)),
    };
    if !file.is_file() || file.permissions().mode() & 0o7777 == PRIVATE {
        return Ok(false);
    }
    pass("before a key's mode is set");
    fs::set_permissions(path, Permissions::from_mode(PRIVATE)).map_err(failed)?;
    Ok(true)
}

#[cfg(test)]
mod tests;
