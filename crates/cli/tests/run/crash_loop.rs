//! A node that ends again and again waits longer each time, and can be seen to.

use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, gaps, logged};
use crate::support::{Site, node};

/// The first waits, less the jitter and what a clock of milliseconds may lack.
const AT_LEAST: [f64; 3] = [0.69, 1.39, 2.79];

#[track_caller]
fn assert_growing(events: &[Value]) {
    let gaps = gaps(events);
    let is_long = gaps.iter().zip(AT_LEAST).all(|(gap, least)| *gap >= least);
    // A second for the engine's start and a busy machine.
    let most: f64 = (0..gaps.len()).map(|n| f64::from(1 << n) + 1.5).sum();
    assert!(is_long && gaps.iter().sum::<f64>() < most, "{gaps:?} of {events:#?}");
}

#[test]
fn waits_grow_neighbours_are_left_alone_and_all_of_it_shows() {
    let site = Site::new();
    let [good, fails, dies] = site.ports();
    site.script(
        "stable",
        json!({
            fails.to_string(): {"exit_at_start": 3, "exit_message": "Traceback: no module named ace"},
            dies.to_string(): {"crash_after_ms": 300},
        }),
    );
    site.sources(&[site.ts("good", good), site.ts("fails", fails), site.ts("dies", dies)]);
    // What is tried again is tried without the interval.
    let keeper = Keeper::start(&site, "1h", &[]);
    let starts = await_events(&keeper, &site, "start", Some(fails), 3);
    assert_growing(&starts[..3]);
    // On a busy machine, a neighbour that ends cuts the wait for one that is still to fail: then it is starting yet.
    assert!(
        starts.iter().all(|event| event["outcome"] == "failed" || event["outcome"] == "starting"),
        "{starts:#?}"
    );
    let failed = keeper.eventually("three starts have failed", || {
        let starts = logged(&site, "start", Some(fails)).into_iter();
        let failed: Vec<Value> = starts.filter(|event| event["outcome"] == "failed").collect();
        (failed.len() >= 3).then_some(failed)
    });
    for event in &failed {
        let detail = event["detail"].as_str().unwrap();
        assert!(detail.contains("exit code 3") && detail.contains("no module named ace"), "{detail}");
    }
    let died = await_events(&keeper, &site, "died", Some(dies), 3);
    assert_growing(&died[..3]);
    assert!(died[2]["detail"].as_str().unwrap().contains("3 times in a row"), "{died:#?}");

    // The plan says how often, and when it is tried again; the status counts.
    let held = |port: u16| {
        let plan = keeper.doc("/api/plan");
        let held = plan["nodes"].as_array().unwrap().iter().find(|node| node["port"] == port).cloned();
        held.filter(|node| node["reason"] == "backing_off")
    };
    let fails_held = keeper.eventually("the plan shows that it waits", || held(fails));
    assert!(fails_held["detail"].as_str().unwrap().contains("times in a row"), "{fails_held}");
    let status = keeper.doc("/api/status");
    assert!(node(&status, dies)["restarts"].as_u64() >= Some(2), "{status:#}");
    assert_eq!(node(&status, fails)["state"], "down");

    assert_eq!((logged(&site, "start", Some(good)).len(), logged(&site, "died", Some(good)).len()), (1, 0));
    assert_eq!(keeper.says("panicked"), 0);
    // Mended, it is back with the next try.
    site.script("stable", json!({}));
    keeper.eventually("all run", || (site.pids().len() == 3).then_some(()));
}
