//! Row: the wall clock jumps: nothing changes. Deadlines are monotonic, identity is ticks.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::machine::unshare;
use crate::support::{Running, Site, aged, node};

/// The clock that counts from boot differs between containers; who a node is does not depend on it.
#[test]
fn a_clock_that_counts_from_another_boot() {
    let test = "a_clock_that_counts_from_another_boot";
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    for args in [&["plan", "--detailed-exitcode"] as &[&str], &["start"], &["status"]] {
        let Some(mut inside) =
            unshare(test, &["--time", "--boottime", "100000000", "--monotonic", "5000000"])
        else {
            return;
        };
        let command = site.command(args);
        inside.arg(command.get_program()).args(command.get_args());
        let _ = Running::start(inside).wait().exit(0);
    }
    assert_eq!(site.pids(), before);
}

/// What a jump of the wall clock leaves behind are files from the future, or from long ago.
#[test]
fn files_from_the_future_and_from_long_ago() {
    let site = Site::new();
    let [future, past] = site.ports();
    site.sources(&[site.ts("future", future), site.ts("past", past)]);
    site.start();
    let before = site.pids();
    let day = Duration::from_secs(24 * 3600);
    let times = [(future, SystemTime::now() + 3650 * day), (past, SystemTime::UNIX_EPOCH + day)];
    for (port, time) in times {
        for path in [
            site.pid_file(port),
            site.metadata(&format!("{}.sauth", if port == past { "past" } else { "future" })),
        ] {
            File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
        }
    }
    site.assert_nothing_to_do();
    assert_eq!(site.pids(), before);
    // A stale one from the future cannot be told from one that is just being written: it stays until time has passed.
    let port = site.port();
    aged(&site.pid_file(port), "4194304");
    let file = File::options().append(true).open(site.pid_file(port)).unwrap();
    file.set_modified(SystemTime::now() + day).unwrap();
    site.start();
    assert!(site.pid_file(port).exists());
    assert_eq!(node(&site.json(&["status"], 0), port)["state"], "stale");
    assert_eq!(site.pids(), before);
}

/// The engine crate asks for the wall clock nowhere but to judge the age of files that are rubbish already, or that are
/// read once more while they are young, and to say when something happened.
#[test]
fn nothing_else_reads_the_wall_clock() {
    let allowed = ["pid_file.rs", "temporary.rs", "event.rs", "looks.rs"];
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("tests")).then_some(path));
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let code: String = code.lines().filter(is_code).collect::<Vec<_>>().join("\n");
            let reads = ["SystemTime::now", "ClockId::Realtime", ".elapsed().is_ok_and"];
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name != "tests.rs"
                && reads.iter().any(|read| code.contains(read))
                && !allowed.contains(&name.as_str())
            {
                found.push(path);
            }
        }
    }
    assert!(found.is_empty(), "the wall clock is read in {found:?}");
}
