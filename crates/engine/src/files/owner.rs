//! Whose folder it is.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
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
    if owner == Uid::effective() {
        return Ok(());
    }
    let name = User::from_uid(owner).ok().flatten().map_or_else(|| owner.to_string(), |user| user.name);
    Err(FilesError::ForeignOwner { path: dir.to_owned(), owner: name })
}
