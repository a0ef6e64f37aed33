//! Opening a node's log for its output.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::{WITHOUT_WAITING, explained, folder_of};

/// Opens a log to append to, and makes it if it is missing.
///
/// Whoever may write to the log dir could put something else in its place: a link is not followed, and a FIFO is an
/// error instead of a wait for somebody to read it.
pub(crate) fn open_log(path: &Path) -> io::Result<File> {
    let flags = WITHOUT_WAITING | libc::O_NOFOLLOW;
    let log = OpenOptions::new().append(true).create(true).custom_flags(flags).open(path);
    let log = log.map_err(|error| explained(error, folder_of(path)))?;
    if log.metadata()?.is_file() { Ok(log) } else { Err(io::Error::other("not a regular file")) }
}

/// Begins a log anew. The old one is unlinked rather than emptied, as it may have other names.
pub(crate) fn renew_log(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => open_log(path).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_is_no_log_of_its_own_is_neither_followed_nor_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("victim"), "precious").unwrap();
        std::os::unix::fs::symlink(at("victim"), at("link")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("dangling")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
            .unwrap();
        for name in ["link", "dangling", "fifo"] {
            assert!(open_log(&at(name)).is_err(), "{name}");
        }
        fs::hard_link(at("victim"), at("hard")).unwrap();
        renew_log(&at("hard")).unwrap();
        assert_eq!(fs::read_to_string(at("victim")).unwrap(), "precious");
        assert!(!at("nothing").exists());
    }

    #[test]
    fn a_log_is_appended_to_until_it_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        for _ in 0..2 {
            open_log(&log).unwrap().write_all(b"x").unwrap();
        }
        assert_eq!(fs::read_to_string(&log).unwrap(), "xx");
        renew_log(&log).unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "");
    }
}
