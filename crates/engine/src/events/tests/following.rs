use std::fs::{self, OpenOptions};
use std::io::Write as _;

use super::*;

/// Room for three events of two digits.
fn small(dir: &Path) -> EventLog {
    EventLog::with_max_size(dir, 3 * (event(10).line().len() as u64 + 1) + 1)
}

#[test]
fn what_is_written_after_the_beginning_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let log = EventLog::new(dir.path());
    let (lines, mut early) = Follower::begin(dir.path(), 9).unwrap();
    assert!(lines.is_empty() && early.poll().unwrap().is_empty(), "no log yet");
    log.append(&events([1, 2, 3])).unwrap();
    let (lines, mut late) = Follower::begin(dir.path(), 1).unwrap();
    assert_eq!(numbers(&lines), [3]);
    assert!(late.poll().unwrap().is_empty());
    assert_eq!(numbers(&early.poll().unwrap()), [1, 2, 3]);
    log.append(&events([4])).unwrap();
    assert_eq!(numbers(&early.poll().unwrap()), [4]);
    assert_eq!(numbers(&late.poll().unwrap()), [4]);
    let (lines, mut latest) = Follower::begin(dir.path(), 0).unwrap();
    assert!(lines.is_empty() && latest.poll().unwrap().is_empty());
}

#[test]
fn only_whole_lines() {
    let dir = tempfile::tempdir().unwrap();
    let log = EventLog::new(dir.path());
    log.append(&events([1])).unwrap();
    let (_, mut follower) = Follower::begin(dir.path(), 0).unwrap();
    let mut file = OpenOptions::new().append(true).open(current(dir.path())).unwrap();
    for byte in event(2).line().bytes() {
        file.write_all(&[byte]).unwrap();
        assert!(follower.poll().unwrap().is_empty());
    }
    file.write_all(b"\n").unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [2]);
    // One that is longer than a piece, in two parts, of which the second could be a line.
    file.write_all(&vec![b'x'; 8 * MAX_LINE]).unwrap();
    assert!(follower.poll().unwrap().is_empty());
    file.write_all(b"xxx").unwrap();
    log.append(&events([3])).unwrap();
    assert_eq!(follower.poll().unwrap(), [event(3).line()]);
}

#[test]
fn a_log_that_is_begun_anew_is_followed_without_a_gap() {
    let dir = tempfile::tempdir().unwrap();
    let log = small(dir.path());
    log.append(&events([10])).unwrap();
    let (_, mut follower) = Follower::begin(dir.path(), 0).unwrap();
    let mut next = 11;
    // Up to five new ones are in the file that was read, in one that came and went, and in the new one.
    for count in [1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 1, 5, 5] {
        (next..next + count).for_each(|n| log.append(&events([n])).unwrap());
        assert_eq!(numbers(&follower.poll().unwrap()), (next..next + count).collect::<Vec<_>>());
        next += count;
    }
    assert!(follower.poll().unwrap().is_empty());
}

#[test]
fn what_is_gone_for_good_is_left_out_and_nothing_comes_twice() {
    let dir = tempfile::tempdir().unwrap();
    let log = small(dir.path());
    log.append(&events([10])).unwrap();
    let (_, mut follower) = Follower::begin(dir.path(), 0).unwrap();
    // 10 to 12, 13 to 15, 16 to 18, 19 and 20: the second file is not there any more.
    (11..=20).for_each(|n| log.append(&events([n])).unwrap());
    assert_eq!(numbers(&follower.poll().unwrap()), [11, 12, 16, 17, 18, 19, 20]);
    // The log is deleted: the part before it is an old one.
    fs::remove_file(current(dir.path())).unwrap();
    assert!(follower.poll().unwrap().is_empty());
    log.append(&events([21])).unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [21]);
    // Both are.
    fs::remove_file(current(dir.path())).unwrap();
    fs::remove_file(old(dir.path())).unwrap();
    log.append(&events([22])).unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [22]);
}

#[test]
fn between_the_rename_and_the_new_log_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let log = EventLog::new(dir.path());
    log.append(&events([1])).unwrap();
    let (_, mut follower) = Follower::begin(dir.path(), 0).unwrap();
    log.append(&events([2])).unwrap();
    fs::rename(current(dir.path()), old(dir.path())).unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [2]);
    assert!(follower.poll().unwrap().is_empty());
    assert_eq!(numbers(&read(dir.path(), 9).unwrap()), [1, 2]);
    log.append(&events([3])).unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [3]);
}

#[test]
fn a_log_that_was_emptied_in_its_place_counts_from_its_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let log = EventLog::new(dir.path());
    log.append(&events([1, 2])).unwrap();
    let (_, mut follower) = Follower::begin(dir.path(), 0).unwrap();
    let empty = || OpenOptions::new().write(true).open(current(dir.path())).unwrap().set_len(0).unwrap();
    empty();
    log.append(&events([3])).unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [3]);
    // It has grown beyond where it was, and no line ends there.
    empty();
    log.append(&events([4444, 5, 6])).unwrap();
    assert_eq!(numbers(&follower.poll().unwrap()), [4444, 5, 6]);
    empty();
    assert!(follower.poll().unwrap().is_empty());
}
