use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::Write as _;
use std::time::Duration;

use super::*;

struct Dir {
    dir: tempfile::TempDir,
}

impl Dir {
    fn new() -> Dir {
        Dir { dir: tempfile::tempdir().unwrap() }
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("n.log")
    }

    fn append(&self, text: impl AsRef<[u8]>) {
        let mut log = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        log.write_all(text.as_ref()).unwrap();
    }

    fn rotate(&self) {
        fs::rename(self.log(), rotated(&self.log())).unwrap();
    }

    fn reader(&self) -> LogReader {
        LogReader::open(&self.log()).unwrap()
    }

    /// The last lines, the unfinished one among them.
    fn last(&self, most: usize) -> Vec<String> {
        let mut reader = self.reader();
        reader.seek_last(most).unwrap();
        let mut lines = all(&mut reader);
        lines.extend(reader.rest());
        lines
    }
}

fn all(reader: &mut LogReader) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        match reader.read().unwrap() {
            more if more.is_empty() => return lines,
            more => lines.extend(more),
        }
    }
}

#[test]
fn the_last_lines_reach_into_the_part_before() {
    let dir = Dir::new();
    dir.append("a\nb\nc\n");
    dir.rotate();
    dir.append("d\r\ne");
    assert_eq!(dir.last(1), ["e"]);
    assert_eq!(dir.last(2), ["d", "e"]);
    assert_eq!(dir.last(3), ["c", "d", "e"]);
    assert_eq!(dir.last(9), ["a", "b", "c", "d", "e"]);
    assert_eq!(dir.last(0), ["e"], "its end is still to come");
    fs::remove_file(dir.log()).unwrap();
    assert_eq!(dir.last(2), ["b", "c"], "only the part before is left");
}

#[test]
fn lines_are_counted_over_many_pieces() {
    let dir = Dir::new();
    let numbers: Vec<String> = (0..40_000).map(|n| format!("line {n}")).collect();
    dir.append(numbers.join("\n") + "\n");
    assert_eq!(dir.last(20_000), numbers[20_000..]);
    assert_eq!(dir.last(40_000), numbers);
    assert_eq!(dir.last(40_001), numbers);
}

#[test]
fn what_is_written_is_followed_and_a_line_comes_when_it_is_whole() {
    let dir = Dir::new();
    let mut reader = dir.reader();
    assert!(reader.is_missing() && all(&mut reader).is_empty());
    dir.append("one\ntw");
    assert_eq!(all(&mut reader), ["one"]);
    dir.append("o\n\nthree\n");
    assert_eq!(all(&mut reader), ["two", "", "three"]);
}

#[test]
fn rotation_loses_and_repeats_nothing() {
    let dir = Dir::new();
    dir.append("1\n");
    let mut reader = dir.reader();
    assert_eq!(all(&mut reader), ["1"]);
    // Whoever renames may write on until the new one is there, and leave a line without an end.
    let mut old = OpenOptions::new().append(true).open(dir.log()).unwrap();
    dir.append("2\n");
    dir.rotate();
    old.write_all(b"3\n4").unwrap();
    assert_eq!(all(&mut reader), ["2", "3"]);
    dir.append("5\n");
    assert_eq!(all(&mut reader), ["4", "5"]);
    // Twice between two looks.
    dir.append("6\n");
    dir.rotate();
    dir.append("7\n");
    dir.rotate();
    dir.append("8\n");
    assert_eq!(all(&mut reader), ["6", "7", "8"]);
    dir.append("9\n");
    assert_eq!(all(&mut reader), ["9"]);
}

#[test]
fn a_log_that_is_emptied_counts_from_its_beginning() {
    let dir = Dir::new();
    dir.append("a long line\nand another\n");
    let mut reader = dir.reader();
    assert_eq!(all(&mut reader).len(), 2);
    fs::write(dir.log(), "new\n").unwrap();
    assert_eq!(all(&mut reader), ["new"]);
    fs::write(dir.log(), "longer than what was there before\n").unwrap();
    assert_eq!(all(&mut reader), ["longer than what was there before"]);
}

