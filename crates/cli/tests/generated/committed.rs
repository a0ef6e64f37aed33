//! Files that are made, and committed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How to make them again.
const AGAIN: &str = "make it again: ACECAST_WRITE=1 cargo test -p acecast-cli --test generated";

/// A place in the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The folder has exactly these files of this kind. With `ACECAST_WRITE` it is made so.
#[track_caller]
pub(crate) fn check(folder: &str, ending: &str, files: &BTreeMap<String, String>) {
    let dir = repository(folder);
    let there = || -> Vec<String> {
        let names =
            fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(ending)).collect()
    };
    if std::env::var_os("ACECAST_WRITE").is_some() {
        for name in there().iter().filter(|name| !files.contains_key(*name)) {
            fs::remove_file(dir.join(name)).unwrap();
        }
        for (name, text) in files {
            fs::write(dir.join(name), text).unwrap();
        }
    }
    for name in there() {
        assert!(files.contains_key(&name), "{folder}/{name} is left over; {AGAIN}");
    }
    for (name, text) in files {
        let found = fs::read_to_string(dir.join(name)).unwrap_or_default();
        let line = found.lines().zip(text.lines()).position(|(found, text)| found != text);
        let line = line.unwrap_or(found.lines().count().min(text.lines().count())) + 1;
        assert!(found == *text, "{folder}/{name}:{line} is not current; {AGAIN}");
    }
}

/// Says that something could not be tried on this machine, past the harness, which shows no output of tests that pass.
pub(crate) fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
}

/// A program is there.
pub(crate) fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}
