//! Whether this process may use what is at a path: asked of the kernel, with the rights that it acts with. Nothing is
//! made or opened.

use std::io::{self, ErrorKind};
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, accessat};

/// It may run this file; of a folder, it may reach what is in it.
pub fn may_run(file: &Path) -> io::Result<()> {
    ask(file, Access::EXEC_OK)
}

/// It may write to this file.
pub fn may_write(file: &Path) -> io::Result<()> {
    ask(file, Access::WRITE_OK)
}

/// It may make files in this folder. Whether there is room for them is another question.
pub fn may_make_files_in(folder: &Path) -> io::Result<()> {
    ask(folder, Access::WRITE_OK | Access::EXEC_OK)
}

fn ask(path: &Path, access: Access) -> io::Result<()> {
    match accessat(CWD, path, access, AtFlags::EACCESS).map_err(io::Error::from) {
        // Before Linux 5.8, that cannot be asked where the rights are not the caller's own. Trying tells.
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_may_not_be_used_is_told_and_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(may_run(&file).unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert!(may_write(&file).is_ok() && may_make_files_in(dir.path()).is_ok());
        let missing = dir.path().join("missing");
        assert_eq!(may_make_files_in(&missing).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!missing.exists());
    }
}
