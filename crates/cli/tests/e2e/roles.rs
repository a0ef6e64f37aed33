//! Source and support nodes on one host: a command for one role leaves the other one alone.

use serde_json::{Value, json};

use crate::support::{Site, node, ports_with, with, without};

#[test]
fn neither_start_touches_the_others_nodes() {
    let site = Site::new();
    let [one, two, first, second] = site.ports();
    site.sources(&[site.ts("one", one), site.hls("two", two)]);
    site.supports(&[site.support(first, one), site.support(second, two)]);
    site.start();
    let before = site.pids();

    // All that the other list asks for is wrong now, and must not matter.
    site.supports(&[with(site.support(first, one), json!({"extended_logging": 1}))]);
    site.sources(&[with(site.ts("one", one), json!({"bitrate": 1_000}))]);
    let plan = site.json(&["plan", "source"], 0);
    assert_eq!(ports_with(&plan, "role", "support"), [0; 0], "{plan:#}");
    site.acecast(&["start", "source"]).exit(0);
    let after = site.pids();
    assert_ne!(after[&one], before[&one]);
    assert!(!after.contains_key(&two));
    assert_eq!((after[&first], after[&second]), (before[&first], before[&second]));

    site.acecast(&["start", "support"]).exit(0);
    let last = site.pids();
    assert_eq!(last[&one], after[&one]);
    assert_ne!(last[&first], before[&first]);
    assert!(!last.contains_key(&second));
    site.assert_nothing_to_do();
}

#[test]
fn a_role_without_an_endpoint_is_out_of_scope() {
    let site = Site::new();
    let [source, support] = site.ports();
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    let before = site.pids();

    let path = site.path("config/config.json");
    let mut app: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    app["controller"] = without(app["controller"].clone(), "support_node");
    std::fs::write(&path, app.to_string()).unwrap();
    let plan = site.plan();
    assert_eq!(plan["changes"], 0, "an endpoint that is not set is no empty list: {plan:#}");
    site.start();
    assert_eq!(site.pids(), before);
    site.acecast(&["start", "support"]).exit(3).says("support_node");
}

#[test]
fn a_port_of_the_other_role_is_held() {
    let site = Site::new();
    let [source, support] = site.ports();
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    let before = site.pids();
    site.sources(&[site.ts("news", source), site.ts("more", support)]);
    let report = site.json(&["start", "source"], 1);
    assert_eq!(node(&report, support)["reason"], "port_taken", "{report:#}");
    assert_eq!(site.pids(), before);
    // Both lists together contradict each other.
    site.acecast(&["start"]).exit(3);
    assert_eq!(site.pids(), before);
}

#[test]
fn a_support_node_comes_after_its_source_and_again_after_its_restart() {
    let site = Site::new();
    let [source, support] = site.ports();
    // Too early a start would end the support node: it gives up without its source.
    site.script("stable", json!({source.to_string(): {"ready_ms": 1_500}}));
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    assert_eq!(site.pids().len(), 2);
    site.sources(&[with(site.ts("news", source), json!({"title": "The News"}))]);
    site.supports(&[with(site.support(support, source), json!({"extended_logging": 1}))]);
    site.start();
    site.await_status(support, "the support node pulls again", |doc| {
        doc["download_speed"].as_u64() > Some(10_000)
    });
    site.assert_nothing_to_do();
}
