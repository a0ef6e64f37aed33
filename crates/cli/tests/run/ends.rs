//! How a run ends, and what it leaves.

use rustix::process::Signal;
use serde_json::json;

use crate::keeper::{Keeper, await_events, await_ports, is_applying, log};
use crate::kernel::zombies_of;
use crate::support::{Site, outcomes, with};

#[test]
fn a_signal_ends_the_step_in_hand_and_nodes_stay() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.script("stable", json!({"*": {"ready_ms": 4_000}}));
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    for signal in [Signal::TERM, Signal::INT] {
        let mut keeper = Keeper::begin(&site, "60s", &["--parallel", "1"]);
        keeper.eventually("an engine is started", || (!site.pids().is_empty()).then_some(()));
        keeper.eventually("the apply goes on", || is_applying(&site));
        keeper.signal(signal);
        assert_eq!(keeper.wait(), Some(0), "{keeper}");
        assert_eq!(log(&site).last().unwrap()["event"], "run_ended", "{keeper}");
    }
    // One was started by each run, and no run has begun with another one.
    assert!(!site.pids().is_empty());
    let before = site.pids();
    site.script("stable", json!({}));
    let report = site.json(&["start"], 0);
    assert_eq!(outcomes(&report).get("kept").copied(), Some(before.len()), "{report:#}");
    assert!(before.iter().all(|(port, pid)| site.pids()[port] == *pid));
}

/// A stop cannot be taken back, so the run waits for it; a second signal does not.
#[test]
fn a_second_signal_ends_at_once() {
    let site = Site::new();
    let news = site.port();
    let list = |title: &str| site.sources(&[with(site.ts("news", news), json!({"title": title}))]);
    site.script("stable", json!({"*": {"stop_ms": 3_000}}));
    list("as it was");
    let mut keeper = Keeper::start(&site, "200ms", &[]);
    list("another one");
    keeper.eventually("the restart goes on", || is_applying(&site));
    keeper.signal(Signal::TERM);
    keeper.await_line("a second signal ends at once");
    keeper.assert_goes_on();
    keeper.signal(Signal::TERM);
    assert_eq!(keeper.wait(), Some(130), "{keeper}");
    // Another run makes it right.
    site.script("stable", json!({}));
    let keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &[news]);
    keeper.eventually("it is what it should be", || (site.plan()["changes"] == 0).then_some(()));
}

#[test]
fn nodes_end_with_the_run_where_that_is_asked_for() {
    let site = Site::new();
    let [news, copy] = site.ports();
    site.sources(&[site.ts("news", news)]);
    site.supports(&[site.support(copy, news)]);
    site.start();
    // Only those of its role.
    let mut keeper = Keeper::start(&site, "60s", &["source", "--stop-nodes"]);
    keeper.end();
    assert!(site.pids().into_keys().eq([copy]), "{keeper}");
    let mut keeper = Keeper::start(&site, "60s", &["--stop-nodes"]);
    await_ports(&keeper, &site, &[news, copy]);
    keeper.end();
    site.await_quiet();
    let stops = log(&site).iter().filter(|event| event["event"] == "stop" && event["by"] == "run").count();
    assert_eq!(stops, 3, "{keeper}");
}

/// The nodes that a run has started are its children: it buries them.
#[test]
fn no_zombies_are_left_after_many_deaths() {
    let site = Site::new();
    let ports: [u16; 4] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    let keeper = Keeper::start(&site, "60s", &[]);
    for round in 1..=2 {
        for port in ports {
            site.kill(port);
        }
        for port in ports {
            await_events(&keeper, &site, "back", Some(port), round);
        }
    }
    keeper.eventually("no zombie is left", || (zombies_of(keeper.pid()) == 0).then_some(()));
}
