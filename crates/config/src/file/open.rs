//! Opening what may be anything by now, without waiting for anybody.
//!
//! One idea: what a path leads to is asked of the open file, as it may be something else a moment later. A pipe, a
//! terminal or a device has no bytes to wait for here, and neither have the kernel's own files, which say that they are
//! empty: reading `/proc/kmsg` would wait for a message, and take it away from whoever logs it.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::path::Path;

use super::Unread;

/// A regular file.
pub(super) struct Opened {
    /// To be read from; `None` if there is nothing in it.
    pub(super) file: Option<File>,
    /// Who may do what with it, as far as the system tells.
    pub(super) mode: Option<u32>,
}

/// Opens the file, if it is a regular one.
pub(super) fn open(path: &Path) -> Result<Opened, Unread> {
    // To open a device may already do something, so one that is there is not even opened.
    regular(&fs::metadata(path).map_err(Unread::Failed)?)?;
    open_anything(path)
}

fn open_anything(path: &Path) -> Result<Opened, Unread> {
    let file = options().open(path).map_err(Unread::Failed)?;
    let metadata = file.metadata().map_err(Unread::Failed)?;
    regular(&metadata)?;
    Ok(Opened { file: Some(file).filter(|_| metadata.len() > 0), mode: mode(&metadata) })
}

fn regular(metadata: &Metadata) -> Result<(), Unread> {
    let kind = metadata.file_type();
    if kind.is_file() { Ok(()) } else { Err(Unread::NotAFile(name_of(kind))) }
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    // The library adds O_CLOEXEC.
    options.read(true).custom_flags(WITHOUT_WAITING);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// `O_NONBLOCK | O_NOCTTY` as Linux has them (asm-generic/fcntl.h) on all processors but a few old ones: a FIFO is not
/// waited for, and a terminal does not become this process's.
#[cfg(unix)]
const WITHOUT_WAITING: i32 = if cfg!(all(
    target_os = "linux",
    not(any(target_arch = "mips", target_arch = "mips64", target_arch = "sparc64"))
)) {
    0o4000 | 0o400
} else {
    0
};

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "something else" }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "not every system has modes")]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(metadata.mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_became_a_pipe_since_it_was_looked_at_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (done, is_done) = channel();
        let reader = thread::spawn({
            let pipe = pipe.clone();
            move || done.send(matches!(open_anything(&pipe), Err(Unread::NotAFile("a FIFO"))))
        });
        let found = is_done.recv_timeout(Duration::from_secs(10));
        // Whoever waits for a writer gets one, so that the thread ends in any case.
        drop(OpenOptions::new().read(true).write(true).open(&pipe));
        reader.join().unwrap().unwrap();
        assert_eq!(found, Ok(true));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_kernels_own_files_are_empty() {
        for path in ["/proc/kmsg", "/proc/self/stat"] {
            match open(Path::new(path)) {
                Ok(opened) => assert!(opened.file.is_none(), "{path}"),
                // Not everybody may open the first one.
                Err(why) => assert!(matches!(why, Unread::Failed(_)), "{path}"),
            }
        }
        assert!(matches!(open(Path::new("/dev/zero")), Err(Unread::NotAFile("a device"))));
    }
}
