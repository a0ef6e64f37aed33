//! Whose folder it is.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::Path;

use nix::unistd::{Uid, User};

use super::FilesError;

/// Refuses a folder that belongs to another user than the one that acecast runs as. Root is no exception: a key that
/// root writes into another user's folder is one that this user's engines cannot read, so they would replace it.
/// A folder that is missing is nobody's.
pub fn refuse_foreign_owner(dir: &Path) -> Result<(), FilesError> {
    let owner = match fs::metadata(dir) {
        Ok(folder) => Uid::from_raw(folder.uid()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(FilesError::Read { path: dir.to_owned(), source }),
    };
    if owner == Uid::effective() { Ok(()) } else { Err(foreign(dir, owner)) }
}

/// Refuses root in a folder that is another user's. Nodes that root starts there are root's, with all that they write:
/// that user's acecast could neither look at them nor stop them. A folder that is missing is nobody's.
pub fn refuse_root_for_another(dir: &Path) -> Result<(), FilesError> {
    if Uid::effective().is_root() { refuse_foreign_owner(dir) } else { Ok(()) }
}

/// Gives a file that root has just made to the folder's owner: the lock and the log of events are used by whoever the
/// folder belongs to, and root only comes by. Where it cannot be, the file stays root's.
///
/// What has content or a second name may be a file that was put there to be given away, and is not.
pub(crate) fn give_to_owner_of(dir: &Path, file: &File) {
    if !Uid::effective().is_root() {
        return;
    }
    let (Ok(made), Ok(folder)) = (file.metadata(), fs::metadata(dir)) else { return };
    if made.uid() == 0 && made.len() == 0 && made.nlink() == 1 && folder.uid() != 0 {
        let _ = fchown(file, Some(folder.uid()), Some(folder.gid()));
    }
}

fn foreign(dir: &Path, owner: Uid) -> FilesError {
    let name = User::from_uid(owner).ok().flatten().map_or_else(|| owner.to_string(), |user| user.name);
    FilesError::ForeignOwner { path: dir.to_owned(), owner: name }
}
