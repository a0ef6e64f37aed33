//! A new engine version that does not work costs one broadcast, not all.

use serde_json::{Value, json};

use crate::support::{Site, node, outcomes, ports_with, with};

#[test]
fn only_the_first_restart_fails_and_the_others_keep_running() {
    let site = Site::new();
    let ports: [u16; 6] = site.ports();
    let list = |channel: &str| {
        let nodes = ports
            .iter()
            .enumerate()
            .map(|(n, port)| with(site.ts(&format!("news_{n}"), *port), json!({"engine_version": channel})));
        site.sources(&nodes.collect::<Vec<Value>>());
    };
    list("stable");
    site.start();
    let before = site.pids();

    site.script("beta", json!({"*": {"exit_at_start": 1, "exit_message": "Traceback: no module named ace"}}));
    list("beta");
    let report = site.json(&["start"], 1);
    assert_eq!(outcomes(&report), [("failed", 1), ("skipped", 5)].into(), "{report:#}");
    let failed = ports_with(&report, "outcome", "failed")[0];
    let after = site.pids();
    assert_eq!(after.len(), 5);
    for (port, pid) in &after {
        assert_eq!(before[port], *pid, "a node was touched although beta is broken");
    }
    let error = node(&report, failed)["error"].as_str().unwrap();
    assert!(error.contains("exit code 1"), "{error}");

    // The text for people shows what the engine said.
    let text = site.acecast(&["start"]).exit(1).says("Traceback: no module named ace");
    assert!(text.all().contains("skipped"), "{text}");
    // Run after run, as from cron: the one that was lost is tried again, and no other is touched.
    for _ in 0..2 {
        let report = site.json(&["start"], 1);
        assert_eq!(outcomes(&report), [("failed", 1), ("skipped", 5)].into(), "{report:#}");
    }
    assert_eq!(site.pids(), after, "another node was lost in a later run");

    site.script("beta", json!({}));
    site.start();
    assert!(site.procs().iter().filter(|proc| proc.is_engine()).all(|proc| proc.args[0].contains("/beta/")));
    assert_eq!(site.pids().len(), 6);
    site.assert_nothing_to_do();
}

#[test]
fn a_start_that_fails_shows_its_log_and_delays_nobody() {
    let site = Site::new();
    let [good, bad] = site.ports();
    site.script("stable", json!({bad.to_string(): {"exit_at_start": 0, "exit_message": "Cannot load file"}}));
    site.sources(&[site.ts("good", good), site.ts("bad", bad)]);
    let report = site.acecast(&["start", "-o", "json"]).exit(1).doc();
    assert_eq!(node(&report, good)["outcome"], "ready");
    assert_eq!(node(&report, bad)["outcome"], "failed", "an exit with 0 is a failed start, too");
    site.acecast(&["start"]).exit(1).says("Cannot load file");

    site.script("stable", json!({}));
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn a_support_node_whose_source_fails_is_skipped() {
    let site = Site::new();
    let [source, support] = site.ports();
    site.script("stable", json!({source.to_string(): {"exit_at_start": 1}}));
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, source)["outcome"], "failed");
    assert_eq!(node(&report, support)["outcome"], "skipped", "{report:#}");
    assert!(site.pids().is_empty());
}
