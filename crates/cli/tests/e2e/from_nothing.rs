//! An empty host becomes twelve broadcasting nodes.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Site, mode, node, outcomes, ports_with};

/// Four ts and two HLS sources, and a support node for each.
struct Twelve {
    ts: [u16; 4],
    hls: [u16; 2],
    support: [u16; 6],
}

fn twelve(site: &Site) -> Twelve {
    let ports: [u16; 12] = site.ports();
    let (ts, rest) = ports.split_first_chunk().unwrap();
    let (hls, support) = rest.split_first_chunk().unwrap();
    let ts_nodes = ts.iter().enumerate().map(|(n, port)| site.ts(&format!("ts_{n}"), *port));
    let hls_nodes = hls.iter().enumerate().map(|(n, port)| site.hls(&format!("hls_{n}"), *port));
    site.sources(&ts_nodes.chain(hls_nodes).collect::<Vec<Value>>());
    let sources = ts.iter().chain(hls);
    let supports = sources.zip(support).map(|(source, port)| site.support(*port, *source));
    site.supports(&supports.collect::<Vec<Value>>());
    Twelve { ts: *ts, hls: *hls, support: support.try_into().unwrap() }
}

#[test]
fn twelve_nodes_start_and_really_pull_their_streams() {
    let site = Site::new();
    let Twelve { ts, hls, support } = twelve(&site);

    let plan = site.plan();
    assert_eq!(plan["changes"], 12);
    assert!(ts.iter().all(|port| node(&plan, *port)["new_key"] == true), "{plan:#}");
    assert!(hls.iter().all(|port| node(&plan, *port)["new_key"] == false), "{plan:#}");

    let report = site.start();
    assert_eq!(outcomes(&report), [("ready", 12)].into(), "{report:#}");
    let pids = site.pids();
    assert_eq!(pids.len(), 12);
    for (port, pid) in &pids {
        assert_eq!(fs::read_to_string(site.pid_file(*port)).unwrap(), pid.to_string());
    }

    for port in ts {
        site.await_status(port, "a ts source pulls", |doc| {
            doc["source_download_rate"].as_u64() > Some(10_000)
        });
    }
    for port in hls.iter().chain(&support) {
        site.await_status(*port, "a node pulls", |doc| doc["download_speed"].as_u64() > Some(10_000));
    }
    let status = site.json(&["status"], 0);
    assert_eq!(ports_with(&status, "state", "answering").len(), 12, "{status:#}");
    for port in pids.keys() {
        let node = node(&status, *port);
        assert!(node["download_speed"].as_u64() > Some(10_000), "{node:#}");
        assert_eq!(node["pid"], pids[port]);
        assert_eq!(node["listed"], true);
    }
    assert_eq!(node(&status, support[0])["name"], format!("127.0.0.1:{}", ts[0]));

    site.assert_nothing_to_do();
    assert_eq!(site.pids(), pids);
}

#[test]
fn files_are_where_others_look_for_them_and_secret_where_they_must_be() {
    let site = Site::new();
    let Twelve { ts, hls, .. } = twelve(&site);
    site.start();

    let public = site.root().join("public");
    let map: Value = serde_json::from_slice(&fs::read(public.join("port_map.json")).unwrap()).unwrap();
    let url = format!("{}/ts/ts_0", site.world.streams);
    assert_eq!(map["ts_0"], json!({"title": "ts_0", "url": url, "port": ts[0]}));
    assert_eq!(map["hls_1"]["port"], hls[1]);
    assert_eq!(map.as_object().unwrap().len(), 6);

    for uid in ["ts_0", "hls_0"] {
        mode(&public.join(format!("{uid}.acelive")), 0o644);
    }
    mode(&public.join("port_map.json"), 0o644);
    mode(&site.root().join("run/.acecast.lock"), 0o600);
    let private: Vec<_> =
        fs::read_dir(site.root().join("private")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(private.len(), 4, "a private file and its inputs for each HLS node: {private:?}");
    for path in &private {
        mode(path, 0o600);
    }

    // The engine makes keys that all may read; the next start of the node takes that away.
    site.acecast(&["stop", &ts[0].to_string()]).exit(0);
    site.start();
    mode(&site.metadata("ts_0.sauth"), 0o600);
    site.assert_nothing_to_do();
}

#[test]
fn numbers_may_be_texts_and_lists_have_comments() {
    let site = Site::new();
    let [news, relay] = site.ports();
    let streams = &site.world.streams;
    let list = format!(
        r#"// what the template looks like
        [{{"stream_uid": "news", "port": "{news}", "title": "News", "type": "ts", "bitrate": "50000",
           "url": "{streams}/ts/news?rate=50000", "categories": [], "quality": "auto",
           "extended_logging": "0", /* all of it */ }},]"#
    );
    fs::write(site.path("config/source_node.json"), list).unwrap();
    let list =
        json!({"result": [{"port": relay, "source_ip": "127.0.0.1", "source_port": news.to_string()}]});
    fs::write(site.path("config/support_node.json"), list.to_string()).unwrap();
    assert_eq!(outcomes(&site.start()), [("ready", 2)].into());
    site.assert_nothing_to_do();
}

#[test]
fn logs_go_on_unless_they_are_to_begin_anew() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let log = site.root().join(format!("log/source_node_{port}.log"));
    let starts = || fs::read_to_string(&log).unwrap().matches("starting on port").count();
    for (args, expected) in [(&["start"][..], 1), (&["start"], 2), (&["start", "--clear-logs-on-start"], 1)] {
        site.acecast(args).exit(0);
        assert_eq!(starts(), expected, "{args:?}");
        site.acecast(&["stop", "all"]).exit(0);
    }
}
