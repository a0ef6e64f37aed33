//! Streams that move to ports that other streams leave: a chain goes one by one from its free end, a ring at once.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use crate::support::{Ran, Site, decision, node, outcomes};

/// `a`, `b`, `c` … on these ports, started or only written down.
fn list(site: &Site, ports: &[u16]) {
    let uids = ["a", "b", "c", "d"];
    let nodes = uids.iter().zip(ports).map(|(uid, port)| site.ts(uid, *port));
    site.sources(&nodes.collect::<Vec<_>>());
}

/// The streams that run, by port.
fn streams(site: &Site) -> BTreeMap<u16, String> {
    let ports = site.pids().into_keys();
    ports.map(|port| (port, site.engine(port).option("--name").unwrap().to_owned())).collect()
}

fn keys(site: &Site) -> Vec<Vec<u8>> {
    ["a", "b", "c"].map(|uid| fs::read(site.metadata(&format!("{uid}.sauth"))).unwrap()).to_vec()
}

/// Where a verbose run tells that this node has come to this step.
#[track_caller]
fn place(ran: &Ran, port: u16, uid: &str, step: &str) -> usize {
    let line = format!("{port} {uid}: {step}");
    ran.stderr.lines().position(|said| said == line).unwrap_or_else(|| panic!("{line:?} is not said\n{ran}"))
}

#[test]
fn a_chain_goes_one_by_one_from_its_free_end() {
    let site = Site::new();
    let [one, two, three, four] = site.ports();
    list(&site, &[one, two, three]);
    site.start();
    let before = keys(&site);
    list(&site, &[two, three, four]);
    let ran = site.acecast(&["start", "-v"]).exit(0);
    for ((uid, from, to), (next, next_from)) in
        [(("c", three, four), ("b", two)), (("b", two, three), ("a", one))]
    {
        let (stopping, ready) = (place(&ran, from, uid, "stopping"), place(&ran, to, uid, "ready"));
        let after = place(&ran, next_from, next, "stopping");
        assert!(stopping < ready && ready < after, "two streams are down at a time\n{ran}");
    }
    let moved = [(two, "a"), (three, "b"), (four, "c")].map(|(port, uid)| (port, uid.to_owned()));
    assert_eq!(streams(&site), moved.into());
    assert_eq!(keys(&site), before);
    site.assert_nothing_to_do();
}

#[test]
fn a_broken_engine_costs_one_of_a_chain() {
    let site = Site::new();
    let [one, two, three, four] = site.ports();
    list(&site, &[one, two, three]);
    site.start();
    let before = site.pids();
    site.script("stable", json!({"*": {"exit_at_start": 1}}));
    list(&site, &[two, three, four]);
    let report = site.json(&["start"], 1);
    assert_eq!(outcomes(&report), [("failed", 1), ("skipped", 4), ("stopped", 1)].into(), "{report:#}");
    assert_eq!(node(&report, four)["outcome"], "failed");
    let why = decision(&report, two, "stop")["error"].as_str().unwrap();
    assert!(why.contains("failed to start another node") && why.contains("keeps running"), "{report:#}");
    let stay = BTreeMap::from([(one, before[&one]), (two, before[&two])]);
    assert_eq!(site.pids(), stay, "those that had not begun run as they did");
    assert_eq!(outcomes(&site.json(&["start"], 1)), [("failed", 1), ("skipped", 4)].into());
    assert_eq!(site.pids(), stay, "nor does the next run touch them");

    site.script("stable", json!({}));
    site.start();
    assert_eq!(site.pids().into_keys().collect::<Vec<_>>(), [two, three, four]);
    site.assert_nothing_to_do();
}

#[test]
fn a_stream_that_was_not_there_takes_the_port_that_a_chain_leaves() {
    let site = Site::new();
    let [one, two, three] = site.ports();
    list(&site, &[one, two]);
    site.start();
    let nodes = [site.ts("new", one), site.ts("a", two), site.ts("b", three)];
    site.sources(&nodes);
    let ran = site.acecast(&["start", "-v"]).exit(0);
    assert!(place(&ran, three, "b", "ready") < place(&ran, one, "a", "stopping"), "{ran}");
    assert!(place(&ran, two, "a", "ready") < place(&ran, one, "new", "preparing"), "{ran}");
    site.assert_nothing_to_do();
}

#[test]
fn a_ring_of_three_is_stopped_as_one_and_starts_side_by_side() {
    let site = Site::new();
    let [one, two, three, from, to] = site.ports();
    list(&site, &[one, two, three, from]);
    site.start();
    let before = keys(&site);
    // Longer than it takes to begin all three, so that none is ready before the last one is begun.
    site.script("stable", json!({"*": {"ready_ms": 1_000}}));
    list(&site, &[two, three, one, to]);
    let ran = site.acecast(&["start", "-v"]).exit(0);
    let ring = [("a", one, two), ("b", two, three), ("c", three, one)];
    for (uid, from, to) in ring {
        for (other, _, its) in ring {
            assert!(place(&ran, its, other, "preparing") < place(&ran, from, uid, "stopping"), "{ran}");
            assert!(place(&ran, from, uid, "stopped") < place(&ran, its, other, "starting"), "{ran}");
            assert!(place(&ran, its, other, "starting") < place(&ran, to, uid, "ready"), "{ran}");
        }
    }
    site.script("stable", json!({}));
    let moved = [(one, "c"), (two, "a"), (three, "b"), (to, "d")].map(|(port, uid)| (port, uid.to_owned()));
    assert_eq!(streams(&site), moved.into());
    assert_eq!(keys(&site), before);
    site.assert_nothing_to_do();
}
