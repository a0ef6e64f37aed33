//! The receiver of reports misbehaves: what can be delivered is delivered, the rest is named, and time has an end.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::monitor::{report_to, report_to_world};
use crate::support::{Ran, Running, Site, eventually, node, outcomes, ports_with, with};

/// A site with one source node that runs.
fn one(site: &Site) -> u16 {
    let port = site.port();
    report_to_world(site);
    site.sources(&[site.ts("news", port)]);
    site.start();
    port
}

fn run(site: &Site, fault: &Value, args: &[&str]) -> Ran {
    site.world.forget();
    site.world.faults(&json!({ "monitor": fault }));
    site.acecast(&[&["monitor"], args].concat())
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn what_passes_is_tried_again() {
    let site = Site::new();
    let port = one(&site);
    let of_port = |ran: Ran| node(&ran.exit(0).doc(), port).clone();
    for (fault, least) in [
        // Two waits, of half a second and of a whole one.
        (json!({"status": 500, "times": 2}), ms(1_500)),
        // What the server asks for, and the own wait on top of it.
        (json!({"status": 429, "retry_after": 2, "times": 1}), ms(2_500)),
        (json!({"status": 408, "times": 1}), ms(500)),
        (json!({"status": 425, "times": 1}), ms(500)),
        // It closes without an answer.
        (json!({"hang_ms": 10, "times": 1}), ms(500)),
        (json!({"cut": true, "times": 1}), ms(500)),
    ] {
        let times = fault["times"].as_u64().unwrap();
        let ran = run(&site, &fault, &["-o", "json"]);
        assert!((least..least + ms(6_000)).contains(&ran.took), "{fault}: {ran}");
        let node = of_port(ran);
        assert_eq!((&node["attempts"], &node["status"]), (&json!(times + 1), &json!(200)), "{fault}");
        let posts = site.world.posts("monitor");
        assert_eq!(posts.len() as u64, times + 1);
        assert!(posts.iter().all(|post| post.body == posts[0].body), "the same document each time");
    }
}

#[test]
fn what_does_not_pass_is_named_at_once() {
    let site = Site::new();
    let port = one(&site);
    let elsewhere = format!("{}/elsewhere", site.world.controller);
    let to = format!("{}/monitor: ", site.world.controller);
    let refused = |status: u16, text: &str| format!("{to}the server answered with status {status}{text}");
    for (fault, status, says) in [
        (json!({"status": 404}), json!(404), refused(404, ": status 404")),
        (json!({"status": 400, "error": "no such host"}), json!(400), refused(400, ": no such host")),
        (json!({"status": 403, "body": "<html>Go away</html>"}), json!(403), refused(403, "")),
        (json!({"redirect": elsewhere}), json!(302), format!("{to}status 302: the server redirects")),
        // Longer than there is time.
        (json!({"status": 503, "retry_after": 3600}), json!(503), refused(503, ": status 503")),
        (json!({"endless": true}), Value::Null, format!("{to}the answer is larger than 1 MiB")),
    ] {
        let ran = run(&site, &fault, &["-o", "json"]).exit(1);
        assert!(ran.took < ms(6_000), "{fault}: {ran}");
        let doc = ran.doc();
        let node = node(&doc, port);
        assert_eq!((&node["attempts"], &node["status"]), (&json!(1), &status), "{doc:#}");
        assert_eq!(node["outcome"], "failed");
        assert!(node["error"].as_str().unwrap().starts_with(&says), "{says}\n{doc:#}");
        assert_eq!(site.world.requests("monitor"), 1);
        run(&site, &fault, &[]).exit(1).says(&format!("{port}  news  {says}")).says("1 failed (to http://");
    }
    assert_eq!(site.world.requests("elsewhere"), 0, "a redirect was followed");
    // What a receiver says behind a 2xx is its own affair.
    for body in ["", "<html>thanks</html>", "{\"error\": 5"] {
        run(&site, &json!({ "body": body }), &[]).exit(0).says("1 sent");
    }
}

#[test]
fn a_server_that_is_down_or_hangs_costs_one_deadline() {
    let site = Site::new();
    let ports: [u16; 3] = site.ports();
    report_to_world(&site);
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    let within = |ran: &Ran, least: u64| {
        assert!((ms(least)..ms(3_900)).contains(&ran.took), "{ran}");
    };
    for (fault, says) in [
        (json!({"hang_ms": 60_000}), "no answer within 2 s"),
        (json!({"drip": true}), "no answer within 2 s"),
    ] {
        let ran = run(&site, &fault, &["--timeout", "2s"]).exit(1);
        within(&ran, 2_000);
        let ran = ran.says("3 failed");
        for port in ports {
            let line = ran.stdout.lines().find(|line| line.contains(&port.to_string())).unwrap();
            assert!(line.starts_with("failed") && line.contains(says), "{ran}");
        }
    }
    let ran = run(&site, &json!({"cut": true}), &["--timeout", "2s"]).exit(1).says("the answer was cut off");
    within(&ran, 500);
    report_to(&site, &format!("http://127.0.0.1:{}/monitor", site.port()));
    let ran =
        site.acecast(&["monitor", "--timeout", "2s"]).exit(1).says("/monitor: the connection was refused");
    within(&ran, 500);
    ran.says("(tried 2 times)");
    // No time at all.
    report_to_world(&site);
    site.world.forget();
    site.acecast(&["monitor", "--timeout", "0"]).exit(1).says("no time is left to send it");
    assert_eq!(site.world.requests("monitor"), 0);
}

#[test]
fn one_report_that_is_refused_does_not_hold_up_the_others() {
    let site = Site::new();
    let ports @ [one, two, slow] = site.ports();
    report_to_world(&site);
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    let ran = run(&site, &json!({"status": 422, "error": "unknown port", "port": two}), &["-o", "json"]);
    let doc = ran.exit(1).doc();
    assert_eq!(outcomes(&doc), [("failed", 1), ("sent", 2)].into());
    assert_eq!(ports_with(&doc, "outcome", "failed"), [two]);
    let taken = site.world.received("monitor");
    let taken: Vec<&Value> = taken.as_array().unwrap().iter().map(|doc| &doc["port"]).collect();
    assert!(taken.len() == 2 && taken.contains(&&json!(one)) && taken.contains(&&json!(slow)), "{taken:?}");

    // Only failures are said, if nothing else is wanted.
    let ran = site.acecast(&["monitor", "-q"]).exit(1);
    assert_eq!(ran.stdout.lines().count(), 1, "{ran}");
    assert!(ran.stdout.starts_with("failed") && ran.stdout.contains("unknown port"), "{ran}");
    assert_eq!(ran.stderr, "", "{ran}");
    let ran = run(&site, &json!({}), &["-q"]).exit(0);
    assert_eq!(ran.all(), "", "{ran}");

    // One that hangs keeps its own time only.
    let ran = run(&site, &json!({"hang_ms": 60_000, "port": slow}), &["--timeout", "2s", "-o", "json"]);
    assert_eq!(ports_with(&ran.exit(1).doc(), "outcome", "failed"), [slow]);
    site.world.posted(one);
}

#[test]
fn a_signal_ends_it() {
    for signal in [Signal::INT, Signal::TERM] {
        let site = Site::new();
        one(&site);
        // While it waits for an answer, and while it waits for its next try.
        for fault in [json!({"hang_ms": 60_000}), json!({"status": 503, "retry_after": 20})] {
            site.world.forget();
            site.world.faults(&json!({ "monitor": fault }));
            let run = site.begin(&["monitor", "-o", "json"]);
            eventually("the report is sent", || (site.world.requests("monitor") > 0).then_some(()));
            run.signal(signal);
            let run = run.wait().exit(130);
            assert!(run.took < ms(8_000), "{run}");
            assert_eq!(run.stdout, "", "{run}");
        }
    }
}

#[test]
fn no_output_shows_a_secret_and_the_receiver_gets_its_password() {
    let site = Site::new();
    let port = site.port();
    let host = site.world.controller.strip_prefix("http://").unwrap();
    let url = format!("http://m0nitor-user:p%40ss-w0rd@{host}/monitor?token=t0ken-value&host=a");
    let app =
        |url: &str| site.app(json!({"controller": {"monitor": url}, "node_access_token": "n0de-token"}));
    app(&url);
    let source = format!("{}/ts/news?rate=50000&session=s3ssion-value", site.world.streams);
    site.sources(&[with(site.ts("news", port), json!({ "url": source }))]);
    site.start();
    let secrets = [
        "m0nitor-user",
        "p%40ss-w0rd",
        "p@ss-w0rd",
        "t0ken-value",
        "n0de-token",
        "s3ssion-value",
        "bTBuaXRvci11",
    ];
    let hides = |mut ran: Ran| {
        for secret in secrets {
            ran = ran.hides(secret);
        }
    };
    let echo = "no p@ss-w0rd nor p%40ss-w0rd, t0ken-value, Basic bTBuaXRvci11c2VyOnBAc3MtdzByZA==";
    for fault in [
        json!({}),
        json!({"status": 401, "error": echo}),
        json!({"status": 401, "body": echo}),
        json!({"body": echo}),
    ] {
        for output in ["text", "json"] {
            hides(run(&site, &fault, &["-vvv", "-o", output, "--timeout", "2s"]));
        }
    }
    let post = site.world.posts("monitor").remove(0);
    assert_eq!(post.header("authorization"), ["Basic bTBuaXRvci11c2VyOnBAc3MtdzByZA=="]);
    assert_eq!(post.query, "token=t0ken-value&host=a");
    assert_eq!((&post.doc()["port"], &post.doc()["source_url"]), (&json!(port), &json!(source)));
    // URLs that cannot be used.
    for wrong in
        ["ftp://m0nitor-user:p@ss-w0rd@x/?t0ken-value", "http://m0nitor-user:p@ss-w0rd@:80/?t0ken-value"]
    {
        app(wrong);
        for output in ["text", "json"] {
            hides(site.acecast(&["monitor", "-vvv", "-o", output]).exit(3));
        }
    }
    // A host that nobody has, and one that nobody listens on.
    let nobody =
        format!("http://m0nitor-user:p%40ss-w0rd@127.0.0.1:{}/monitor?token=t0ken-value", site.port());
    app(&nobody);
    hides(site.acecast(&["monitor", "-vvv", "--timeout", "1s"]).exit(1));
}

#[test]
fn a_proxy_that_fails_is_not_taken_for_the_server_and_nodes_are_asked_without_it() {
    let site = Site::new();
    let port = site.port();
    report_to(&site, "http://monitor.example.com/monitor");
    site.sources(&[site.ts("news", port)]);
    site.start();
    let proxied = |variable: &str, args: &[&str]| {
        let mut command = site.command(args);
        command.env(variable, format!("http://us3r:passw0rd@127.0.0.1:{}", site.port()));
        Running::start(command).wait().hides("us3r").hides("passw0rd")
    };
    let monitor = ["monitor", "--timeout", "2s"];
    let run = proxied("HTTP_PROXY", &monitor).exit(1).says("failed    source");
    run.says("the connection failed: the proxy that HTTP_PROXY names cannot be reached: the connection was refused");
    // The other scheme's proxy is not used, nor one that is excepted.
    report_to_world(&site);
    proxied("HTTPS_PROXY", &monitor).exit(0);
    let mut command = site.command(&monitor);
    command.env("HTTP_PROXY", format!("http://127.0.0.1:{}", site.port())).env("NO_PROXY", "127.0.0.1");
    Running::start(command).wait().exit(0);
    let list = json!({"source_node": "http://controller.example.com/source_node"});
    site.app(json!({ "controller": list }));
    proxied("HTTP_PROXY", &["plan"]).exit(3).says("the proxy that HTTP_PROXY names cannot be reached");
}
