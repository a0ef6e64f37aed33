//! A stream on another port, another stream on a port, and a stream that goes.

use std::fs;

use serde_json::json;

use crate::support::{Site, decision, node, outcomes, with};

#[test]
fn a_stream_moves_to_another_port() {
    let site = Site::new();
    let [old, new, other] = site.ports();
    site.sources(&[site.ts("news", old), site.ts("other", other)]);
    site.start();
    let (before, key) = (site.pids(), fs::read(site.metadata("news.sauth")).unwrap());

    site.sources(&[site.ts("news", new), site.ts("other", other)]);
    let plan = site.plan();
    assert_eq!(decision(&plan, old, "stop")["reason"], "moved");
    assert_eq!(decision(&plan, new, "start")["new_key"], false, "{plan:#}");
    site.start();
    let after = site.pids();
    assert_eq!(after.keys().collect::<Vec<_>>(), [&new, &other]);
    assert_eq!(after[&other], before[&other]);
    assert_eq!(fs::read(site.metadata("news.sauth")).unwrap(), key);
    site.assert_nothing_to_do();
}

#[test]
fn two_streams_swap_their_ports() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.sources(&[site.ts("a", one), site.ts("b", two)]);
    site.start();
    site.sources(&[site.ts("a", two), site.ts("b", one)]);
    let report = site.start();
    assert_eq!(report["nodes"].as_array().unwrap().len(), 4, "{report:#}");
    assert_eq!(site.engine(one).option("--name"), Some("b"));
    assert_eq!(site.engine(two).option("--name"), Some("a"));
    site.assert_nothing_to_do();
}

#[test]
fn a_stream_whose_new_port_is_taken_stays_where_it_is() {
    let site = Site::new();
    let [old, new] = site.ports();
    site.sources(&[site.ts("news", old)]);
    site.start();
    let before = site.pids();
    let holder = std::net::TcpListener::bind(("127.0.0.1", new)).unwrap();
    site.sources(&[site.ts("news", new)]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, new)["reason"], "port_taken", "{report:#}");
    assert_eq!(node(&report, old)["reason"], "move_blocked");
    assert_eq!(site.pids(), before);
    drop(holder);
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn a_broken_engine_costs_one_of_many_moves() {
    let site = Site::new();
    let ports: [u16; 8] = site.ports();
    let (old, new) = ports.split_at(4);
    let list = |ports: &[u16]| {
        let nodes = ports.iter().enumerate().map(|(n, port)| site.ts(&format!("news_{n}"), *port));
        site.sources(&nodes.collect::<Vec<_>>());
    };
    list(old);
    site.start();
    let before = site.pids();
    site.script("stable", json!({"*": {"exit_at_start": 1}}));
    list(new);
    let report = site.json(&["start"], 1);
    assert_eq!(outcomes(&report), [("failed", 1), ("skipped", 6), ("stopped", 1)].into(), "{report:#}");
    let after = site.pids();
    assert_eq!(after.len(), 3, "three streams stay where they run");
    assert!(after.iter().all(|(port, pid)| before[port] == *pid));
    assert_eq!(outcomes(&site.json(&["start"], 1)), [("failed", 1), ("skipped", 6)].into());
    assert_eq!(site.pids(), after, "nor does the next run touch them");

    site.script("stable", json!({}));
    site.start();
    assert_eq!(site.pids().keys().copied().collect::<Vec<_>>(), new);
    site.assert_nothing_to_do();
}

#[test]
fn a_move_that_cannot_be_prepared_stops_nothing() {
    let site = Site::new();
    let [old, new] = site.ports();
    site.sources(&[site.ts("news", old)]);
    site.start();
    let before = site.pids();
    // The log of the new port cannot be written.
    fs::create_dir(site.root().join(format!("log/source_node_{new}.log"))).unwrap();
    site.sources(&[site.ts("news", new)]);
    let report = site.json(&["start"], 1);
    let error = node(&report, new)["error"].as_str().unwrap();
    assert!(error.contains("keeps running on its old port"), "{report:#}");
    assert_eq!(decision(&report, old, "stop")["outcome"], "skipped");
    assert_eq!(site.pids(), before);
}

#[test]
fn another_stream_on_a_port_waits_for_the_old_one_to_end() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let url = format!("{}/ts/sport?rate=50000", site.world.streams);
    site.sources(&[with(site.ts("sport", port), json!({"url": url}))]);
    site.start();
    assert_eq!(site.engine(port).option("--name"), Some("sport"));
    assert!(site.metadata("news.sauth").exists());
    site.assert_nothing_to_do();
}

#[test]
fn what_is_not_in_the_config_any_more_is_stopped() {
    let site = Site::new();
    let [one, two, support, gone] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.supports(&[site.support(support, one), site.support(gone, one)]);
    site.start();
    let before = site.pids();
    site.sources(&[site.ts("one", one)]);
    site.supports(&[site.support(support, one)]);
    let plan = site.plan();
    assert_eq!(node(&plan, two)["reason"], "not_in_config");
    assert_eq!(plan["changes"], 2);
    site.start();
    assert_eq!(site.pids(), [(one, before[&one]), (support, before[&support])].into());
    assert!(site.metadata("two.sauth").exists(), "keys stay");
    site.assert_nothing_to_do();
}
