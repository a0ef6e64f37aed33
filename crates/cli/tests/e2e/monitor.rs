//! What a controller gets of each running node: all that the node says of itself, and which node it is.

use std::collections::BTreeSet;

use serde_json::{Value, json, value::RawValue};

use crate::support::{Site, node, outcomes, ports_with, with};

/// Has the reports go to the world's controller.
pub(crate) fn report_to_world(site: &Site) {
    report_to(site, &format!("{}/monitor", site.world.controller));
}

/// Has the reports go to this URL.
pub(crate) fn report_to(site: &Site, url: &str) {
    site.app(json!({"controller": {"monitor": url}}));
}

/// What changes from one moment to the next.
const MOVING: &[&str] = &[
    "timestamp",
    "run_time",
    "last_stats_update",
    "source_download_rate",
    "source_last_connect",
    "download_speed",
    "upload_speed",
    "connected_peers",
    "connected_peers_count",
];

/// Unknown fields, in an order that nobody would choose, with blanks and with numbers that no type holds.
const EXTRA: &str =
    r#""zz": {"z" : [1.10, -0, null],  "a":"\u00e9\/"}, "big" :123456789012345678901234567890, "aa": 1e30"#;

/// Names and values in their order, as they are written.
fn members(document: &str) -> Vec<(String, &str)> {
    struct Members<'a>(Vec<(String, &'a str)>);
    impl<'de> serde::Deserialize<'de> for Members<'de> {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Read;
            impl<'de> serde::de::Visitor<'de> for Read {
                type Value = Members<'de>;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<M: serde::de::MapAccess<'de>>(
                    self,
                    mut map: M,
                ) -> Result<Self::Value, M::Error> {
                    let mut members = Vec::new();
                    while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                        members.push((name, value.get()));
                    }
                    Ok(Members(members))
                }
            }
            deserializer.deserialize_map(Read)
        }
    }
    serde_json::from_str::<Members<'_>>(document).unwrap().0
}

/// The report is the node's own answer, byte for byte, but for port and type and for what moves.
#[track_caller]
fn assert_whole(site: &Site, port: u16, role: &str) {
    let post = site.world.posted(port);
    let sent = members(&post.body);
    let answer = site.world.node_says(port);
    assert!(answer.ends_with(&format!("{EXTRA}}}")), "{answer}");
    let (port, role) = (port.to_string(), format!("\"{role}\""));
    let mut expected = members(&answer);
    for (name, value) in [("port", &port), ("type", &role)] {
        match expected.iter_mut().find(|(given, _)| given == name) {
            Some(member) => member.1 = value,
            None => expected.push((name.to_owned(), value)),
        }
    }
    for (name, value) in expected.iter_mut().filter(|(name, _)| MOVING.contains(&name.as_str())) {
        *value = sent.iter().find(|(given, _)| given == name).expect(name).1;
    }
    let text: Vec<String> = expected.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    assert_eq!(post.body, format!("{{{}}}", text.join(",")));
    assert_eq!(post.header("content-type"), ["application/json"]);
    assert_eq!(post.header("authorization"), [""; 0]);
}

#[test]
fn the_whole_answer_is_sent_with_the_role_as_its_type() {
    let site = Site::new();
    let [ts, hls, support] = site.ports();
    report_to_world(&site);
    site.script("stable", json!({"*": {"status_extra": EXTRA}}));
    site.sources(&[site.ts("news", ts), site.hls("kids", hls)]);
    site.supports(&[site.support(support, ts)]);
    site.start();
    let doc = site.json(&["monitor"], 0);
    assert_eq!(outcomes(&doc), [("sent", 3)].into());
    assert_eq!(ports_with(&doc, "role", "source"), [ts.min(hls), ts.max(hls)]);
    assert_eq!(
        node(&doc, ts),
        &json!({
            "port": ts, "role": "source", "name": "news", "outcome": "sent", "status": 200, "attempts": 1,
            "error": null,
        })
    );
    // A HLS source says `support` of itself.
    let says: Value = serde_json::from_str(&site.world.node_says(hls)).unwrap();
    assert_eq!(says["type"], "support");
    for (port, role) in [(ts, "source"), (hls, "source"), (support, "support")] {
        assert_whole(&site, port, role);
    }
    assert_eq!(site.world.received("monitor").as_array().unwrap().len(), 3);
}

