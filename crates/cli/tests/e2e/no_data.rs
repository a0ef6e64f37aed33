//! A source that gives nothing is not the node's fault: `status` names it, and `explain` says how to ask it.

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
        error(status, port).contains(&format!("no data has come from its source {source} yet"))
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
    let seems = format!("connection refused; it seems that no data has come from its source {closed} yet");
    assert_eq!(error(&status, refused), seems);
    assert_eq!(node(&status, old)["state"], "starting", "{status:#}");
    site.acecast(&["status"]).exit(1).says(&seems).hides("hunter").hides("does not listen on its port");

    let port = refused.to_string();
    let ask =
        format!("`curl -I -m 10 http://{closed}/live.ts`, with the user and the query of the config's url");
    let explained = site.acecast(&["explain", &port]).exit(0).hides("hunter");
    let _ = explained.says(&format!("input                         {seems}\n")).says(&ask);
    let running = &site.acecast(&["explain", &port, "-o", "json"]).hides("hunter").doc()["running"][0];
    assert_eq!(running["input"], json!(seems), "{running:#}");
    assert!(running["ask"].as_str().unwrap().starts_with(&ask), "{running:#}");
    let whole = format!("`curl -I -m 10 http://{closed}/index.m3u8`, on this host\n");
    let _ = site.acecast(&["explain", &hls.to_string()]).says(&whole);
    let running = &site.acecast(&["explain", &well.to_string(), "-o", "json"]).exit(0).doc()["running"][0];
    assert_eq!((&running["input"], &running["ask"]), (&Value::Null, &Value::Null));
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
