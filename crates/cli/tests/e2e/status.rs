//! Health is what a node says of itself, and whether it says anything.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Site, eventually, node, with};

#[test]
fn a_source_without_input_is_kept_and_said() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let pids = site.pids();
    site.world.switch("ts/news", false);
    site.await_status(port, "the input is lost", |doc| doc["source_connected"] == false);
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, port)["state"], "no-input", "{status:#}");
    site.acecast(&["status"]).exit(1).says("no-input");

    // It recovers by itself, so there is nothing to do about it.
    let report = site.start();
    assert_eq!(node(&report, port)["outcome"], "kept");
    assert_eq!(site.pids(), pids);

    site.world.switch("ts/news", true);
    site.await_status(port, "the input is back", |doc| doc["source_connected"] == true);
    site.json(&["status"], 0);
    site.assert_nothing_to_do();
}

#[test]
fn a_node_that_measures_is_starting() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[with(site.ts("news", port), json!({"bitrate": 0}))]);
    let report = site.json(&["start", "--ready-timeout", "1"], 0);
    assert_eq!(node(&report, port)["outcome"], "starting", "{report:#}");
    site.await_status(port, "it measures", |doc| doc["status"] == "starting");
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, port)["state"], "starting", "{status:#}");
    site.assert_nothing_to_do();
}

#[test]
fn many_silent_nodes_cost_one_deadline() {
    let site = Site::new();
    let ports: [u16; 5] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    let pids = site.pids();
    let [hang, drip, html, error, cut] = ports;
    site.script(
        "stable",
        json!({
            hang.to_string(): {"status": "hang"}, drip.to_string(): {"status": "drip"},
            html.to_string(): {"status": "html"}, error.to_string(): {"status": "error500"},
            cut.to_string(): {"status": "cut"},
        }),
    );
    let run = site.acecast(&["status", "-o", "json"]);
    assert!(run.took < Duration::from_millis(3_900), "{run}");

    // A young node without an answer is starting.
    let status = eventually("the nodes are old enough to be called silent", || {
        let status = site.acecast(&["status", "-o", "json"]).doc();
        ports.iter().all(|port| node(&status, *port)["state"] == "silent").then_some(status)
    });
    for (port, why) in [(hang, "2 s"), (drip, "2 s"), (html, "JSON"), (error, "500")] {
        let node = node(&status, port);
        assert_eq!(node["state"], "silent", "{status:#}");
        assert!(node["error"].as_str().unwrap().contains(why), "{node:#}");
        assert_eq!(node["pid"], pids[&port]);
    }
    let report = site.start();
    assert!(ports.iter().all(|port| node(&report, *port)["outcome"] == "kept"), "{report:#}");
    assert_eq!(site.pids(), pids, "a silent node is alive, so it is kept");
    assert_eq!(site.json(&["stop", "all"], 0)["nodes"].as_array().unwrap().len(), 5);
}

#[test]
fn an_answer_of_another_process_is_not_its_answer() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    site.script("stable", json!({port.to_string(): {"status": "wrong_pid"}}));
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, port)["version"], Value::Null, "{status:#}");
    assert_ne!(node(&status, port)["state"], "answering", "{status:#}");
    // A redirect is no answer, and is not followed: it would carry the token elsewhere.
    site.script(
        "stable",
        json!({port.to_string(): {"status": "redirect", "redirect_to": site.world.controller}}),
    );
    let status = site.json(&["status"], 0);
    assert_ne!(node(&status, port)["state"], "answering");
}

#[test]
fn every_node_is_there_listed_or_not() {
    let site = Site::new();
    let [one, two, down, support] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.supports(&[site.support(support, one)]);
    site.start();
    site.sources(&[site.ts("one", one), with(site.hls("down", down), json!({"engine_version": "beta"}))]);
    let status = site.json(&["status"], 1);
    let order: Vec<u64> =
        status["nodes"].as_array().unwrap().iter().map(|node| node["port"].as_u64().unwrap()).collect();
    assert_eq!(order, [one, two, down, support].map(u64::from));
    assert_eq!(node(&status, two)["listed"], false);
    let down = node(&status, down);
    assert_eq!(
        (&down["state"], &down["role"], &down["engine_version"]),
        (&json!("down"), &json!("source"), &json!("beta"))
    );
    for key in ["pid", "version", "uptime_s", "download_speed", "upload_speed", "peers", "rss_bytes", "error"]
    {
        assert_eq!(down.get(key), Some(&Value::Null), "{key}");
    }
    let one = node(&status, one);
    assert_eq!((&one["version"], &one["name"]), (&json!("3.2.3"), &json!("one")));
    assert!(one["rss_bytes"].as_u64() > Some(0) && one["uptime_s"].is_u64());
}

#[test]
fn the_older_engine_which_does_not_tell_its_pid_is_proven_by_its_socket() {
    let site = Site::new();
    let [source, support] = site.ports();
    site.install("stable", "3.0.5.1");
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    let status = site.json(&["status"], 0);
    for port in [source, support] {
        assert_eq!(node(&status, port)["version"], "3.0.5.1", "{status:#}");
        assert_eq!(node(&status, port)["state"], "answering");
    }
    site.assert_nothing_to_do();
}
