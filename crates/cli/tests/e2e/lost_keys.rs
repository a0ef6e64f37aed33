//! A key that is lost while its node runs: the node does not show it, so acecast does.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Site, eventually, key, node, only, with};

#[test]
fn a_key_that_is_not_there_yet_at_a_first_start_is_no_alarm() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"ready_ms": 4000}}));
    site.sources(&[site.ts("news", port)]);
    site.acecast(&["start", "--ready-timeout", "1"]).exit(0).says("new key");
    let status = site.json(&["status"], 0);
    assert_eq!(
        (&node(&status, port)["state"], &node(&status, port)["key_error"]),
        (&json!("starting"), &Value::Null)
    );
    for args in [&["status"][..], &["plan"], &["start"]] {
        let run = site.acecast(args).exit(0);
        assert!(!run.all().contains("sauth") && !run.all().contains("started again"), "{args:?}\n{run}");
    }
    assert!(!site.metadata("news.sauth").exists(), "all of that was said before the engine made its key");
    eventually("the node answers", || {
        let status = site.acecast(&["status", "-o", "json"]).doc();
        assert_eq!(node(&status, port)["key_error"], Value::Null, "{status:#}");
        (node(&status, port)["state"] == "answering").then_some(())
    });
    // From now on, it can be lost.
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    site.acecast(&["status"]).exit(0).says("news.sauth is missing although the stream runs");
}

#[test]
fn what_is_said_of_a_lost_key_works() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    eventually("the number is there", || site.metadata("news.restart").exists().then_some(()));
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    let whole = site.kept("news.sauth");
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    let stop = format!("acecast stop {port}");
    let pid = site.pid(port);
    // Leave for a new key changes nothing of a node that runs, so it hides nothing either.
    for args in [&["status"][..], &["start"], &["start", "--new-key", "news"]] {
        let mut run = site.acecast(args).exit(0).says("it cannot be started again");
        for text in [&stop, "put news.sauth back", "restore-metadata news --from DIR", "start --new-key news"]
        {
            run = run.says(text);
        }
    }
    let _ = site.acecast(&["restart", &port.to_string()]).exit(1).says("`acecast start --new-key news`");
    assert_eq!((site.pid(port), site.metadata("news.sauth").exists()), (pid, false));

    // A file that is put back by hand.
    site.keep("news.sauth", &whole);
    site.acecast(&["status"]).exit(0).hides("started again");
    // With an interruption.
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    site.acecast(&["stop", &port.to_string()]).exit(0);
    site.acecast(&["restore-metadata", "news", "--from", "backup"]).exit(0);
    site.acecast(&["start"]).exit(0);
    assert_eq!(site.kept("news.sauth"), whole);
    // With another key.
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    site.acecast(&["stop", &port.to_string()]).exit(0);
    site.acecast(&["start"]).exit(1).says("`acecast start --new-key news`");
    site.acecast(&["start", "--new-key", "news"]).exit(0);
    assert_ne!(site.kept("news.sauth"), whole);
}

#[test]
fn a_node_that_runs_with_another_key_than_the_controllers_can_be_started_again() {
    let site = Site::new();
    let port = site.port();
    site.keep("news.sauth", &key('A'));
    site.sources(&[site.ts("news", port)]);
    site.start();
    site.sources(&[with(
        site.ts("news", port),
        json!({"metadata": {"private_key": key('B'), "last_seq": 6}}),
    )]);
    site.use_controller();
    let run = site.acecast(&["start", "--get-remote-metadata"]).exit(0).hides("cannot be started again");
    let run = run.says("a start that restores the other key does not start it again");
    let _ =
        run.says("leave --get-remote-metadata out").says("acecast restore-metadata news --replace-key news");
}

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
