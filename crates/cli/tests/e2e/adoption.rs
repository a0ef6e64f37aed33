//! Nodes that the scripts before acecast started keep running, and are managed from their next restart on.

use serde_json::json;

use crate::support::{Site, drift_fields, node, outcomes, with};

/// A ts source, a HLS source and a support node, started as before.
fn started_as_before(site: &Site) -> [u16; 3] {
    let [ts, hls, support] = site.ports();
    let news = with(site.ts("news", ts), json!({"title": "The News", "categories": ["sport", "kids"]}));
    let kids = with(site.hls("kids", hls), json!({"extended_logging": 1}));
    let relay = site.support(support, ts);
    for node in [&news, &kids, &relay] {
        site.start_as_before(node, None);
    }
    site.sources(&[news, kids]);
    site.supports(&[relay]);
    [ts, hls, support]
}

#[test]
fn they_are_kept() {
    let site = Site::new();
    started_as_before(&site);
    let pids = site.pids();
    assert_eq!(pids.len(), 3);

    let plan = site.plan();
    assert_eq!(plan["changes"], 0, "{plan:#}");
    assert_eq!(outcomes(&site.start()), [("kept", 3)].into());
    assert_eq!(site.pids(), pids);
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, *pids.keys().next().unwrap())["engine_version"], "stable", "{status:#}");
    site.assert_nothing_to_do();
}

#[test]
fn they_are_managed_after_their_next_restart() {
    let site = Site::new();
    let [ts, hls, support] = started_as_before(&site);
    let before = site.pids();
    assert!(!is_managed(&site, ts));

    let changed = [with(site.ts("news", ts), json!({"title": "The News", "categories": ["kids"]}))];
    site.sources(&[changed[0].clone(), with(site.hls("kids", hls), json!({"extended_logging": 1}))]);
    let plan = site.plan();
    assert_eq!(plan["changes"], 1, "{plan:#}");
    assert_eq!(drift_fields(node(&plan, ts)), ["categories"]);

    site.start();
    let after = site.pids();
    assert_ne!(after[&ts], before[&ts]);
    assert_eq!((after[&hls], after[&support]), (before[&hls], before[&support]));
    assert!(is_managed(&site, ts) && !is_managed(&site, hls));
    site.assert_nothing_to_do();
}

#[test]
fn transport_files_of_the_old_scripts_are_taken_as_they_are() {
    let site = Site::new();
    let [_, hls, _] = started_as_before(&site);
    let file = site.root().join("public/kids.acelive");
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();

    site.acecast(&["stop", &hls.to_string()]).exit(0);
    site.start();
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), before, "made again");
    site.assert_nothing_to_do();

    // From now on acecast knows what they were made from.
    site.sources(&[
        with(
            site.ts("news", node_port(&site, "news")),
            json!({"title": "The News", "categories": ["sport", "kids"]}),
        ),
        with(site.hls("kids", hls), json!({"extended_logging": 1, "title": "Kids"})),
    ]);
    site.start();
    assert_ne!(std::fs::metadata(&file).unwrap().modified().unwrap(), before, "not made again");
    site.assert_nothing_to_do();
}

#[test]
fn they_can_be_stopped() {
    let site = Site::new();
    let ports = started_as_before(&site);
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(outcomes(&report), [("stopped", ports.len())].into(), "{report:#}");
    site.await_quiet();
}

#[test]
fn a_token_in_their_arguments_is_what_they_are_asked_with() {
    let site = Site::new();
    let port = site.port();
    let news = site.ts("news", port);
    site.start_as_before(&news, Some("old-token"));
    site.sources(&[news]);
    site.app(json!({"node_access_token": "old-token"}));
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, port)["state"], "answering", "{status:#}");
    site.assert_nothing_to_do();

    site.app(json!({"node_access_token": "new-token"}));
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, port)["state"], "answering", "asked with its own token: {status:#}");
    assert_eq!(drift_fields(node(&site.plan(), port)), ["node_access_token"]);
}

fn is_managed(site: &Site, port: u16) -> bool {
    let environ = std::fs::read(format!("/proc/{}/environ", site.pid(port))).unwrap();
    environ.split(|byte| *byte == 0).any(|var| var.starts_with(b"ACECAST_SPEC="))
}

fn node_port(site: &Site, uid: &str) -> u16 {
    let list = std::fs::read(site.path("config/source_node.json")).unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_slice(&list).unwrap();
    let node = list.iter().find(|node| node["stream_uid"] == uid).unwrap();
    u16::try_from(node["port"].as_u64().unwrap()).unwrap()
}
