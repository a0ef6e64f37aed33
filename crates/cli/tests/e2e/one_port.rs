//! `--port` starts these nodes and does nothing else.

use serde_json::json;

use crate::support::{Site, node, with};

#[test]
fn only_the_named_ports_are_started() {
    let site = Site::new();
    let [one, two, three] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two), site.ts("three", three)]);
    let report = site.json(&["start", "source", "--port", &two.to_string()], 0);
    assert_eq!(report["nodes"].as_array().unwrap().len(), 1, "{report:#}");
    assert_eq!(site.pids().into_keys().collect::<Vec<_>>(), [two]);
    site.acecast(&["start", "--port", &one.to_string(), "--port", &three.to_string()]).exit(0);
    assert_eq!(site.pids().len(), 3);
    site.assert_nothing_to_do();
}

#[test]
fn drift_is_held_and_nothing_is_stopped() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.start();
    let before = site.pids();
    site.sources(&[with(site.ts("one", one), json!({"bitrate": 60_000}))]);

    let report = site.json(&["start", "--port", &one.to_string()], 1);
    let held = node(&report, one);
    assert_eq!(
        (&held["outcome"], &held["reason"]),
        (&json!("held"), &json!("restart_not_in_scope")),
        "{report:#}"
    );
    assert_eq!(held["drift"][0]["field"], "bitrate");
    assert_eq!(site.pids(), before);
}

#[test]
fn a_port_that_is_not_in_the_config_is_an_error() {
    let site = Site::new();
    let [one, two, support] = site.ports();
    site.sources(&[site.ts("one", one)]);
    site.supports(&[site.support(support, one)]);
    let text = two.to_string();
    site.acecast(&["start", "--port", &text]).exit(3).says(&text);
    site.acecast(&["plan", "--port", &text]).exit(3);
    // Nor is a support node's port one of a source node.
    site.acecast(&["start", "source", "--port", &support.to_string()]).exit(3);
    let error = site.json(&["start", "--port", &text], 3);
    assert_eq!(error["error"]["code"], "port_not_in_config", "{error:#}");
    assert!(site.pids().is_empty());
}

#[test]
fn a_stream_that_runs_on_another_port_is_held() {
    let site = Site::new();
    let [old, new] = site.ports();
    site.sources(&[site.ts("news", old)]);
    site.start();
    let before = site.pids();
    site.sources(&[site.ts("news", new)]);
    let report = site.json(&["start", "--port", &new.to_string()], 1);
    assert_eq!(node(&report, new)["reason"], "stop_not_in_scope", "{report:#}");
    assert_eq!(site.pids(), before);
}
