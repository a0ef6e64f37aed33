//! A running node whose settings differ from the config is restarted, and the plan says which setting it was.

use serde_json::{Value, json};

use crate::support::{Site, drift_fields, node, with};

/// One node runs; a change of its entry must be seen as a change of exactly this field.
#[track_caller]
fn restarts(site: &Site, port: u16, field: &str, change: impl FnOnce()) {
    let before = site.pids();
    change();
    let plan = site.plan();
    let planned = node(&plan, port);
    assert_eq!((&planned["action"], drift_fields(planned)), (&json!("restart"), vec![field]), "{plan:#}");
    assert_eq!(planned["pid"], before[&port]);
    site.acecast(&["start", "-o", "json"]).exit(0);
    let after = site.pids();
    assert_ne!(after[&port], before[&port], "{field}: not restarted");
    for (other, pid) in before.iter().filter(|(other, _)| **other != port) {
        assert_eq!(after.get(other), Some(pid), "{field}: port {other} was touched");
    }
    site.assert_nothing_to_do();
}

/// A change of the entry that is none.
#[track_caller]
fn keeps(site: &Site, change: impl FnOnce()) -> Value {
    let before = site.pids();
    change();
    let plan = site.plan();
    assert_eq!(plan["changes"], 0, "{plan:#}");
    site.start();
    assert_eq!(site.pids(), before);
    plan
}

#[test]
fn of_a_ts_source() {
    let site = Site::new();
    let [port, other] = site.ports();
    let quiet = site.ts("quiet", other);
    let set = |news: &Value| site.sources(&[news.clone(), quiet.clone()]);
    let mut news = site.ts("news", port);
    set(&news);
    site.start();

    let changes = [
        ("bitrate", json!(60_000)),
        ("title", json!("-The \"News\"")),
        ("quality", json!("SD")),
        ("categories", json!(["sport", "kids"])),
        ("upload_to", json!(["127.0.0.1:9", "127.0.0.2:9"])),
        ("private_node", json!(1)),
        ("extended_logging", json!(1)),
        ("engine_version", json!("beta")),
    ];
    for (field, value) in changes {
        news[field] = value;
        restarts(&site, port, field, || set(&news));
    }
    news["url"] = json!(format!("{}/ts/other?rate=50000", site.world.streams));
    restarts(&site, port, "url", || set(&news));
    // The key stays the same through all of it.
    assert_eq!(node(&site.plan(), port)["new_key"], false);
}

#[test]
fn what_says_the_same_is_no_drift() {
    let site = Site::new();
    let port = site.port();
    let lists = json!({"categories": ["sport", "kids"], "upload_to": ["127.0.0.1:9", "127.0.0.2:9"]});
    let news = with(site.ts("news", port), lists);
    site.sources(std::slice::from_ref(&news));
    site.start();

    let other_order =
        json!({"categories": ["KIDS", "sport", "kids"], "upload_to": ["127.0.0.2:9", "127.0.0.1:9"]});
    keeps(&site, || site.sources(&[with(news.clone(), other_order)]));
    let other_types =
        json!({"bitrate": "50000", "port": port.to_string(), "extended_logging": false, "private_node": 0});
    keeps(&site, || site.sources(&[with(news.clone(), other_types)]));
}

#[test]
fn a_fresh_token_in_the_url_is_only_noted() {
    let site = Site::new();
    let [ts, hls] = site.ports();
    let list = |session: &str| {
        let url = |path: &str| format!("{}/{path}?rate=50000&session={session}", site.world.streams);
        let news = with(site.ts("news", ts), json!({"url": url("ts/news")}));
        let kids = with(site.hls("kids", hls), json!({"url": url("hls/kids/index.m3u8")}));
        site.sources(&[news, kids]);
    };
    list("first-session");
    site.start();

    let plan = keeps(&site, || list("second-session"));
    let noted = &node(&plan, ts)["noted"];
    assert_eq!(noted[0]["field"], "url", "{plan:#}");
    assert_eq!(noted.as_array().unwrap().len(), 1);
    assert!(!plan.to_string().contains("-session"), "{plan:#}");
    let text = site.acecast(&["plan"]).exit(0).hides("-session");
    assert!(text.stdout.contains("url has a new query, used at the next start"), "{text}");

    // It is used at the next start.
    site.kill(ts);
    site.start();
    assert!(site.engine(ts).option("--source").unwrap().ends_with("session=second-session"));
    let plan = site.plan();
    assert_eq!(node(&plan, ts)["noted"], json!([]), "{plan:#}");
}

