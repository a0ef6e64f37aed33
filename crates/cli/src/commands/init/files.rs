//! New files, all or none: what is there stays, and what was made goes again if not everything could be made.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use acecast_engine::files::FilesError;
pub(super) use acecast_engine::files::{PRIVATE, PUBLIC};

use crate::exit::Exit;
use crate::failure::Failure;

/// A file that is to be.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) mode: u32,
}

/// Writes them all, and makes the folders that they need.
pub(super) fn write(files: &[NewFile]) -> Result<(), Failure> {
    // A link to nothing is there, too.
    let there: Vec<&Path> =
        files.iter().map(|file| file.path.as_path()).filter(|path| path.symlink_metadata().is_ok()).collect();
    if !there.is_empty() {
        return Err(exists(&there));
    }
    let mut made = Made::default();
    for file in files {
        made.file(file).map_err(|error| match error {
            // Somebody else was quicker.
            FilesError::Write { path, source } if source.kind() == ErrorKind::AlreadyExists => {
                exists(&[&path])
            }
            error => Failure::failed(error),
        })?;
    }
    made.keep();
    Ok(())
}

fn exists(paths: &[&Path]) -> Failure {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let message = format!("{} {verb} there already; nothing was written", names.join(", "));
    Failure::new(Exit::Problem, "exists", anyhow::Error::msg(message))
        .hint("name another folder, or move away what is there")
}

/// What was made so far. Unless it is kept, it goes again.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    fn file(&mut self, new: &NewFile) -> Result<(), FilesError> {
        let path = &new.path;
        if let Some(folder) = path.parent() {
            self.folder(folder)
                .map_err(|source| FilesError::CreateDir { path: folder.to_owned(), source })?;
        }
        let written = self.create(path).and_then(|mut file| {
            file.write_all(new.text.as_bytes())?;
            // The mode that is meant does not pass through the umask.
            file.set_permissions(Permissions::from_mode(new.mode))?;
            file.sync_all()
        });
        written.map_err(|source| FilesError::Write { path: path.clone(), source })
    }

    /// An empty file for its owner only. It is not opened through a link, nor if it is there.
    fn create(&mut self, path: &Path) -> io::Result<File> {
        let file = File::options().write(true).create_new(true).mode(PRIVATE).open(path)?;
        self.files.push(path.to_owned());
        Ok(file)
    }

    fn folder(&mut self, path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.is_dir()).collect();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.folders.push(folder.to_owned()),
                // Somebody else was quicker.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    let why = format!("{} is not a folder", folder.display());
                    return Err(io::Error::new(ErrorKind::NotADirectory, why));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn keep(&mut self) {
        self.files.clear();
        self.folders.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // What cannot be removed, or holds what others put there, stays; why it all failed is said.
        for file in self.files.iter().rev() {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
