use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use super::*;

fn try_once(dir: &Path) -> Result<ApplyLock, LockError> {
    ApplyLock::acquire(dir, Duration::ZERO, &|| false, &mut |_| panic!("waited"))
}

/// A lock that is free. A process which another test forks at this moment may hold the descriptor until its exec.
fn take(dir: &Path) -> ApplyLock {
    ApplyLock::acquire(dir, Duration::from_secs(10), &|| false, &mut |_| {}).unwrap()
}

fn me() -> Pid {
    Pid::try_from(i64::from(std::process::id())).unwrap()
}

/// Another process that holds the lock and has said so.
fn holder(dir: &Path) -> Child {
    let mut child = Command::new("flock")
        .arg(dir.join(FILE_NAME))
        .args(["sh", "-c", "echo held; exec cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    child
}

#[test]
fn the_second_run_is_told_who_is_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let first = try_once(dir.path()).unwrap();
    let path = dir.path().join(FILE_NAME);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", me()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let error = try_once(dir.path()).unwrap_err();
    assert_eq!(error.to_string(), format!("another run (pid {}) holds the lock {}", me(), path.display()));
    drop(first);
    assert_eq!(take(dir.path()).path(), path, "the file stays and is used again");
}

#[test]
fn the_lock_ends_with_its_holder() {
    let dir = tempfile::tempdir().unwrap();
    let mut other = holder(dir.path());
    assert!(matches!(try_once(dir.path()), Err(LockError::Held { holder: None, .. })));
    // The lock tool and what it runs hold the descriptor; the one ends with the other's input.
    drop(other.stdin.take());
    other.wait().unwrap();
    let _lock = take(dir.path());
}

#[test]
fn waiting_ends_as_soon_as_the_other_run_does() {
    let dir = tempfile::tempdir().unwrap();
    let first = try_once(dir.path()).unwrap();
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(move || {
            ApplyLock::acquire(dir.path(), Duration::from_secs(30), &|| false, &mut |holder| {
                tell.send(holder).unwrap();
            })
        });
        assert_eq!(told.recv().unwrap(), Some(me()));
        drop(first);
        let _lock = second.join().unwrap().unwrap();
        assert!(told.recv().is_err(), "told once");
    });
}

#[test]
fn waiting_ends_in_time_and_when_called_off() {
    let dir = tempfile::tempdir().unwrap();
    let _first = try_once(dir.path()).unwrap();
    let started = Instant::now();
    let wait = |timeout, cancelled: &dyn Fn() -> bool| {
        ApplyLock::acquire(dir.path(), timeout, cancelled, &mut |_| {})
    };
    let error = wait(Duration::from_millis(120), &|| false).unwrap_err();
    assert!(matches!(error, LockError::Held { .. }));
    assert!(started.elapsed() >= Duration::from_millis(120));
    let error = wait(Duration::from_secs(3600), &|| true).unwrap_err();
    assert!(matches!(error, LockError::Cancelled { .. }));
}

#[test]
fn a_lock_on_a_file_that_is_not_at_the_path_is_no_lock() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let opened = std::cell::Cell::new(0);
    // Somebody deletes the file, then replaces it, each time between open and lock.
    let open_late = |path: &Path| {
        let file = open(path)?;
        opened.set(opened.get() + 1);
        if opened.get() < 3 {
            fs::remove_file(path).unwrap();
        }
        if opened.get() == 2 {
            fs::write(path, "").unwrap();
        }
        Ok(file)
    };
    let lock =
        ApplyLock::acquire_opened(path.clone(), &open_late, Duration::ZERO, &|| false, &mut |_| {}).unwrap();
    assert_eq!(opened.get(), 3);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", me()), "the one at the path is held");
    assert!(matches!(try_once(dir.path()), Err(LockError::Held { .. })));
    drop(lock);
}

#[test]
fn a_run_that_waited_for_a_deleted_file_locks_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let first = try_once(dir.path()).unwrap();
    fs::remove_file(&path).unwrap();
    // What deletes a held lock allows a second run: that is its fault. The two that come after exclude each other.
    let second = try_once(dir.path()).unwrap();
    drop(first);
    assert!(matches!(try_once(dir.path()), Err(LockError::Held { .. })));
    drop(second);
}

#[test]
fn whatever_else_is_at_the_path_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let refused = || {
        let error = try_once(dir.path()).unwrap_err();
        assert_eq!(error.to_string(), format!("the lock {} is not a regular file", path.display()));
    };
    fs::create_dir(&path).unwrap();
    refused();
    fs::remove_dir(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    refused();
    fs::remove_file(&path).unwrap();
    let target = dir.path().join("target");
    symlink(&target, &path).unwrap();
    refused();
    assert!(!target.exists(), "the link was followed");
}

#[test]
fn a_missing_pid_dir_is_said() {
    let error = try_once(Path::new("/no/such/dir")).unwrap_err();
    assert_eq!(error.to_string(), "cannot take the lock /no/such/dir/.acecast.lock");
}

#[test]
fn garbage_in_the_file_is_no_holder() {
    for text in ["", "garbage", "-5", "0", "1", "99999999999999999999", "\0\0\0"] {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        assert_eq!(read_holder(&file), None, "{text:?}");
    }
}
