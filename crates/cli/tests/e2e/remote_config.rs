//! Lists from a controller: whatever it does, a healthy broadcast goes on.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Site, node, outcomes, with};

/// A site whose lists come from the controller, with one source and one support node running.
fn remote(site: &Site) -> [u16; 2] {
    let ports @ [source, support] = site.ports();
    site.use_controller();
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    ports
}

#[test]
fn the_controllers_lists_are_what_runs() {
    let site = Site::new();
    let [source, _] = remote(&site);
    assert_eq!(site.pids().len(), 2);
    site.assert_nothing_to_do();
    let asked = site.world.requests("support_node");
    site.sources(&[with(site.ts("news", source), json!({"quality": "SD"}))]);
    site.json(&["start", "source"], 0);
    assert_eq!(site.world.requests("support_node"), asked, "a scoped command read the other role's list");
    site.assert_nothing_to_do();
}

#[test]
fn a_broken_answer_changes_nothing() {
    let site = Site::new();
    remote(&site);
    let before = site.pids();
    // Were an answer taken for an empty list, all nodes would go.
    site.sources(&[]);
    let circle = format!("{}/source_node", site.world.controller);
    let faults: [(Value, &str); 9] = [
        (json!({"status": 500}), "500"),
        (json!({"status": 404}), "404"),
        (json!({"error": "no such host"}), "no such host"),
        (json!({"cut": true}), "cut"),
        (json!({"redirect": circle}), "redirect"),
        (json!({"endless": true}), "16 MiB"),
        (json!({"body": "<html>It works!</html>"}), "source_node"),
        (json!({"body": "null"}), "source_node"),
        (json!({"body": "{}"}), "source_node"),
    ];
    for (fault, text) in faults {
        site.world.faults(&json!({"source_node": fault}));
        let run = site.acecast(&["start", "--allow-mass-stop"]).exit(3);
        assert!(run.took < Duration::from_secs(12), "{fault}: {run}");
        run.says(text);
        let doc = site.json(&["plan", "source"], 3);
        assert!(doc["error"]["code"].is_string() && doc["error"]["message"].is_string(), "{fault}: {doc:#}");
        assert_eq!(site.pids(), before, "{fault}");
    }
    // A list that could not be had does not hide what runs.
    let status = site.json(&["status"], 3);
    for (port, pid) in before {
        assert_eq!(node(&status, port)["pid"], pid, "{status:#}");
    }
    assert!(status["errors"].is_array(), "{status:#}");
}

#[test]
fn an_answer_that_never_ends_costs_one_deadline() {
    let site = Site::new();
    remote(&site);
    let before = site.pids();
    site.world.faults(&json!({"source_node": {"hang_ms": 60_000}, "support_node": {"drip": true}}));
    let runs = [site.begin(&["start", "source"]), site.begin(&["start", "support"])];
    for run in runs.map(crate::support::Running::wait) {
        let run = run.exit(3);
        assert!(run.took < Duration::from_secs(13), "{run}");
    }
    assert_eq!(site.pids(), before);
}

#[test]
fn a_controller_that_is_not_there_does_not_matter_to_stop() {
    let site = Site::new();
    let [source, support] = remote(&site);
    let nowhere = format!("http://127.0.0.1:{}/list?key=s3cret", site.port());
    site.app(json!({"controller": {"source_node": nowhere, "support_node": nowhere}}));
    site.acecast(&["start", "-vvv"]).exit(3).says("refused").hides("s3cret");
    let status = site.json(&["status"], 3);
    assert_eq!(node(&status, source)["listed"], Value::Null, "{status:#}");
    assert_eq!(node(&status, source)["state"], "answering");
    let report = site.json(&["stop", &support.to_string()], 0);
    assert_eq!(outcomes(&report), [("stopped", 1)].into());
    site.acecast(&["stop", "all"]).exit(0);
    site.await_quiet();
}

#[test]
fn one_fault_is_tried_again_and_a_redirect_is_followed() {
    let site = Site::new();
    let port = site.port();
    site.use_controller();
    site.sources(&[site.ts("news", port)]);
    let elsewhere = format!("{}/source_node?elsewhere=1", site.world.controller);
    site.world.faults(&json!({"source_node": {"redirect": elsewhere, "times": 1}}));
    site.start();
    site.world.faults(&json!({"source_node": {"status": 503, "times": 1}}));
    site.start();
    assert_eq!(site.pids().len(), 1);
    site.assert_nothing_to_do();
}