#[test]
fn of_a_hls_source() {
    let site = Site::new();
    let port = site.port();
    let mut kids = site.hls("kids", port);
    site.sources(&[kids.clone()]);
    site.start();

    kids["force_monotonic_sequence"] = json!(0);
    restarts(&site, port, "force_monotonic_sequence", || site.sources(&[kids.clone()]));
    kids["title"] = json!("Children");
    restarts(&site, port, "title", || site.sources(&[kids.clone()]));
    kids["categories"] = json!(["series"]);
    restarts(&site, port, "categories", || site.sources(&[kids.clone()]));
    kids["url"] = json!(format!("{}/hls/other/index.m3u8?rate=50000", site.world.streams));
    restarts(&site, port, "url", || site.sources(&[kids.clone()]));
    let file = std::fs::read(site.root().join("public/kids.acelive")).unwrap();
    assert!(String::from_utf8_lossy(&file).contains("Children"), "its transport file is of an older title");
    // A HLS source has no bitrate and no quality.
    keeps(&site, || site.sources(&[with(kids.clone(), json!({"bitrate": "nonsense", "quality": "4K"}))]));
}

#[test]
fn of_a_support_node() {
    let site = Site::new();
    let [one, two, port] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.supports(&[site.support(port, one)]);
    site.start();

    restarts(&site, port, "source_port", || site.supports(&[site.support(port, two)]));
    assert_eq!(site.engine(port).option("--download-from"), Some(&*format!("127.0.0.1:{two}")));
    site.await_status(port, "it pulls from its new source", |doc| {
        doc["download_speed"].as_u64() > Some(10_000)
    });

    // Its source is another host's now. That one is nowhere, so the node gives up, and is not kept as it was.
    let elsewhere = with(site.support(port, two), json!({"source_ip": "127.0.0.9"}));
    site.supports(&[elsewhere]);
    let plan = site.plan();
    assert_eq!(drift_fields(node(&plan, port)), ["source_ip"]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["outcome"], "failed", "{report:#}");
    site.supports(&[site.support(port, two)]);
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn of_what_all_nodes_share() {
    let site = Site::new();
    let [ts, hls] = site.ports();
    site.sources(&[site.ts("news", ts), site.hls("kids", hls)]);
    site.start();

    site.app(json!({"trackers": ["udp://tracker.example.com:2710/announce", "udp://two.example.com:1/x"]}));
    let plan = site.plan();
    assert_eq!(drift_fields(node(&plan, ts)), ["trackers"], "{plan:#}");
    assert_eq!(drift_fields(node(&plan, hls)), ["trackers"], "its transport file names them");
    site.start();
    site.assert_nothing_to_do();

    let key = std::fs::read(site.metadata("news.sauth")).unwrap();
    let moved = site.root().join("kept");
    std::fs::create_dir(&moved).unwrap();
    std::fs::write(moved.join("news.sauth"), key).unwrap();
    site.app(json!({
        "trackers": ["udp://two.example.com:1/x", "udp://tracker.example.com:2710/announce"],
        "dirs": {"metadata": "kept"},
    }));
    let plan = site.plan();
    assert_eq!(drift_fields(node(&plan, ts)), ["dirs.metadata"], "{plan:#}");
    assert_eq!(node(&plan, ts)["new_key"], false);
    site.start();
    assert_eq!(site.engine(ts).option("--metadata-dir"), moved.to_str());
    site.assert_nothing_to_do();
}

#[test]
fn of_secrets_is_shown_without_values() {
    let site = Site::new();
    let [ts, support] = site.ports();
    site.sources(&[site.ts("news", ts)]);
    site.supports(&[site.support(support, ts)]);
    site.start();

    for (field, value, nodes) in [
        ("provider_key", "s3cret-provider", &[ts][..]),
        ("node_access_token", "s3cret-token", &[ts, support]),
    ] {
        let old = json!({"provider_key": "s3cret-provider"});
        site.app(with(old, json!({field: value})));
        let plan = site.plan();
        for port in nodes {
            let drift = &node(&plan, *port)["drift"];
            assert_eq!(*drift, json!([{"field": field, "from": null, "to": "changed"}]), "{plan:#}");
        }
        assert_eq!(plan["changes"], nodes.len());
        site.acecast(&["plan", "-vvv"]).exit(0).says(&format!("{field} changed")).hides(value);
        site.acecast(&["start", "-vvv"]).exit(0).hides(value);
        site.assert_nothing_to_do();
    }
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, support)["state"], "answering", "{status:#}");
}
