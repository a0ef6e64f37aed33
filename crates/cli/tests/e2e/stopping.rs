//! `stop` ends what it is asked to end, wrapper and engine, and nothing else.

use std::time::Duration;

use serde_json::json;

use crate::support::{Site, eventually, node, outcomes, ports_with};

#[test]
fn one_node_and_then_all() {
    let site = Site::new();
    let [one, two, support] = site.ports();
    site.sources(&[site.ts("one", one), site.hls("two", two)]);
    site.supports(&[site.support(support, one)]);
    site.start();
    let before = site.pids();

    let report = site.json(&["stop", &two.to_string()], 0);
    assert_eq!(outcomes(&report), [("stopped", 1)].into(), "{report:#}");
    assert_eq!(node(&report, two)["name"], "two");
    assert!(!site.procs().iter().any(|proc| proc.port() == Some(two)), "wrapper and engine are gone");
    assert!(!site.pid_file(two).exists());
    let after = site.pids();
    assert_eq!((after[&one], after[&support]), (before[&one], before[&support]));

    // Without any list, and without a controller: stop needs neither.
    std::fs::remove_file(site.path("config/source_node.json")).unwrap();
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(ports_with(&report, "outcome", "stopped"), [one, support]);
    site.await_quiet();
    assert!(site.metadata("one.sauth").exists());

    let again = site.json(&["stop", "all"], 0);
    assert_eq!(again["nodes"], json!([]));
}

#[test]
fn where_nothing_runs_is_done() {
    let site = Site::new();
    let port = site.port().to_string();
    site.acecast(&["stop", &port]).exit(0);
    site.acecast(&["stop", "all"]).exit(0);
    site.acecast(&["stop"]).exit(2);
    site.acecast(&["stop", "0"]).exit(2);
    site.acecast(&["stop", "everything"]).exit(2);
}

#[test]
fn a_dry_run_stops_nothing() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("one", port)]);
    site.start();
    let before = site.pids();
    let plan = site.json(&["stop", "all", "--dry-run"], 0);
    assert_eq!(node(&plan, port)["action"], "stop");
    assert_eq!(node(&plan, port)["reason"], "requested");
    assert_eq!(site.pids(), before);
}

#[test]
fn a_node_that_ignores_term_is_killed_after_the_timeout() {
    let site = Site::new();
    let [deaf, good] = site.ports();
    site.script("stable", json!({deaf.to_string(): {"ignore_term": true}}));
    site.sources(&[site.ts("deaf", deaf), site.ts("good", good)]);
    site.start();

    let stop = site.acecast(&["stop", "all", "--stop-timeout", "1", "-o", "json"]).exit(0);
    let report = stop.doc();
    assert_eq!(node(&report, deaf)["outcome"], "killed", "{report:#}");
    assert_eq!(node(&report, good)["outcome"], "stopped");
    assert!(stop.took >= Duration::from_secs(1), "{:?}", stop.took);
    site.await_quiet();
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, deaf)["state"], "down");
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn many_that_ignore_it_cost_one_timeout() {
    let site = Site::new();
    let ports: [u16; 4] = site.ports();
    site.script("stable", json!({"*": {"ignore_term": true}}));
    let list: Vec<_> = ports.iter().map(|port| site.ts(&format!("deaf_{port}"), *port)).collect();
    site.sources(&list);
    site.start();
    let stop = site.acecast(&["stop", "all", "--stop-timeout", "2s", "-o", "json"]).exit(0);
    assert_eq!(outcomes(&stop.doc()), [("killed", 4)].into());
    assert!(stop.took < Duration::from_secs(4), "{:?}", stop.took);
    site.await_quiet();
}

#[test]
fn an_engine_that_appears_after_its_wrapper_was_found_is_stopped_too() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({port.to_string(): {"slow_spawn_wrapper_ms": 400, "slow_exec_ms": 400}}));
    site.sources(&[site.ts("slow", port)]);
    let start = site.begin(&["start", "--ready-timeout", "0"]);
    eventually("the wrapper runs", || site.procs().into_iter().find(|proc| proc.port() == Some(port)));
    start.wait().exit(0);
    site.acecast(&["stop", &port.to_string()]).exit(0);
    assert_eq!(site.procs(), []);
    // Nothing comes after it.
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, port)["state"], "down");
    assert_eq!(site.procs(), []);
}

#[test]
fn an_engine_that_nobody_could_wait_for_does_not_appear_later() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({port.to_string(): {"slow_exec_ms": 1_200}}));
    site.sources(&[site.ts("slow", port)]);
    site.acecast(&["start", "--ready-timeout", "0"]).exit(0);
    eventually("the wrapper has forked what will be the engine", || {
        site.procs().into_iter().find(|proc| proc.args.iter().any(|arg| arg == "after-fork"))
    });
    // The wrapper is told to end before its engine is there, which the engine survives.
    site.acecast(&["stop", &port.to_string(), "--stop-timeout", "0"]).exit(0);
    site.await_quiet();
}

#[test]
fn an_early_and_an_alarmed_end_are_clean_ends() {
    let site = Site::new();
    let [early, alarmed] = site.ports();
    site.script(
        "stable",
        json!({
            early.to_string(): {"ready_ms": 3_000}, alarmed.to_string(): {"stop_by_alarm": true},
        }),
    );
    site.sources(&[site.ts("early", early), site.ts("alarmed", alarmed)]);
    site.acecast(&["start", "--ready-timeout", "1"]).exit(0);
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(outcomes(&report), [("stopped", 2)].into(), "{report:#}");
    site.await_quiet();
}

/// Nodes say which pid dir is theirs, so they are known again once it is there again.
#[test]
fn nodes_whose_pid_dir_was_removed_are_stopped_all_the_same() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    std::fs::remove_dir_all(site.root().join("run")).unwrap();
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(outcomes(&report), [("stopped", 1)].into(), "{report:#}");
    assert!(site.pids().is_empty());
}
