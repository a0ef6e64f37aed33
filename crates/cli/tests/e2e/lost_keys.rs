//! A key that is lost while its node runs: the node does not show it, so acecast does.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Site, key, node, only, with};

#[test]
fn status_says_of_a_running_node_that_its_key_is_lost() {
    let site = Site::new();
    let [news, tv] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    site.start();
    let pids = site.pids();
    let key_error = |port: u16| {
        let status = site.json(&["status"], 0);
        assert_eq!(node(&status, port)["state"], "answering", "{status:#}");
        node(&status, port)["key_error"].clone()
    };
    assert_eq!((key_error(news), key_error(tv)), (Value::Null, Value::Null));
    let whole = fs::read_to_string(site.metadata("news.sauth")).unwrap();

    for (damaged, says) in [("", "it is empty"), (&whole[..300], "its end is missing")] {
        site.keep("news.sauth", damaged);
        let error = key_error(news);
        let text = error.as_str().unwrap_or_default();
        assert!(text.contains("it cannot be started again") && text.contains(says), "{text}");
        assert_eq!(key_error(tv), Value::Null);
        let run = site.acecast(&["status"]).exit(0);
        let line = run.stdout.split_once("news").map(|(_, rest)| rest).unwrap_or_default();
        assert!(line.contains("it cannot be started again"), "the NOTE column has it\n{run}");
        run.says("acecast restore-metadata news").hides(&whole[40..100]);
    }
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    assert!(key_error(news).as_str().unwrap().contains("news.sauth is missing"));
    site.keep("news.sauth", &whole);
    assert_eq!(key_error(news), Value::Null);
    assert_eq!(site.pids(), pids);
}

#[test]
fn what_a_start_restores_is_an_event_of_its_own() {
    let site = Site::new();
    let [port, broken] = site.ports();
    let brings = |uid: &str, port, letter| {
        with(site.ts(uid, port), json!({"metadata": {"private_key": key(letter), "last_seq": 6}}))
    };
    site.keep("news.sauth", "garbage");
    site.script("stable", json!({broken.to_string(): {"exit_at_start": 1}}));
    site.sources(&[brings("news", port, 'B'), brings("fails", broken, 'C')]);
    site.use_controller();
    site.acecast(&["start", "--get-remote-metadata", "--ready-timeout", "5"]);
    let log = fs::read_to_string(site.root().join("state/events.jsonl")).unwrap();
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let restored = |port: u16| {
        let place = events.iter().position(|event| event["event"] == "restore" && event["port"] == port);
        let place = place.unwrap_or_else(|| panic!("no restore of {port}: {events:#?}"));
        assert_eq!(events[place]["by"], "start");
        assert_eq!(events[place + 1]["event"], "start", "it comes before its start");
        events[place]["detail"].as_str().unwrap().to_owned()
    };
    let aside = only(&site.root().join("metadata"), "news.sauth.damaged-");
    assert!(restored(port).contains(&*aside.to_string_lossy()), "{events:#?}");
    assert!(restored(broken).contains("fails.sauth: key restored"), "also of one that does not start");

    // Nothing is restored twice.
    site.acecast(&["start", "--get-remote-metadata", "--ready-timeout", "5"]);
    let log = fs::read_to_string(site.root().join("state/events.jsonl")).unwrap();
    assert_eq!(log.matches("\"event\":\"restore\"").count(), 2, "{log}");
}
