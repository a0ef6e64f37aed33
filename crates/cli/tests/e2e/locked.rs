//! One apply at a time.

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Running, Site, age, eventually, node, outcomes};

/// A start that takes a while, far enough to hold the lock.
fn slow_start(site: &Site, port: u16) -> Running {
    site.script("stable", json!({"*": {"ready_ms": 2_500}}));
    site.sources(&[site.ts("news", port)]);
    let start = site.begin(&["start"]);
    eventually("the slow engine is started", || (!site.pids().is_empty()).then_some(()));
    start
}

#[test]
fn a_second_run_says_who_holds_the_lock() {
    let site = Site::new();
    let port = site.port();
    let first = slow_start(&site, port);
    let holder = first.pid().to_string();
    site.acecast(&["start"]).exit(5).says(&holder);
    site.acecast(&["stop", "all"]).exit(5);
    let doc = site.json(&["start"], 5);
    assert_eq!(doc["error"]["code"], "locked", "{doc:#}");
    // Those who only read need no lock.
    site.json(&["status"], 0);
    site.plan();
    site.acecast(&["start", "--dry-run"]).exit(0);

    let mut waiting = site.begin(&["start", "--lock-timeout", "30", "-o", "json"]);
    assert!(waiting.goes_on());
    first.wait().exit(0);
    let report = waiting.wait().exit(0).doc();
    assert_eq!(outcomes(&report), [("kept", 1)].into(), "{report:#}");
    assert_eq!(site.pids().len(), 1);
    site.assert_nothing_to_do();
}

#[test]
fn a_lock_dies_with_its_holder_and_an_old_file_is_no_lock() {
    let site = Site::new();
    let port = site.port();
    let first = slow_start(&site, port);
    first.signal(Signal::KILL);
    first.wait();
    let lock = site.root().join("run/.acecast.lock");
    assert!(lock.exists());
    age(&lock);
    let report = site.start();
    assert_eq!(node(&report, port)["outcome"], "kept", "found although it was never ready: {report:#}");
    assert_eq!(site.pids().len(), 1);
    eventually("it is ready", || site.pid_file(port).exists().then_some(()));
    site.assert_nothing_to_do();
}