#[test]
fn the_older_engine_does_not_tell_its_port_but_the_report_does() {
    let site = Site::new();
    let [ts, support] = site.ports();
    site.install("stable", "3.0.5.1");
    report_to_world(&site);
    site.script("stable", json!({"*": {"status_extra": EXTRA}}));
    site.sources(&[site.ts("news", ts)]);
    site.supports(&[site.support(support, ts)]);
    site.start();
    site.acecast(&["monitor"]).exit(0).says("2 sent");
    for (port, role) in [(ts, "source"), (support, "support")] {
        assert!(!site.world.node_says(port).contains("\"pid\""), "another engine answers");
        assert_whole(&site, port, role);
        let body = site.world.posted(port).body;
        let end = if body.contains(&format!("\"aa\":1e30,\"port\":{port}}}")) { port } else { 0 };
        assert_eq!(end, port, "{body}");
    }
}

#[test]
fn a_role_is_reported_alone_if_it_is_asked_for() {
    let site = Site::new();
    let [ts, hls, support] = site.ports();
    report_to_world(&site);
    site.sources(&[site.ts("news", ts), site.hls("kids", hls)]);
    site.supports(&[site.support(support, ts)]);
    site.acecast(&["monitor"]).exit(0).says("no node runs");
    site.acecast(&["monitor", "--node-type", "source"]).exit(0).says("no source node runs");
    assert_eq!(site.json(&["monitor"], 0), json!({"schema": 1, "nodes": []}));
    site.start();
    let types = |role: &str| -> BTreeSet<String> {
        site.world.forget();
        site.acecast(&["monitor", "--node-type", role]).exit(0);
        let docs = site.world.posts("monitor").into_iter().map(|post| post.doc());
        docs.map(|doc| format!("{} {}", doc["port"], doc["type"])).collect()
    };
    assert_eq!(types("source"), [ts, hls].map(|port| format!("{port} \"source\"")).into());
    assert_eq!(types("support"), [format!("{support} \"support\"")].into());
    let run = site.acecast(&["monitor", "--node-type", "hls"]).exit(2);
    run.says("source").says("support");
}

#[test]
fn neither_a_list_of_nodes_nor_its_controller_is_needed() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let nowhere = format!("http://127.0.0.1:{}/list", site.port());
    let monitor = format!("{}/monitor", site.world.controller);
    site.app(json!({"controller": {"source_node": nowhere, "support_node": nowhere, "monitor": monitor}}));
    site.acecast(&["monitor"]).exit(0);
    let path = site.path("config/config.json");
    let mut app: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    app["controller"] = json!({"monitor": monitor});
    std::fs::write(&path, app.to_string()).unwrap();
    site.acecast(&["monitor"]).exit(0);
    assert_eq!(site.world.received("monitor").as_array().unwrap().len(), 2);
    let run = site.acecast(&["monitor", "--report-silent"]).exit(0);
    run.says("no list of nodes is set in the app config: nodes that are down are not reported");
    let run = site.acecast(&["monitor", "--report-silent", "--node-type", "source"]).exit(0);
    run.says("controller.source_node is not set");

    app["controller"] = json!({});
    std::fs::write(&path, app.to_string()).unwrap();
    site.acecast(&["monitor"]).exit(3).says("controller.monitor is not set in the app config").says("hint");
    assert_eq!(site.json(&["monitor"], 3)["error"]["code"], "endpoint_not_set");
}

#[test]
fn a_node_without_input_and_one_that_measures_are_reported_as_they_are() {
    let site = Site::new();
    let [ts, measuring] = site.ports();
    report_to_world(&site);
    site.sources(&[site.ts("news", ts), with(site.ts("kids", measuring), json!({"bitrate": 0}))]);
    site.acecast(&["start", "--ready-timeout", "1"]).exit(0);
    site.await_status(measuring, "it measures", |doc| doc["status"] == "starting");
    site.world.switch("ts/news", false);
    site.await_status(ts, "the input is lost", |doc| doc["source_connected"] == false);
    site.acecast(&["monitor"]).exit(0).says("2 sent");
    assert_eq!(site.world.posted(ts).doc()["source_connected"], false);
    assert_eq!(site.world.posted(measuring).doc()["status"], "starting");
}
