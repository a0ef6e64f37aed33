use std::fs::{self, File};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::super::log::lock;
use super::super::open::to_append;
use super::*;

const WRITERS: usize = 8;
const EACH: usize = 60;

/// Writers side by side, each with its own numbers, in groups of three. `max_size` tells how often the log is begun anew.
fn write_all(dir: &Path, max_size: u64, ended: &AtomicUsize) {
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                let log = EventLog::with_max_size(dir, max_size);
                for n in (0..EACH).step_by(3) {
                    let first = 10_000 + writer * 1_000 + n;
                    log.append(&events(first..first + 3)).unwrap();
                }
                ended.fetch_add(1, Ordering::Release);
            });
        }
    });
}

fn size_of_all() -> u64 {
    (WRITERS * EACH * (event(10_000).line().len() + 1)) as u64
}

#[test]
fn several_writers_lose_nothing_when_the_log_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut follower) = Follower::begin(dir.path(), 0).unwrap();
    let ended = AtomicUsize::new(0);
    // Once: both files have all of it.
    let followed = thread::scope(|scope| {
        let (ended, path) = (&ended, dir.path());
        scope.spawn(move || write_all(path, size_of_all() * 2 / 3, ended));
        let mut followed = Vec::new();
        loop {
            let last = ended.load(Ordering::Acquire) == WRITERS;
            followed.extend(follower.poll().unwrap());
            if last {
                return numbers(&followed);
            }
            thread::yield_now();
        }
    });
    assert!(old(dir.path()).exists());
    let stored = numbers(&read(dir.path(), usize::MAX).unwrap());
    assert_eq!(followed, stored, "each once, in the order in which they were written");
    for group in stored.chunks(3) {
        assert_eq!(group, [group[0], group[0] + 1, group[0] + 2], "next to each other");
    }
    let mut sorted = stored;
    sorted.sort_unstable();
    let all = (0..WRITERS).flat_map(|writer| (0..EACH).map(move |n| 10_000 + writer * 1_000 + n));
    assert_eq!(sorted, all.collect::<Vec<_>>());
}

#[test]
fn no_line_is_torn_however_often_the_log_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    write_all(dir.path(), size_of_all() / 40, &AtomicUsize::new(0));
    let lines = read(dir.path(), usize::MAX).unwrap();
    let numbers = numbers(&lines);
    assert_eq!(numbers.len(), lines.len());
    assert!(numbers.chunks(3).all(|group| group == [group[0], group[0] + 1, group[0] + 2]), "{numbers:?}");
    assert!(fs::metadata(current(dir.path())).unwrap().len() <= size_of_all() / 40);
}

#[test]
fn readers_see_both_files_as_they_are_at_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let ended = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Every event begins the log anew.
            let log = EventLog::with_max_size(dir.path(), 1);
            (1000..1500).for_each(|n| log.append(&events([n])).unwrap());
            ended.store(1, Ordering::Release);
        });
        let mut last = 1000;
        while ended.load(Ordering::Acquire) == 0 {
            let seen = numbers(&read(dir.path(), 9).unwrap());
            assert!(seen.len() <= 2 && seen.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{seen:?}");
            let newest = seen.last().copied().unwrap_or(last);
            assert!(newest >= last, "{newest} after {last}");
            last = newest;
        }
    });
}

/// How many descriptors this process has on the file.
fn open_here(path: &Path) -> usize {
    let fds = fs::read_dir("/proc/self/fd").unwrap();
    fds.filter(|fd| fs::read_link(fd.as_ref().unwrap().path()).is_ok_and(|to| to == path)).count()
}

#[test]
fn whoever_waited_for_a_log_that_was_replaced_writes_to_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    // As the kernel shows it.
    let dir = fs::canonicalize(dir.path()).map(|path| (dir, path)).unwrap();
    let path = current(&dir.1);
    EventLog::new(&dir.1).append(&events([1])).unwrap();
    let holder = File::open(&path).unwrap();
    holder.lock().unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| EventLog::new(&dir.1).append(&events([2])));
        while open_here(&path) < 2 {
            thread::yield_now();
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, "").unwrap();
        drop(holder);
        writer.join().unwrap().unwrap();
    });
    assert_eq!(numbers(&read(&dir.1, 9).unwrap()), [2]);
}

#[test]
fn a_lock_that_is_held_for_ever_is_not_waited_for_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    EventLog::new(dir.path()).append(&events([1])).unwrap();
    let holder = File::open(current(dir.path())).unwrap();
    holder.lock().unwrap();
    let log = to_append(&current(dir.path())).unwrap();
    let error = lock(&log, std::time::Instant::now()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
}
