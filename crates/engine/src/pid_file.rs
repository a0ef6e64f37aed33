//! The engine's pid files. A pid file alone proves nothing: it says which processes to look at.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use acecast_reconcile::{Pid, Port};

use crate::args::pid_file_port;
use crate::chain::said;
use crate::files;

/// A pid is at most ten digits; a text beyond this is no pid file.
const SIZE_LIMIT: u64 = 64;

/// One pid file as found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PidFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub says: Says,
    /// When it was last written, if that is known: for the age check before it is removed, nothing else.
    pub modified: Option<SystemTime>,
}

/// What a pid file says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// This pid.
    Pid(Pid),
    /// No pid that a node can have.
    Garbage,
    /// It cannot be read, for this reason.
    Unreadable(String),
    /// It was removed while the folder was read, as an engine does when it ends.
    Gone,
}

/// All pid files of the folder, by port. A missing folder has none.
pub(crate) fn read_all(dir: &Path) -> io::Result<BTreeMap<Port, Vec<PidFile>>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other?,
    };
    let mut found: BTreeMap<Port, Vec<PidFile>> = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        if let Some(port) = entry.file_name().to_str().and_then(pid_file_port) {
            let file = PidFile::read(&entry.path());
            if file.says != Says::Gone {
                found.entry(port).or_default().push(file);
            }
        }
    }
    Ok(found)
}

impl PidFile {
    /// Reads one pid file, whatever is at that path: a FIFO, a folder or a dangling link never hangs or surprises.
    pub fn read(path: &Path) -> Self {
        let modified = fs::symlink_metadata(path).and_then(|meta| meta.modified()).ok();
        let says = match files::read_bounded(path, SIZE_LIMIT) {
            Ok(Some(bytes)) => parse(&bytes),
            Ok(None) if modified.is_none() => Says::Gone,
            Ok(None) => Says::Unreadable("a link to nothing".to_owned()),
            Err(error) => Says::Unreadable(reason(&error)),
        };
        PidFile { path: path.to_owned(), says, modified }
    }
}

/// Removes a stale pid file, unless it has changed since it was observed or is younger than `min_age`.
///
/// The age keeps off the moment in which an engine has written its pid and its process is not to be seen yet.
pub(crate) fn remove_if_unchanged(file: &PidFile, min_age: std::time::Duration) -> io::Result<bool> {
    let old = file.modified.is_some_and(|at| at.elapsed().is_ok_and(|age| age >= min_age));
    if !old || PidFile::read(&file.path) != *file {
        return Ok(false);
    }
    fs::remove_file(&file.path).map(|()| true)
}

/// Why, in the fewest words: the path is said elsewhere.
fn reason(error: &files::FilesError) -> String {
    match (std::error::Error::source(error), error) {
        (Some(cause), _) => said(cause),
        (None, files::FilesError::NotAFile { what, .. }) => format!("it is {what}"),
        (None, other) => other.to_string(),
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Says {
    let text = std::str::from_utf8(bytes).unwrap_or_default().trim_ascii();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Says::Garbage;
    }
    text.parse::<i64>().ok().and_then(|n| Pid::try_from(n).ok()).map_or(Says::Garbage, Says::Pid)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::args::pid_files;

    #[test]
    fn only_a_plain_positive_number_is_a_pid() {
        let pid = |n| Says::Pid(Pid::try_from(n).unwrap());
        assert_eq!(parse(b"4242"), pid(4242));
        assert_eq!(parse(b"4242\n"), pid(4242));
        for text in [
            "",
            "\n",
            "-5",
            "0",
            "1",
            "+7",
            "0x10",
            "99999999999999999999",
            "12 13",
            "12\0",
            "abc",
            "\u{ff14}",
        ] {
            assert_eq!(parse(text.as_bytes()), Says::Garbage, "{text:?}");
        }
        assert_eq!(parse(b"\xff\xfe"), Says::Garbage);
    }

    #[test]
    fn both_names_are_known_and_nothing_else() {
        let port = Port::try_from(8640).unwrap();
        let dirs = acecast_config::Dirs::under("/srv".as_ref());
        let names = pid_files(&dirs, port);
        let names = names.each_ref().map(|path| path.file_name().unwrap().to_str().unwrap());
        assert_eq!(names, ["acestreamengine-8640.pid", "acestream-8640.pid"]);
        assert_eq!(names.map(pid_file_port), [Some(port); 2]);
        for name in
            ["acestreamengine-0.pid", "acestreamengine-8640.pid.bak", "x-8640.pid", "acestreamengine-.pid"]
        {
            assert_eq!(pid_file_port(name), None, "{name}");
        }
    }

    #[test]
    fn whatever_is_at_the_path_is_read_without_a_hang() {
        let dir = tempfile::tempdir().unwrap();
        let at = |port: u16| dir.path().join(format!("acestreamengine-{port}.pid"));
        fs::write(at(1), "4242").unwrap();
        fs::create_dir(at(2)).unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", at(3)).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at(4), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        fs::write(at(5), "9".repeat(1000)).unwrap();
        let found = read_all(dir.path()).unwrap();
        let says: Vec<&Says> = found.values().map(|files| &files[0].says).collect();
        assert!(matches!(says[0], Says::Pid(_)));
        assert!(says[1..4].iter().all(|s| matches!(s, Says::Unreadable(_))), "{says:?}");
        assert!(!matches!(says[4], Says::Pid(_)));
    }

    #[test]
    fn a_file_that_changed_or_is_young_is_not_removed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("acestreamengine-8640.pid");
        fs::write(&path, "4242").unwrap();
        let seen = PidFile::read(&path);
        let never = std::time::Duration::from_secs(3600);
        assert!(!remove_if_unchanged(&seen, never).unwrap());
        fs::write(&path, "4243").unwrap();
        assert!(!remove_if_unchanged(&seen, std::time::Duration::ZERO).unwrap());
        assert!(remove_if_unchanged(&PidFile::read(&path), std::time::Duration::ZERO).unwrap());
        assert!(!path.exists());
    }
}
