use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::files::FilesError;

fn append_raw(dir: &Path, bytes: &[u8]) {
    OpenOptions::new().append(true).open(current(dir)).unwrap().write_all(bytes).unwrap();
}

#[test]
fn events_are_appended_to_a_private_file() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("a/state");
    let log = EventLog::new(&state);
    log.append(&[]).unwrap();
    assert!(!state.exists());
    assert!(read(&state, 5).unwrap().is_empty());
    log.append(&events([1, 2])).unwrap();
    EventLog::new(&state).append(&events([3])).unwrap();
    let mode = fs::metadata(current(&state)).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let whole: String = events([1, 2, 3]).iter().map(|event| event.line() + "\n").collect();
    assert_eq!(fs::read_to_string(current(&state)).unwrap(), whole);
    assert_eq!(numbers(&read(&state, 2).unwrap()), [2, 3]);
    assert_eq!(read(&state, 1).unwrap(), [event(3).line()]);
    assert_eq!(read(&state, 0).unwrap(), [""; 0]);
}

#[test]
fn a_last_line_that_was_cut_anywhere_does_not_swallow_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let last = event(2).line() + "\n";
    for cut in 0..=last.len() {
        let path = current(dir.path());
        fs::write(&path, event(1).line() + "\n" + &last[..cut]).unwrap();
        let whole = if cut == last.len() { vec![1, 2] } else { vec![1] };
        assert_eq!(numbers(&read(dir.path(), 9).unwrap()), whole, "cut at {cut}");
        let (lines, mut follower) = Follower::begin(dir.path(), 9).unwrap();
        assert_eq!(numbers(&lines), whole, "cut at {cut}");

        EventLog::new(dir.path()).append(&events([3])).unwrap();
        // Only the line end is missing: the event is whole.
        let all = if cut >= last.len() - 1 { vec![1, 2, 3] } else { vec![1, 3] };
        let lines = read(dir.path(), 9).unwrap();
        assert_eq!(numbers(&lines), all, "cut at {cut}");
        assert_eq!(lines.len(), if cut == 0 { 2 } else { 3 }, "no empty lines");
        assert_eq!(numbers(&follower.poll().unwrap()), all[whole.len()..], "cut at {cut}");
    }
}

#[test]
fn a_log_that_is_full_is_begun_anew_and_one_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let len = event(10).line().len() as u64 + 1;
    // Three lines, and the line end that might be needed.
    let log = EventLog::with_max_size(dir.path(), 3 * len + 1);
    for n in 10..18 {
        log.append(&events([n])).unwrap();
    }
    let names =
        |path| numbers(&fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(names(old(dir.path())), [13, 14, 15]);
    assert_eq!(names(current(dir.path())), [16, 17]);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    assert_eq!(numbers(&read(dir.path(), 4).unwrap()), [14, 15, 16, 17], "over both");
    assert_eq!(numbers(&read(dir.path(), 99).unwrap()), [13, 14, 15, 16, 17]);
    // More at once than there is room for is still written, in one file.
    log.append(&events(20..30)).unwrap();
    assert_eq!(names(current(dir.path())), (20..30).collect::<Vec<_>>());
    // The log was deleted, and what was before it is still there.
    fs::remove_file(current(dir.path())).unwrap();
    assert_eq!(numbers(&read(dir.path(), 9).unwrap()), [16, 17]);
}

#[test]
fn a_long_log_is_read_from_its_end() {
    let dir = tempfile::tempdir().unwrap();
    EventLog::new(dir.path()).append(&events(0..2_000)).unwrap();
    for most in [1, 300, 700, 1_999, 2_000, 2_001] {
        let expected: Vec<usize> = (2_000usize.saturating_sub(most)..2_000).collect();
        assert_eq!(numbers(&read(dir.path(), most).unwrap()), expected, "{most}");
    }
    // The first piece holds so many and a part of one more, which is no line.
    let held = 64 * 1024 / (event(1_999).line().len() + 1);
    for most in [held, held + 1] {
        let lines = read(dir.path(), most).unwrap();
        assert_eq!((lines.len(), numbers(&lines).len()), (most, most));
    }
}

#[test]
fn what_others_wrote_is_bounded_and_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let log = EventLog::new(dir.path());
    log.append(&events([1])).unwrap();
    append_raw(dir.path(), b"\x1b[2J\xff\r\n\n\n");
    append_raw(dir.path(), &vec![b'x'; MAX_LINE + 1]);
    append_raw(dir.path(), b"\n");
    append_raw(dir.path(), &vec![b'y'; MAX_LINE]);
    log.append(&events([2])).unwrap();
    let lines = read(dir.path(), 99).unwrap();
    assert_eq!(numbers(&lines), [1, 2]);
    assert_eq!(lines[1..3], ["\\u001b[2J\u{fffd}".to_owned(), "y".repeat(MAX_LINE)]);
    assert_eq!(lines.len(), 4);
    // A hole of any size, which is one line: only a bounded piece of it is looked at.
    let file = OpenOptions::new().write(true).open(current(dir.path())).unwrap();
    file.set_len(1 << 32).unwrap();
    assert_eq!(read(dir.path(), 99).unwrap(), [""; 0]);
    log.append(&events([3])).unwrap();
    assert_eq!(numbers(&read(dir.path(), 99).unwrap()), [3], "begun anew, as it is too long");
}

#[test]
fn what_is_no_file_is_neither_followed_nor_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let victim = dir.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let state = |name: &str| {
        let state = dir.path().join(name);
        fs::create_dir(&state).unwrap();
        state
    };
    let (link, dangling, fifo, folder) = (state("link"), state("dangling"), state("fifo"), state("folder"));
    symlink(&victim, current(&link)).unwrap();
    symlink(dir.path().join("nothing"), current(&dangling)).unwrap();
    let mode = 0o600.into();
    rustix::fs::mknodat(rustix::fs::CWD, current(&fifo), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    fs::create_dir(current(&folder)).unwrap();
    for state in [&link, &dangling, &fifo, &folder] {
        let error = EventLog::new(state).append(&events([1])).unwrap_err();
        assert!(matches!(error, FilesError::Write { .. } | FilesError::NotAFile { .. }), "{error}");
        assert!(read(state, 5).is_err(), "{}", state.display());
        assert!(Follower::begin(state, 5).is_err(), "{}", state.display());
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert!(!dir.path().join("nothing").exists());
    // A link in place of the old part is replaced.
    let full = state("full");
    symlink(&victim, old(&full)).unwrap();
    EventLog::with_max_size(&full, 1).append(&events([1])).unwrap();
    EventLog::with_max_size(&full, 1).append(&events([2])).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(numbers(&read(&full, 9).unwrap()), [1, 2]);
}

#[test]
fn what_cannot_be_renamed_or_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let log = EventLog::with_max_size(dir.path(), 1);
    log.append(&events([1])).unwrap();
    fs::create_dir(old(dir.path())).unwrap();
    assert!(matches!(log.append(&events([2])), Err(FilesError::Rename { .. })));
    fs::remove_dir(old(dir.path())).unwrap();
    log.append(&events([3])).unwrap();
    assert_eq!(numbers(&read(dir.path(), 9).unwrap()), [1, 3]);
    let beneath = EventLog::new(&current(dir.path()));
    assert!(matches!(beneath.append(&events([4])), Err(FilesError::NotADir { .. })));
}
