//! Nodes that answer with anything but a status.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Site, eventually, node};
use crate::world::{Server, http};

#[test]
fn a_status_that_is_none_is_silence_with_its_reason_and_the_node_is_kept() {
    let site = Site::new();
    let ports: [u16; 9] = site.ports();
    let nodes = ports.map(|port| site.ts(&format!("s{port}"), port));
    site.app(json!({"node_access_token": "tok3n-status"}));
    site.sources(&nodes);
    site.start();
    let pids = site.pids();

    let elsewhere = Server::start(0, |_| http("200 OK", "{}"));
    let [hang, drip, error, html, types, cut, endless, redirect, echo] = ports;
    let at =
        |what: &str| json!({"status": what, "redirect_to": format!("http://127.0.0.1:{}/", elsewhere.port)});
    site.script(
        "stable",
        json!({
            hang.to_string(): at("hang"), drip.to_string(): at("drip"), error.to_string(): at("error500"),
            html.to_string(): at("html"), types.to_string(): at("wrong_types"), cut.to_string(): at("cut"),
            endless.to_string(): at("endless"), redirect.to_string(): at("redirect"), echo.to_string(): at("refuse"),
        }),
    );
    // Another program on the port of a node, which repeats the token that it is asked with.
    eventually("the node has closed its port", || {
        std::net::TcpListener::bind(("127.0.0.1", echo)).ok().map(drop)
    });
    let _echo = Server::start(echo, |request| http("500 Oops", request));

    let old = |doc: &Value| ports.iter().all(|port| node(doc, *port)["uptime_s"].as_u64() > Some(15));
    let status = eventually("all nodes are old enough to be called silent", || {
        let run = site.acecast(&["status", "-o", "json"]);
        assert!(run.took < Duration::from_secs(8), "one deadline for all of them: {run}");
        Some(run.doc()).filter(old)
    });
    for (port, state, why) in [
        (hang, "silent", "no answer within 2 s"),
        (drip, "silent", "no answer within 2 s"),
        (error, "silent", "HTTP 500: Traceback: internal error"),
        (html, "silent", "no JSON object: <!DOCTYPE html>"),
        (cut, "silent", "disconnected"),
        (endless, "silent", "more than 4 MiB"),
        (redirect, "silent", "HTTP 302"),
        (echo, "silent", "HTTP 500: GET /app/****/monitor"),
    ] {
        let row = node(&status, port);
        assert_eq!(row["state"], state, "{row:#}");
        assert!(row["error"].as_str().unwrap().contains(why), "{why}: {row:#}");
    }
    // It is a status all the same, in which every field is of another type: each counts as not told.
    let row = node(&status, types);
    for field in ["version", "peers", "upload_speed"] {
        assert_eq!(row[field], Value::Null, "{row:#}");
    }
    assert_eq!(elsewhere.asked(), 0, "a redirect was followed, with the token in the path");

    let run = site.acecast(&["start", "-o", "json", "-vvv"]).hides("tok3n");
    let report = run.doc();
    assert!(ports.iter().all(|port| node(&report, *port)["outcome"] == "kept"), "{report:#}");
    site.acecast(&["status", "-vvv"]).hides("tok3n");
    assert_eq!(site.pids(), pids);
}