#[test]
fn a_line_without_end_takes_no_more_memory_than_others() {
    let dir = Dir::new();
    dir.append(format!("{} secret{}\nnext\n", "word ".repeat(2000), "x".repeat(1 << 20)));
    let lines = dir.last(2);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].len() < 33_000 && lines[0].ends_with("word  …"), "{}", lines[0].len());
    assert!(!lines[0].contains("secret") && lines[1] == "next");
    assert_eq!(dir.last(1), ["next"]);
    let mut reader = dir.reader();
    dir.append("y".repeat(1 << 20));
    all(&mut reader);
    assert!(reader.unfinished.take().unwrap() == "…");
}

#[test]
fn no_line_of_a_key_is_shown_however_it_comes() {
    let dir = Dir::new();
    let body: Vec<String> = (0..12).map(|n| format!("MIICXAIBAAKBgQC7{n:0>40}")).collect();
    let begin = "-----BEGIN RSA PRIVATE KEY-----";
    let end = "-----END RSA PRIVATE KEY-----";
    let mut reader = dir.reader();
    let mut seen = Vec::new();
    for line in ["before", begin].into_iter().chain(body.iter().map(String::as_str)).chain([end, "after"]) {
        dir.append(format!("{line}\n"));
        seen.extend(all(&mut reader));
    }
    assert_eq!(seen, ["before", "****", "after"]);
    for most in 1..14 {
        let last = dir.last(most);
        assert!(last.iter().all(|line| !line.contains("MIIC")), "{most}: {last:?}");
        assert_eq!(last.last().unwrap(), "after");
    }
    // A piece with nothing in it but the rest of a key is not the end.
    dir.append(format!("{begin}\n{}\n{end}\n{}\nlast\n", body.join("\n"), "x".repeat(1 << 20)));
    assert_eq!(dir.last(6), ["…", "last"]);
}

#[test]
fn a_key_that_nothing_ends_does_not_hide_everything() {
    let dir = Dir::new();
    let mut reader = dir.reader();
    dir.append("-----BEGIN RSA PRIVATE KEY-----\n");
    assert_eq!(all(&mut reader), ["****"]);
    for _ in 0..20 {
        dir.append("1700000000|MainThread|peer\n".repeat(40));
        all(&mut reader);
    }
    dir.append("shown\n");
    assert_eq!(all(&mut reader), ["shown"]);
}

#[test]
fn what_was_written_to_last_before_a_moment_is_left_out() {
    let dir = Dir::new();
    dir.append("old\n");
    let now = SystemTime::now();
    let hour_ago = FileTimes::new().set_modified(now - Duration::from_secs(3600));
    File::options().append(true).open(dir.log()).unwrap().set_times(hour_ago).unwrap();
    dir.rotate();
    dir.append("new\n");
    let mut reader = dir.reader();
    reader.skip_before(now - Duration::from_secs(60)).unwrap();
    assert_eq!(all(&mut reader), ["new"]);
}

#[test]
fn what_is_no_log_is_an_error_and_not_waited_for() {
    let dir = Dir::new();
    let open = || LogReader::open(&dir.log()).map(drop).unwrap_err().to_string();
    fs::create_dir(dir.log()).unwrap();
    assert!(open().ends_with("is a folder, not a regular file"), "{}", open());
    fs::remove_dir(dir.log()).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, dir.log(), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert!(open().ends_with("is a FIFO, not a regular file"), "{}", open());
    fs::remove_file(dir.log()).unwrap();
    fs::write(dir.dir.path().join("other"), "precious\n").unwrap();
    std::os::unix::fs::symlink(dir.dir.path().join("other"), dir.log()).unwrap();
    assert!(open().ends_with("is a link, not a regular file"), "{}", open());
    // One that takes the log's place while it is followed is told once and then followed no more.
    fs::remove_file(dir.log()).unwrap();
    dir.append("one\n");
    let mut reader = dir.reader();
    assert_eq!(all(&mut reader), ["one"]);
    dir.rotate();
    fs::create_dir(dir.log()).unwrap();
    assert!(reader.read().is_err());
}
