use std::error::Error as _;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::os::unix::net::UnixListener;

use super::*;

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names_in(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_replaced_whole_with_the_mode_that_is_meant() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    write_atomic(&path, b"one", PUBLIC).unwrap();
    assert_eq!(mode_of(&path), 0o644);
    let first = fs::metadata(&path).unwrap().ino();
    write_atomic(&path, b"two", PRIVATE).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(mode_of(&path), 0o600);
    assert_ne!(fs::metadata(&path).unwrap().ino(), first, "written in place");
    assert_eq!(names_in(dir.path()), ["a"]);
}

#[test]
fn a_failed_write_names_the_file_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("folder");
    fs::create_dir(&path).unwrap();
    let error = write_atomic(&path, b"x", PRIVATE).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write {}", path.display()));
    assert!(error.source().is_some());
    assert_eq!(names_in(dir.path()), ["folder"]);
    let missing = dir.path().join("no/such/a");
    assert!(matches!(write_atomic(&missing, b"x", PRIVATE), Err(FilesError::Write { .. })));
}

#[test]
fn a_link_is_replaced_and_what_it_names_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (target, link) = (dir.path().join("target"), dir.path().join("link"));
    fs::write(&target, "theirs").unwrap();
    symlink(&target, &link).unwrap();
    write_atomic(&link, b"ours", PRIVATE).unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"theirs");
    assert_eq!(fs::read(&link).unwrap(), b"ours");
}

#[test]
fn what_is_the_same_is_not_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    assert!(write_if_changed(&path, b"one", PUBLIC).unwrap());
    let first = fs::metadata(&path).unwrap().ino();
    assert!(!write_if_changed(&path, b"one", PUBLIC).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().ino(), first);
    assert!(write_if_changed(&path, b"two", PUBLIC).unwrap());
    assert!(write_if_changed(&path, b"longer", PUBLIC).unwrap());
    assert!(write_if_changed(&path, b"longer", PRIVATE).unwrap(), "another mode");
    assert_eq!(mode_of(&path), 0o600);
}

#[test]
fn reading_stops_at_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    assert!(matches!(read_bounded(&path, 5), Ok(None)));
    fs::write(&path, "12345").unwrap();
    assert_eq!(read_bounded(&path, 5).unwrap().unwrap(), b"12345");
    assert!(matches!(read_bounded(&path, 4), Err(FilesError::TooLarge { limit: 4, .. })));
}

#[test]
fn what_is_no_regular_file_is_named_and_never_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let fifo = dir.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let said = |path: &Path| read_bounded(path, 10).unwrap_err().to_string();
    assert_eq!(said(&fifo), format!("{} is a FIFO, not a regular file", fifo.display()));
    assert!(said(dir.path()).ends_with(" is a folder, not a regular file"));
    assert!(said(Path::new("/dev/zero")).ends_with(" is a device, not a regular file"));
    let socket = dir.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    assert!(matches!(read_bounded(&socket, 10), Err(FilesError::Read { .. })));
    let dangling = dir.path().join("dangling");
    symlink(dir.path().join("nothing"), &dangling).unwrap();
    assert!(matches!(read_bounded(&dangling, 10), Ok(None)));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    create_dir_all(&dir.path().join("a/b")).unwrap();
    create_dir_all(&dir.path().join("a/b")).unwrap();
    let error = create_dir_all(&dir.path().join("x".repeat(300))).unwrap_err();
    assert!(error.to_string().starts_with("cannot create the folder /"), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn a_folder_of_another_user_is_refused_even_to_root() {
    let dir = tempfile::tempdir().unwrap();
    refuse_foreign_owner(dir.path()).unwrap();
    refuse_foreign_owner(&dir.path().join("missing")).unwrap();
    let (theirs, owner) = if nix::unistd::Uid::effective().is_root() {
        chown(dir.path(), Some(54_321), None).unwrap();
        (dir.path(), "54321")
    } else {
        (Path::new("/"), "root")
    };
    let error = refuse_foreign_owner(theirs).unwrap_err();
    assert_eq!(error.to_string(), format!("{} belongs to user {owner}: run as {owner}", theirs.display()));
}

#[test]
fn a_hostile_name_is_escaped_in_messages() {
    assert_eq!(shown(Path::new("/a\u{1b}\n")), "/a\\u{1b}\\n");
}

#[test]
fn what_is_in_the_place_of_a_folder_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let said = |path: &Path| create_dir_all(path).unwrap_err().to_string().replace(&shown(dir.path()), "");
    let at = |name: &str| dir.path().join(name);
    fs::write(at("log"), "").unwrap();
    assert_eq!(said(&at("log")), "/log is a file, not a folder");
    assert_eq!(said(&at("log/a/b")), "/log is a file, not a folder");
    symlink(at("log"), at("link")).unwrap();
    assert_eq!(said(&at("link")), "/link is a file, not a folder");
    symlink("/nowhere/at/all", at("lost")).unwrap();
    assert_eq!(said(&at("lost")), "/lost is a link to nothing, not a folder");
    let _socket = UnixListener::bind(at("socket")).unwrap();
    assert_eq!(said(&at("socket")), "/socket is a socket, not a folder");

    create_dir_all(&at("new/and/deep")).unwrap();
    symlink(at("new"), at("other")).unwrap();
    create_dir_all(&at("other/and")).unwrap();
}
