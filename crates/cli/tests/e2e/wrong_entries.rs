//! One wrong entry costs one node, and suspends what could be a mistake.

use serde_json::{Value, json};

use crate::support::{Site, node, with, without};

#[test]
fn it_is_left_out_and_its_node_held_and_nothing_is_stopped() {
    let site = Site::new();
    let [good, wrong, gone, new] = site.ports();
    site.sources(&[site.ts("good", good), site.ts("wrong", wrong), site.ts("gone", gone)]);
    site.start();
    let before = site.pids();

    let bad = with(site.ts("wrong", wrong), json!({"bitrate": "fast"}));
    site.sources(&[with(site.ts("good", good), json!({"quality": "SD"})), bad, site.ts("new", new)]);
    let plan = site.json(&["plan"], 1);
    let error = &plan["errors"][0];
    assert_eq!(error["path"], "[1].bitrate", "{plan:#}");
    assert!(error["line"].is_number() && error["column"].is_number());
    assert!(error["source"].as_str().unwrap().ends_with("source_node.json"));
    assert!(error["message"].as_str().unwrap().contains("fast"));
    assert_eq!(plan["errors"].as_array().unwrap().len(), 1);

    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, wrong)["reason"], "config_entry_wrong");
    assert_eq!(node(&report, gone)["reason"], "config_incomplete");
    assert_eq!(node(&report, good)["action"], "restart");
    assert_eq!(node(&report, new)["outcome"], "ready");
    let after = site.pids();
    assert_eq!((after[&wrong], after[&gone]), (before[&wrong], before[&gone]));
    assert_ne!(after[&good], before[&good]);

    site.sources(&[with(site.ts("good", good), json!({"quality": "SD"})), site.ts("new", new)]);
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn an_entry_without_a_port_suspends_restarts_too() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    let portless = with(site.ts("odd", port), json!({"port": "eight"}));
    site.sources(&[with(site.ts("news", port), json!({"quality": "SD"})), portless]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["reason"], "config_incomplete", "{report:#}");
    assert_eq!(site.pids(), before);
}

#[test]
fn a_list_that_contradicts_itself_changes_nothing() {
    let site = Site::new();
    let [one, two, three] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.start();
    let before = site.pids();
    let lists: [Vec<Value>; 2] =
        [vec![site.ts("one", one), site.ts("two", one)], vec![site.ts("one", one), site.ts("one", three)]];
    for list in lists {
        site.sources(&list);
        site.acecast(&["plan"]).exit(3);
        site.acecast(&["start", "--allow-mass-stop"]).exit(3);
        let doc = site.json(&["start"], 3);
        assert!(!doc["errors"].as_array().unwrap().is_empty(), "{doc:#}");
        site.acecast(&["check"]).exit(3);
        assert_eq!(site.pids(), before);
    }
    // The same port in both lists.
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.supports(&[site.support(one, two)]);
    site.acecast(&["start"]).exit(3);
    for torn in ["", "[", "{\"result\": 1}", "[{\"port\": 1"] {
        std::fs::write(site.path("config/source_node.json"), torn).unwrap();
        site.acecast(&["start", "source", "--allow-mass-stop"]).exit(3);
    }
    assert_eq!(site.pids(), before);
}

#[test]
fn a_misspelt_key_must_not_make_a_node_public() {
    let site = Site::new();
    let port = site.port();
    let mut news = with(site.ts("news", port), json!({"upload_to": ["127.0.0.1:9"], "private_node": 1}));
    news = without(news, "private_node");
    site.sources(&[with(news.clone(), json!({"privat_node": 1}))]);
    site.acecast(&["start"]).exit(1).says("did you mean").says("private_node");
    assert!(site.pids().is_empty());
    // An unknown category is only left out.
    site.sources(&[with(news, json!({"categories": ["sports", "kids"]}))]);
    site.acecast(&["check"]).exit(0).says("did you mean \"sport\"");
    site.acecast(&["check", "--strict"]).exit(3);
    site.start();
    assert_eq!(site.engine(port).option("--category"), Some("kids"));
    site.assert_nothing_to_do();
}

#[test]
fn a_relative_root_is_answered_with_what_it_may_mean() {
    let site = Site::new();
    site.app(json!({"root": "root"}));
    site.acecast(&["start"]).exit(3).says("absolute").says(site.root().to_str().unwrap());
    assert!(!site.root().exists());
}
