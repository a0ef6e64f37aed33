//! SIGINT and SIGTERM end a run in good order, and nodes stay.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Site, eventually, outcomes};

#[test]
fn a_run_finishes_its_step_and_says_what_was_not_done() {
    for signal in [Signal::INT, Signal::TERM] {
        let site = Site::new();
        let ports: [u16; 4] = site.ports();
        site.script("stable", json!({"*": {"ready_ms": 700}}));
        site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
        let run = site.begin(&["start", "--parallel", "1", "-o", "json"]);
        eventually("the first engine is started", || (!site.pids().is_empty()).then_some(()));
        run.signal(signal);
        let report = run.wait().exit(130).doc();
        let outcomes = outcomes(&report);
        assert!(outcomes.get("skipped") >= Some(&2), "{report:#}");
        assert!(!outcomes.contains_key("failed"), "{report:#}");
        let pids = site.pids();
        assert!((1..=2).contains(&pids.len()), "what was started stays: {pids:?}");

        site.start();
        let after = site.pids();
        assert_eq!(after.len(), 4);
        assert!(pids.iter().all(|(port, pid)| after[port] == *pid), "a node was started again");
        site.assert_nothing_to_do();
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"ignore_term": true}}));
    site.sources(&[site.ts("deaf", port)]);
    site.start();
    let before = site.pids();
    let mut run = site.begin(&["stop", "all", "--stop-timeout", "50"]);
    eventually("the stop holds the node by a pidfd", || {
        let fds = std::fs::read_dir(format!("/proc/{}/fd", run.pid())).ok()?;
        let mut links = fds.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok());
        links.any(|link| link.to_string_lossy().contains("pidfd")).then_some(())
    });
    // Two signals that come at the same moment are one, so the second one is sent until it was seen.
    eventually("the run ends", || {
        if run.goes_on() {
            run.signal(Signal::INT);
            return None;
        }
        Some(())
    });
    let run = run.wait().exit(130);
    assert!(run.took < Duration::from_secs(20), "{run}");
    assert_eq!(site.pids(), before);
}

#[test]
fn nothing_is_begun_after_a_signal_while_the_controller_is_asked() {
    let site = Site::new();
    let port = site.port();
    site.use_controller();
    site.sources(&[site.ts("news", port)]);
    site.world.faults(&json!({"source_node": {"hang_ms": 30_000}}));
    let run = site.begin(&["start"]);
    eventually("the controller is asked", || (site.world.requests("source_node") > 0).then_some(()));
    run.signal(Signal::INT);
    let run = run.wait().exit(130);
    assert!(run.took < Duration::from_secs(8), "{run}");
    assert!(site.pids().is_empty());
}
