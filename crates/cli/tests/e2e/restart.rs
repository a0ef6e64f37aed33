//! `acecast restart`: nodes are restarted as the config asks for, and no others are touched.

use serde_json::{Value, json};

use crate::support::{Site, decision, drift_fields, node, ports_with, with};

/// The events of restarts and starts: port, event, reason, outcome, in the order in which they were written.
fn events(site: &Site) -> Vec<Value> {
    let ran = site.acecast(&["events", "-o", "json"]).exit(0);
    let events = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["by"] == "restart").collect()
}

#[test]
fn only_the_node_that_is_named_is_restarted() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.start();
    let before = site.pids();
    // Another node has drifted, and one more is to be started: neither is this command's affair.
    let three = site.port();
    site.sources(&[
        site.ts("one", one),
        with(site.ts("two", two), json!({"bitrate": 60_000})),
        site.ts("three", three),
    ]);
    let dry = site.json(&["restart", &one.to_string(), "--dry-run"], 0);
    assert_eq!(dry["nodes"].as_array().unwrap().len(), 1, "{dry:#}");
    assert_eq!(decision(&dry, one, "restart")["reason"], "requested");
    assert_eq!(site.pids(), before);

    let report = site.json(&["restart", &one.to_string()], 0);
    assert_eq!(node(&report, one)["outcome"], "ready", "{report:#}");
    assert_eq!(report["nodes"].as_array().unwrap().len(), 1, "{report:#}");
    let after = site.pids();
    assert_ne!(after[&one], before[&one]);
    assert_eq!(after[&two], before[&two], "a node that was not named was touched");
    assert!(!after.contains_key(&three));
    let events = events(&site);
    assert_eq!(events.len(), 1, "{events:#?}");
    let expected = json!(["restart", one, "requested", "ready"]);
    assert_eq!(
        json!([events[0]["event"], events[0]["port"], events[0]["reason"], events[0]["outcome"]]),
        expected
    );
}

#[test]
fn a_node_that_drifted_is_restarted_with_what_the_config_says_now() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    site.sources(&[with(site.ts("news", port), json!({"bitrate": 60_000}))]);
    let report = site.json(&["restart", &port.to_string()], 0);
    let node = decision(&report, port, "restart");
    assert_eq!((&node["reason"], drift_fields(node)), (&json!("drift"), vec!["bitrate"]));
    assert_eq!(site.engine(port).option("--bitrate"), Some("60000"));
    site.assert_nothing_to_do();
}

#[test]
fn a_node_that_is_down_is_started_and_that_is_said() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let ran = site.acecast(&["restart", &port.to_string()]).exit(0);
    ran.says(&format!("port {port} does not run, so it is only started"));
    assert!(site.pids().contains_key(&port));
    let events = events(&site);
    assert_eq!((&events[0]["event"], &events[0]["outcome"]), (&json!("start"), &json!("ready")));
}

#[test]
fn a_node_that_is_not_in_the_config_is_left_alone() {
    let site = Site::new();
    let [listed, unlisted, nothing] = site.ports();
    site.sources(&[site.ts("one", listed), site.ts("two", unlisted)]);
    site.start();
    let before = site.pids();
    site.sources(&[site.ts("one", listed)]);
    let report = site.json(&["restart", &unlisted.to_string(), &listed.to_string()], 1);
    let held = decision(&report, unlisted, "held");
    assert_eq!((&held["outcome"], &held["name"]), (&json!("held"), &json!("two")), "{report:#}");
    assert!(held["detail"].as_str().unwrap().contains("not in the config"), "{held:#}");
    assert_eq!(decision(&report, listed, "restart")["outcome"], "ready");
    let after = site.pids();
    assert_eq!(after[&unlisted], before[&unlisted]);
    assert_ne!(after[&listed], before[&listed]);

    let error = site.json(&["restart", &nothing.to_string(), &listed.to_string()], 3);
    assert_eq!(error["error"]["code"], "port_not_in_config", "{error:#}");
    assert_eq!(site.pids(), after, "nothing is done if one of the ports is a slip");
}

#[test]
fn all_nodes_go_one_by_one_the_sources_first() {
    let site = Site::new();
    let sources: [u16; 3] = site.ports();
    let supports: [u16; 2] = site.ports();
    site.sources(&sources.map(|port| site.ts(&format!("s_{port}"), port)));
    site.supports(&supports.map(|port| site.support(port, sources[0])));
    site.start();
    let before = site.pids();
    // Where two go at a time, the second one begins before the first one is ready, which takes this long.
    site.script("stable", json!({"*": {"ready_ms": 400}}));
    let ran = site.acecast(&["restart", "all", "--one-by-one", "-v"]).exit(0);
    let steps: Vec<(u16, String)> = ran
        .stderr
        .lines()
        .filter_map(|line| {
            let (node, step) = line.split_once(": ")?;
            Some((node.split(' ').next()?.parse().ok()?, step.to_owned()))
        })
        .collect();
    let all: Vec<u16> = sources.into_iter().chain(supports).collect();
    let ended: Vec<u16> = steps.iter().filter(|(_, step)| step == "ready").map(|(port, _)| *port).collect();
    assert_eq!(ended, all, "{ran}");
    for pair in all.windows(2) {
        let at = |port: u16, what: &str| {
            steps
                .iter()
                .position(|(its, step)| (*its, step.as_str()) == (port, what))
                .unwrap_or_else(|| panic!("{ran}"))
        };
        assert!(at(pair[0], "ready") < at(pair[1], "stopping"), "{ran}");
    }
    let after = site.pids();
    assert!(all.iter().all(|port| after[port] != before[port]), "{after:?}");
    let events = events(&site);
    let order: Vec<u64> = events.iter().map(|event| event["port"].as_u64().unwrap()).collect();
    assert_eq!(order, all.iter().copied().map(u64::from).collect::<Vec<_>>());
    assert!(
        events.iter().all(|event| event["event"] == "restart" && event["outcome"] == "ready"),
        "{events:#?}"
    );
    site.script("stable", json!({}));
    site.assert_nothing_to_do();
}

