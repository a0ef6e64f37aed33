//! Rows about the lock: one apply at a time.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Running, Site, eventually, outcomes};

/// A start that goes on for some seconds, with its engine started.
fn slow_start(site: &Site, port: u16) -> Running {
    site.script("stable", json!({"*": {"ready_ms": 2_500, "stop_ms": 5}}));
    site.sources(&[site.ts("news", port)]);
    let start = site.begin(&["start"]);
    eventually("the slow engine is started", || (!site.pids().is_empty()).then_some(()));
    start
}

/// The lock file is deleted while held: the next run notices that its lock is not the file at the path, and locks
/// again. Nothing is started twice, even if both runs go on.
#[test]
fn the_lock_file_is_deleted_while_held() {
    let site = Site::new();
    let port = site.port();
    let lock = site.root().join("run/.acecast.lock");
    let first = slow_start(&site, port);
    let waiting = site.begin(&["start", "--lock-timeout", "30", "-o", "json"]);
    eventually("the second run has the lock's file open", || {
        let folder = format!("/proc/{}/fd", waiting.pid());
        let mut open = fs::read_dir(folder).ok()?.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok());
        open.any(|path| path == lock).then_some(())
    });
    let was = fs::metadata(&lock).unwrap().ino();
    fs::remove_file(&lock).unwrap();
    // Whoever is next makes a file of its own, and finds what the first one has started.
    let third = site.acecast(&["start", "--lock-timeout", "30", "-o", "json"]).exit(0);
    assert_eq!(outcomes(&third.doc()), [("kept", 1)].into(), "{third}");
    assert_ne!(fs::metadata(&lock).unwrap().ino(), was);
    first.wait().exit(0);
    let second = waiting.wait().exit(0);
    assert_eq!(outcomes(&second.doc()), [("kept", 1)].into(), "{second}");
    assert_eq!(site.pids().len(), 1);
    site.assert_nothing_to_do();
}

/// The lock dies with its holder, however that ends, and the holder's engines do not keep it.
#[test]
fn the_lock_dies_with_its_holder() {
    let site = Site::new();
    let port = site.port();
    for signal in [Signal::KILL, Signal::ABORT, Signal::TERM] {
        let first = slow_start(&site, port);
        let pids = site.pids();
        site.acecast(&["start"]).exit(5).says(&first.pid().to_string());
        first.signal(signal);
        let _ = first.wait();
        let began = Instant::now();
        let report = site.json(&["start"], 0);
        assert!(began.elapsed() < Duration::from_secs(10));
        assert_eq!(outcomes(&report), [("kept", 1)].into(), "{report:#}");
        assert_eq!(site.pids(), pids);
        site.acecast(&["stop", "all"]).exit(0);
    }
}

/// Two applies at the same time, from nothing: one does it, the other says who does, and every node is there once.
#[test]
fn two_applies_at_the_same_time() {
    let site = Site::new();
    let ports: [u16; 3] = site.ports();
    site.script("stable", json!({"*": {"ready_ms": 300}}));
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    let runs: Vec<Running> = (0..6).map(|_| site.begin(&["start"])).collect();
    let ends: Vec<_> = runs.into_iter().map(Running::wait).collect();
    let done = ends.iter().filter(|ran| ran.code == Some(0)).count();
    assert!(done >= 1 && ends.iter().all(|ran| matches!(ran.code, Some(0 | 5))), "{ends:#?}");
    assert!(ends.iter().filter(|ran| ran.code == Some(5)).all(|ran| ran.stderr.contains("holds the lock")));
    assert_eq!(site.pids().len(), 3);
    site.assert_nothing_to_do();
}
