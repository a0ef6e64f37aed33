//! `acecast transport`: what viewers of a stream are given.

use serde_json::{Value, json};

use crate::support::{Site, eventually};

#[test]
fn of_a_ts_stream_by_port_and_by_uid() {
    let site = Site::new();
    site.app(json!({"node_access_token": "hunter2hunter2"}));
    let [port, support] = site.ports();
    site.sources(&[site.ts("news", port)]);
    site.supports(&[site.support(support, port)]);
    let error = site.json(&["transport", "news"], 1);
    assert_eq!(
        (&error["exists"], &error["infohash"], &error["runs"]),
        (&json!(false), &Value::Null, &json!(false))
    );
    site.start();
    let file = site.root().join("public/news.acelive");
    eventually("the engine has written its transport file", || file.exists().then_some(()));
    let doc = site.json(&["transport", &port.to_string()], 0);
    assert_eq!(doc["path"], file.to_str().unwrap(), "{doc:#}");
    assert_eq!((&doc["uid"], &doc["port"], &doc["exists"]), (&json!("news"), &json!(port), &json!(true)));
    assert!(doc["bytes"].as_u64() > Some(0) && doc["age_s"].is_u64(), "{doc:#}");
    let hash = doc["infohash"].as_str().unwrap();
    assert_eq!((hash.len(), &doc["infohash_from"]), (40, &json!("its node's status")));
    assert_eq!(doc["url"], format!("http://127.0.0.1:{port}/app/****/get_transport_file"));
    assert_eq!(site.json(&["transport", "news"], 0)["infohash"], hash);

    let text = site.acecast(&["transport", "news"]).exit(0).hides("hunter2hunter2").says(hash);
    text.says(&format!("fetch     http://127.0.0.1:{port}/app/****/get_transport_file?format=raw"));
    let ran = site.acecast(&["transport", &support.to_string()]).exit(1);
    ran.says("is a support node's, which has no transport file")
        .says(&format!("its source 127.0.0.1:{port}"));
}

#[test]
fn of_a_hls_stream_that_does_not_run() {
    let site = Site::new();
    let [port, other] = site.ports();
    site.sources(&[site.hls("kids", port)]);
    site.start();
    let runs = site.json(&["transport", "kids"], 0);
    site.json(&["stop", "all"], 0);
    let doc = site.json(&["transport", "kids"], 0);
    assert_eq!(doc["infohash"], runs["infohash"], "{doc:#}");
    assert_eq!(
        (&doc["infohash_from"], &doc["runs"]),
        (&json!("the file beside its transport files"), &json!(false))
    );
    assert_eq!(site.json(&["transport", &other.to_string()], 3)["error"]["code"], "port_not_in_config");
    assert_eq!(site.json(&["transport", "nope"], 3)["error"]["code"], "stream_not_in_config");
    // Its file may be of use all the same, and a list that cannot be read may have it.
    let left = site.root().join("public/old.acelive");
    std::fs::write(&left, "x").unwrap();
    assert_eq!(site.json(&["transport", "old"], 0)["path"], left.to_str().unwrap());
    std::fs::remove_file(site.path("config/source_node.json")).unwrap();
    assert_eq!(site.json(&["transport", "nope"], 1)["exists"], false);
}

#[test]
fn a_node_that_runs_needs_no_list() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    std::fs::remove_file(site.path("config/source_node.json")).unwrap();
    eventually("its file is there", || site.root().join("public/news.acelive").exists().then_some(()));
    assert_eq!(site.json(&["transport", &port.to_string()], 0)["uid"], "news");
}
