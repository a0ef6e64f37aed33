//! Nodes that say nothing: they cost one deadline, are told from young ones, and are reported if that is asked for.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::monitor::report_to_world;
use crate::support::{Site, eventually, node, outcomes, ports_with, with};

#[test]
fn silent_nodes_cost_one_deadline_and_are_failures_once_they_are_old_enough() {
    let site = Site::new();
    let ports: [u16; 8] = site.ports();
    let (hung, well) = ports.split_at(5);
    report_to_world(&site);
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    let (hang, error) = (json!({"status": "hang"}), json!({"status": "error500"}));
    site.script(
        "stable",
        hung.iter()
            .map(|port| (port.to_string(), if *port == hung[0] { &error } else { &hang }.clone()))
            .collect(),
    );
    // A young node may say nothing yet.
    let run = site.acecast(&["monitor"]).exit(0).says("5 starting, 3 sent");
    assert!(run.took < Duration::from_millis(3_900), "{run}");

    let doc = eventually("the nodes are old enough to be called silent", || {
        site.world.forget();
        let doc = site.acecast(&["monitor", "-o", "json"]).doc();
        (outcomes(&doc) == [("sent", 3), ("silent", 5)].into()).then_some(doc)
    });
    assert_eq!(ports_with(&doc, "outcome", "sent"), well);
    assert_eq!(site.world.requests("monitor"), 3);
    assert_eq!(
        node(&doc, hung[1]),
        &json!({
            "port": hung[1], "role": "source", "name": format!("s_{}", hung[1]), "outcome": "silent",
            "status": null, "attempts": 0, "error": "no answer within 2 s",
        })
    );
    let run = site.acecast(&["monitor"]).exit(1).says("5 silent, 3 sent");
    assert!(run.took < Duration::from_millis(3_900), "{run}");
    for port in hung {
        assert!(run.stdout.contains(&format!("silent    source   {port}")), "{run}");
    }

    site.world.forget();
    let doc = site.json(&["monitor", "--report-silent"], 0);
    assert_eq!(outcomes(&doc), [("reported", 5), ("sent", 3)].into());
    let report = |port: u16, error: &str| format!(r#"{{"port":{port},"type":"source","error":"{error}"}}"#);
    assert_eq!(site.world.posted(hung[1]).body, report(hung[1], "no answer within 2 s"));
    assert_eq!(site.world.posted(hung[1]).header("content-type"), ["application/json"]);
    assert_eq!(
        site.world.posted(hung[0]).body,
        report(hung[0], "answered HTTP 500: Traceback: internal error")
    );
    assert_eq!(node(&doc, hung[1])["error"], "no answer within 2 s");

    // A report of a silence that is not delivered is a failure like any other.
    site.world.faults(&json!({"monitor": {"status": 404, "port": hung[1]}}));
    let doc = site.json(&["monitor", "--report-silent"], 1);
    assert_eq!(ports_with(&doc, "outcome", "failed"), [hung[1]]);
}

#[test]
fn what_is_configured_and_does_not_run_is_reported_if_that_is_asked_for() {
    let site = Site::new();
    let [well, young, down, wrong, unknown, support] = site.ports();
    report_to_world(&site);
    site.sources(&[site.ts("news", well), site.ts("kids", young)]);
    site.start();
    site.script("stable", json!({young.to_string(): {"status": "hang"}}));
    site.sources(&[
        site.ts("news", well),
        site.ts("kids", young),
        site.ts("film", down),
        site.ts("film2", unknown),
    ]);
    site.supports(&[site.support(support, well)]);
    fs::write(site.pid_file(unknown), "garbage").unwrap();
    site.acecast(&["monitor"]).exit(0).says("1 starting, 1 sent");

    let report = |site: &Site, args: &[&str], code: i32| {
        site.world.forget();
        site.json(&[&["monitor", "--report-silent"], args].concat(), code)
    };
    let doc = report(&site, &[], 0);
    assert_eq!(outcomes(&doc), [("reported", 4), ("sent", 1)].into());
    let error = |port: u16| site.world.posted(port).doc()["error"].as_str().unwrap().to_owned();
    assert_eq!(error(down), "it does not run");
    assert_eq!(error(young), "just started, it does not answer yet");
    assert!(error(unknown).starts_with("cannot prove whether it runs: "), "{}", error(unknown));
    assert_eq!(
        site.world.posted(support).body,
        format!(r#"{{"port":{support},"type":"support","error":"it does not run"}}"#)
    );
    assert_eq!(node(&doc, down)["name"], "film");
    assert_eq!(doc.get("errors"), None);

    // Only the list of the role is read.
    let asked = site.world.requests("source_node");
    let doc = report(&site, &["--node-type", "support"], 0);
    assert_eq!(ports_with(&doc, "outcome", "reported"), [support]);
    assert_eq!(site.world.requests("source_node"), asked);

    // A wrong entry is said, and reported as far as it is known.
    site.sources(&[site.ts("news", well), with(site.ts("film", wrong), json!({"type": "mp4"}))]);
    let run = site.acecast(&["monitor", "--report-silent", "--node-type", "source"]).exit(1).says("mp4");
    run.says("it does not run, and its config entry is wrong");
}

#[test]
fn a_list_that_cannot_be_had_does_not_keep_the_others_from_being_reported() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let monitor = format!("{}/monitor", site.world.controller);
    let nowhere = format!("http://127.0.0.1:{}/list?token=s3cret", site.port());
    site.app(json!({"controller": {"source_node": nowhere, "monitor": monitor}}));
    let run = site.acecast(&["monitor", "--report-silent"]).exit(1).hides("s3cret").says("1 sent");
    let run = run.says("error: cannot read the list of source nodes").says("refused");
    run.says("nodes that are down are not reported while their list cannot be read");
    let doc = site.json(&["monitor", "--report-silent"], 1);
    assert_eq!(node(&doc, port)["outcome"], "sent");
    assert!(doc["errors"][0]["message"].as_str().unwrap().contains("refused"), "{doc:#}");
    assert_eq!(doc["errors"][0]["line"], Value::Null);
    assert_eq!(site.world.received("monitor").as_array().unwrap().len(), 2);
}

#[test]
fn a_node_whose_role_cannot_be_told_is_named() {
    let site = Site::new();
    let [source, port] = site.ports();
    report_to_world(&site);
    site.sources(&[site.ts("news", source)]);
    site.start();
    let url = format!("http://127.0.0.1:{source}/app/get_transport_file?format=raw");
    // Neither takes from a node nor has a transport file that others could take.
    let mut engine = Command::new(site.path("stable/start-engine"));
    engine.args(["--stream-support-node", "--url", &url, "--port", &port.to_string()]);
    engine.arg("--pid-file-dir").arg(site.root().join("run")).current_dir(site.root());
    let mut engine = engine.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    site.await_status(port, "it answers", Value::is_object);
    let doc = site.json(&["monitor"], 1);
    let node = node(&doc, port);
    assert_eq!(
        (&node["outcome"], &node["role"], &node["name"]),
        (&json!("failed"), &Value::Null, &Value::Null)
    );
    site.acecast(&["monitor"])
        .exit(1)
        .says("nothing to send: cannot tell whether it is a source or a support node");
    site.json(&["monitor", "--node-type", "source"], 0);
    assert_eq!(site.world.requests("monitor"), 3, "the source, each time");
    site.kill(port);
    engine.wait().unwrap();
}