/// One that is still starting gives no stream yet, so the others keep theirs.
#[test]
fn one_by_one_none_follows_one_that_is_not_ready_in_time() {
    let site = Site::new();
    let [one, slow, three, support] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("slow", slow), site.ts("three", three)]);
    site.supports(&[site.support(support, one)]);
    site.start();
    let before = site.pids();
    site.script("stable", json!({slow.to_string(): {"starting_forever": true}}));
    let ran =
        site.acecast(&["restart", "all", "--one-by-one", "--ready-timeout", "3s", "-o", "json"]).exit(1);
    let report = ran.doc();
    let outcome = |port| node(&report, port)["outcome"].as_str().unwrap();
    assert_eq!(
        [one, slow, three, support].map(outcome),
        ["ready", "starting", "skipped", "skipped"],
        "{ran}"
    );
    let why = node(&report, three)["error"].as_str().unwrap();
    assert_eq!(
        why,
        format!("the node on port {slow} was not ready in time; the node keeps running as it was")
    );
    let after = site.pids();
    assert_eq!((after[&three], after[&support]), (before[&three], before[&support]));
    assert_ne!(after[&slow], before[&slow]);
}

#[test]
fn the_guard_does_not_apply_and_a_missing_list_changes_nothing() {
    let site = Site::new();
    let ports: [u16; 4] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    let before = site.pids();
    // A start would be refused: it would stop three of four.
    site.sources(&[site.ts(&format!("s_{}", ports[0]), ports[0])]);
    site.json(&["start"], 4);
    let report = site.json(&["restart", "all"], 1);
    assert_eq!(ports_with(&report, "outcome", "held"), ports[1..], "{report:#}");
    let after = site.pids();
    assert_ne!(after[&ports[0]], before[&ports[0]]);
    assert!(ports[1..].iter().all(|port| after[port] == before[port]));

    std::fs::remove_file(site.path("config/source_node.json")).unwrap();
    site.json(&["restart", "all"], 3);
    assert_eq!(site.pids(), after);
}

#[test]
fn a_first_one_that_fails_saves_the_others() {
    let site = Site::new();
    let ports: [u16; 3] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    let before = site.pids();
    site.script("stable", json!({"*": {"exit_at_start": 1, "exit_message": "no licence"}}));
    let report = site.json(&["restart", "all", "--ready-timeout", "5"], 1);
    assert_eq!(node(&report, ports[0])["outcome"], "failed", "{report:#}");
    assert_eq!(ports_with(&report, "outcome", "skipped"), ports[1..]);
    let after = site.pids();
    assert!(ports[1..].iter().all(|port| after[port] == before[port]));
}

#[test]
fn a_stream_that_moved_is_not_only_stopped() {
    let site = Site::new();
    let [old, new] = site.ports();
    site.sources(&[site.ts("news", old)]);
    site.start();
    let before = site.pids();
    site.sources(&[site.ts("news", new)]);
    for port in [old, new] {
        let report = site.json(&["restart", &port.to_string()], 1);
        assert_eq!(decision(&report, port, "held")["outcome"], "held", "{report:#}");
        assert_eq!(site.pids(), before);
    }
    let report = site.json(&["restart", &old.to_string(), &new.to_string()], 0);
    assert_eq!(decision(&report, new, "start")["outcome"], "ready", "{report:#}");
    site.assert_nothing_to_do();
}

#[test]
fn another_stream_on_the_same_port_takes_its_place() {
    let site = Site::new();
    let [port, other] = site.ports();
    site.sources(&[site.ts("old", port), site.ts("busy", other)]);
    site.start();
    let before = site.pids();
    // The new one is a stream that runs elsewhere: one port alone cannot be made right.
    site.sources(&[site.ts("busy", port)]);
    let report = site.json(&["restart", &port.to_string()], 1);
    assert_eq!(ports_with(&report, "outcome", "held"), [port, port], "{report:#}");
    assert_eq!(site.pids(), before);
    site.sources(&[site.ts("new", port), site.ts("busy", other)]);
    let report = site.json(&["restart", &port.to_string()], 0);
    assert_eq!(decision(&report, port, "stop")["outcome"], "stopped", "{report:#}");
    assert_eq!(decision(&report, port, "start")["outcome"], "ready");
    assert_eq!(site.pids()[&other], before[&other]);
    site.assert_nothing_to_do();
}

#[test]
fn wrong_usage() {
    let site = Site::new();
    for args in [
        &["restart"][..],
        &["restart", "all", "8640"],
        &["restart", "all", "--one-by-one", "--parallel", "2"],
    ] {
        site.acecast(args).exit(2);
    }
}
