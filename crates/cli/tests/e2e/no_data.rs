//! A source that gives nothing is not the node's fault: whoever speaks of the node names it, and `explain` says how to ask
//! it.

use std::net::{Ipv4Addr, TcpListener};

use serde_json::{Value, json};

use crate::support::{Site, eventually, node, with};

/// What status says of a port.
fn error(status: &Value, port: u16) -> String {
    node(status, port)["error"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_source_that_was_never_reached_is_named_without_its_secrets() {
    let site = Site::new();
    site.install("beta", "3.0.5.1");
    let [well, refused, absent, mute, hls, old, nobody] = site.ports();
    // It takes connections, and sends nothing.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let streams = site.world.streams.strip_prefix("http://").unwrap().to_owned();
    let closed = format!("127.0.0.1:{nobody}");
    let silent = listener.local_addr().unwrap().to_string();
    site.world.switch("ts/absent", false);
    let at = |uid: &str, port: u16, url: &str| with(site.ts(uid, port), json!({"url": url}));
    site.sources(&[
        site.ts("well", well),
        at("refused", refused, &format!("http://me:hunter22@{closed}/live.ts?token=hunter33")),
        site.ts("absent", absent),
        at("mute", mute, &format!("http://{silent}/live.ts")),
        with(site.hls("hls", hls), json!({"url": format!("http://{closed}/index.m3u8")})),
        with(at("old", old, &format!("http://{closed}/live.ts")), json!({"engine_version": "beta"})),
    ]);
    site.acecast(&["start", "--ready-timeout", "1"]).exit(0);
    let from = [(refused, &closed), (absent, &streams), (mute, &silent), (hls, &closed), (old, &closed)];
    let is_said = |status: &Value, port: u16, source: &str| {
        error(status, port).contains(&format!("no data has come from its source {source}"))
    };
    let status = eventually("status names the sources", || {
        let status = site.acecast(&["status", "-o", "json"]).doc();
        from.iter().all(|(port, source)| is_said(&status, *port, source)).then_some(status)
    });
    assert_eq!(error(&status, well), "");
    // An engine of this version keeps its port closed until then. That one which hangs would do so, too, is not hidden.
    let status = eventually("a node is old enough to be called silent", || {
        let status = site.acecast(&["status", "-o", "json"]).doc();
        (node(&status, refused)["state"] == "silent").then_some(status)
    });
    let seems = format!("it does not listen yet; probably no data has come from its source {closed}");
    assert_eq!(error(&status, refused), seems);
    assert_eq!(node(&status, old)["state"], "starting", "{status:#}");
    site.acecast(&["status"]).exit(1).says(&seems).hides("hunter").hides("does not listen on its port");

    // A plan and a start say so, too.
    let plan = site.plan();
    let kept = |plan: &Value, port: u16| node(plan, port)["detail"].as_str().unwrap().to_owned();
    assert_eq!(kept(&plan, refused), format!("silent: {seems}"), "{plan:#}");
    assert_eq!(kept(&plan, hls), format!("silent: {seems}"), "{plan:#}");
    assert_eq!(kept(&plan, old), format!("starting: no data has come from its source {closed} yet"));
    assert_eq!(kept(&plan, well), "");
    let _ = site.acecast(&["plan"]).exit(0).says(&format!("silent: {seems}")).hides("hunter");
    let _ = site.acecast(&["start"]).exit(0).says(&format!("silent: {seems}")).hides("hunter");

    let port = refused.to_string();
    let curl = r"`curl -sS -m 10 -o /dev/null -w '%{http_code} %{size_download}\n' http://";
    let ask = format!("{curl}{closed}/live.ts`, with the user and the query of the config's url");
    let explained = site.acecast(&["explain", &port]).exit(0).hides("hunter");
    let _ = explained.says(&format!("input                         {seems}\n")).says(&ask);
    let running = &site.acecast(&["explain", &port, "-o", "json"]).hides("hunter").doc()["running"][0];
    assert_eq!(running["input"], json!(seems), "{running:#}");
    assert!(running["ask"].as_str().unwrap().starts_with(&ask), "{running:#}");
    let whole = format!("{curl}{closed}/index.m3u8`, on this host\n");
    let _ = site.acecast(&["explain", &hls.to_string()]).says(&whole);
    let running = &site.acecast(&["explain", &well.to_string(), "-o", "json"]).exit(0).doc()["running"][0];
    assert_eq!((&running["input"], &running["ask"]), (&Value::Null, &Value::Null));
}

/// Who waits for it in vain is told what for.
#[test]
fn a_start_that_waits_names_the_source() {
    let site = Site::new();
    let [port, hls, nobody] = site.ports();
    let source = format!("127.0.0.1:{nobody}");
    let at = |entry: Value, path: &str| {
        with(entry, json!({"url": format!("http://{source}{path}?token=hunter33")}))
    };
    site.sources(&[at(site.ts("ts", port), "/live.ts"), at(site.hls("hls", hls), "/index.m3u8")]);
    let ran = site.acecast(&["start", "--ready-timeout", "0", "--wait=8s", "-o", "json"]).exit(1);
    let report = ran.hides("hunter").doc();
    let said = format!("does not answer yet: no data has come from its source {source} yet");
    for port in [port, hls] {
        assert_eq!(node(&report, port)["error"], json!(said), "{report:#}");
    }
}

#[test]
fn a_source_that_was_lost_is_named() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    site.world.switch("ts/news", false);
    site.await_status(port, "the input is lost", |doc| doc["source_connected"] == false);
    let status = site.json(&["status"], 1);
    let streams = site.world.streams.strip_prefix("http://").unwrap();
    assert_eq!(error(&status, port), format!("no data comes from its source {streams}"));
    let _ = site.acecast(&["status"]).exit(1).says("no-input").says("no data comes from its source");
}

#[test]
fn a_node_that_a_start_left_down_says_why_until_it_is_up() {
    let site = Site::new();
    let [source, copy, wrong] = site.ports();
    site.world.switch("ts/news", false);
    site.script("stable", json!({wrong.to_string(): {"exit_at_start": 1, "exit_message": "no licence"}}));
    site.sources(&[site.ts("news", source), site.ts("wrong", wrong)]);
    site.supports(&[site.support(copy, source)]);
    site.acecast(&["start", "--ready-timeout", "1"]).exit(1);
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, copy)["state"], "down", "{status:#}");
    assert!(error(&status, copy).starts_with("its last start was skipped: its source on port"), "{status:#}");
    assert!(
        error(&status, wrong).starts_with("its last start failed: the engine ended at once"),
        "{status:#}"
    );
    assert!(error(&status, wrong).contains("its log ends with: "), "{status:#}");
    let _ = site.acecast(&["status"]).exit(1).says("its last start was skipped: its source on port");

    // What has come and gone since is no reason any more, and neither is what another node on the port met.
    site.world.switch("ts/news", true);
    site.script("stable", json!({}));
    site.await_status(source, "the source is there", |doc| doc["status"] == "running");
    site.start();
    assert_eq!(error(&site.json(&["status"], 0), copy), "");
    site.acecast(&["stop", &copy.to_string()]).exit(0);
    let status = site.json(&["status"], 1);
    assert!(!error(&status, copy).contains("last start"), "{status:#}");
}
