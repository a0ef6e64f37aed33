//! A stream's key is never replaced by accident.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Site, decision, mode, mode_of, node, with};

/// A stream that has broadcast and is stopped now, with its key's text.
fn stopped_stream(site: &Site, port: u16) -> String {
    site.sources(&[site.ts("news", port)]);
    site.start();
    site.acecast(&["stop", "all"]).exit(0);
    fs::read_to_string(site.metadata("news.sauth")).unwrap()
}

#[track_caller]
fn is_held(site: &Site, port: u16, reason: &str) {
    let plan = site.json(&["plan"], 1);
    let held = node(&plan, port);
    assert_eq!((&held["action"], &held["reason"]), (&json!("held"), &json!(reason)), "{plan:#}");
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["outcome"], "held", "{report:#}");
    assert!(!site.pids().contains_key(&port));
}

#[test]
fn a_damaged_key_is_held_and_kept_aside_when_a_new_one_is_allowed() {
    let site = Site::new();
    let port = site.port();
    let key = stopped_stream(&site, port);
    let other = site.port();
    site.sources(&[site.ts("news", port), site.ts("other", other)]);

    for damaged in ["", &key[..300], "garbage"] {
        fs::write(site.metadata("news.sauth"), damaged).unwrap();
        is_held(&site, port, "key_damaged");
        assert_eq!(fs::read_to_string(site.metadata("news.sauth")).unwrap(), damaged, "touched");
        assert!(site.pids().contains_key(&other), "others go on");
    }
    site.acecast(&["start"]).exit(1).says("--new-key news").hides(&key[40..100]);

    let plan = site.json(&["plan", "--new-key", "news"], 0);
    assert_eq!(node(&plan, port)["new_key"], true);
    site.acecast(&["start", "--new-key", "news"]).exit(0);
    let names = fs::read_dir(site.root().join("metadata")).unwrap().map(|e| e.unwrap().file_name());
    let mut names = names.map(|name| name.into_string().unwrap());
    let aside = names.find(|name| name.starts_with("news.sauth.damaged-")).expect("the damaged key is kept");
    assert_eq!(fs::read_to_string(site.metadata(&aside)).unwrap(), "garbage");
    let new = fs::read_to_string(site.metadata("news.sauth")).unwrap();
    assert!(new != key && new.contains("PRIVATE KEY"));
    site.assert_nothing_to_do();
}

#[test]
fn a_missing_key_of_a_known_stream_is_held() {
    let site = Site::new();
    let port = site.port();
    let key = stopped_stream(&site, port);
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    is_held(&site, port, "key_missing");

    // Its transport file alone tells, too, that the stream is known.
    fs::remove_file(site.metadata("news.restart")).unwrap();
    is_held(&site, port, "key_missing");

    fs::write(site.metadata("news.sauth"), &key).unwrap();
    site.start();
    mode(&site.metadata("news.sauth"), 0o600);
    assert_eq!(fs::read_to_string(site.metadata("news.sauth")).unwrap(), key);
    site.assert_nothing_to_do();
}

#[test]
fn a_key_that_vanishes_under_a_running_node_holds_its_restart() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    site.sources(&[with(site.ts("news", port), json!({"bitrate": 70_000}))]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["reason"], "key_missing", "{report:#}");
    assert_eq!(site.pids(), before, "it goes on with the key that it has in memory");
}

#[test]
fn a_stream_that_is_given_another_name_is_held() {
    let site = Site::new();
    let port = site.port();
    let news = site.ts("news", port);
    site.sources(std::slice::from_ref(&news));
    site.start();
    let before = site.pids();

    site.sources(&[with(news, json!({"stream_uid": "news_hd"}))]);
    let plan = site.json(&["plan"], 1);
    assert_eq!(node(&plan, port)["reason"], "stream_renamed", "{plan:#}");
    site.acecast(&["start"]).exit(1).says("--new-key news_hd");
    assert_eq!(site.pids(), before);

    // With the key under its new name it is the same stream.
    fs::copy(site.metadata("news.sauth"), site.metadata("news_hd.sauth")).unwrap();
    let plan = site.plan();
    assert_eq!(decision(&plan, port, "start")["new_key"], false, "{plan:#}");
    fs::remove_file(site.metadata("news_hd.sauth")).unwrap();

    let plan = site.json(&["plan", "--new-key", "news_hd"], 0);
    assert_eq!(decision(&plan, port, "start")["new_key"], true);
    assert_eq!(decision(&plan, port, "stop")["name"], "news");
    site.acecast(&["start", "--new-key", "news_hd"]).exit(0);
    assert_eq!(site.engine(port).option("--name"), Some("news_hd"));
    assert!(site.metadata("news.sauth").exists(), "the old key stays");
    site.assert_nothing_to_do();
}

/// A ts entry with what a controller keeps of its stream.
fn with_metadata(site: &Site, port: u16, key: &str, last_seq: &Value) -> Value {
    with(site.ts("news", port), json!({"metadata": {"private_key": key, "last_seq": last_seq}}))
}

#[test]
fn the_controllers_key_is_restored_byte_for_byte() {
    let site = Site::new();
    let port = site.port();
    let key = stopped_stream(&site, port);
    // A new server: everything that was known of the stream is gone.
    for dir in ["metadata", "public"] {
        fs::remove_dir_all(site.root().join(dir)).unwrap();
    }
    let kept = key.trim_end();
    site.sources(&[with_metadata(&site, port, kept, &json!("4711"))]);
    site.use_controller();

    let plan = site.json(&["start", "--get-remote-metadata", "--dry-run"], 0);
    assert_eq!(node(&plan, port)["new_key"], false, "{plan:#}");
    assert!(!site.metadata("news.sauth").exists());

    site.acecast(&["start", "--get-remote-metadata", "-vvv"]).exit(0).hides(&key[40..100]);
    assert_eq!(fs::read_to_string(site.metadata("news.sauth")).unwrap(), kept);
    for file in ["news.sauth", "news.restart"] {
        assert_eq!(mode_of(&site.metadata(file)), 0o600, "{file}");
    }
    let number: u64 = fs::read_to_string(site.metadata("news.restart")).unwrap().trim().parse().unwrap();
    assert!((4711..10_000).contains(&number), "{number}");
    site.assert_nothing_to_do();
}

#[test]
fn another_key_than_the_local_one_is_refused() {
    let site = Site::new();
    let port = site.port();
    let key = stopped_stream(&site, port);
    fs::remove_dir_all(site.root().join("metadata")).unwrap();
    fs::remove_dir_all(site.root().join("public")).unwrap();
    let other = stopped_stream(&site, port);
    assert_ne!(key, other);

    let relay = site.port();
    site.sources(&[with_metadata(&site, port, &key, &json!(0)), site.ts("fine", relay)]);
    site.use_controller();
    let run = site.acecast(&["start", "--get-remote-metadata", "-o", "json"]).exit(1).hides(&key[40..100]);
    let report = run.doc();
    assert_eq!(node(&report, port)["reason"], "key_conflict", "{report:#}");
    assert_eq!(node(&report, relay)["outcome"], "ready");
    assert_eq!(fs::read_to_string(site.metadata("news.sauth")).unwrap(), other, "the local key was touched");
    assert!(!site.pids().contains_key(&port));
}

#[test]
fn a_lower_number_than_the_local_one_does_not_win() {
    let site = Site::new();
    let port = site.port();
    let key = stopped_stream(&site, port);
    fs::write(site.metadata("news.restart"), "90000").unwrap();
    site.sources(&[with_metadata(&site, port, &key, &json!(5))]);
    site.use_controller();
    site.acecast(&["start", "--get-remote-metadata"]).exit(0);
    let number: u64 = fs::read_to_string(site.metadata("news.restart")).unwrap().trim().parse().unwrap();
    assert!((90_000..100_000).contains(&number), "{number}");
    site.assert_nothing_to_do();
}

#[test]
fn a_node_that_runs_with_a_key_from_another_dir_is_not_started_with_a_different_one() {
    let site = Site::new();
    let [port, other] = site.ports();
    site.sources(&[site.ts("news", port), site.ts("other", other)]);
    site.start();
    let different = fs::read(site.metadata("other.sauth")).unwrap();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let (before, running_key) = (site.pids(), fs::read(site.metadata("news.sauth")).unwrap());

    // The config moves to a metadata dir that holds another key of the same name.
    let moved = site.root().join("moved");
    fs::create_dir(&moved).unwrap();
    fs::write(moved.join("news.sauth"), different).unwrap();
    site.app(json!({"dirs": {"metadata": "moved"}}));
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["reason"], "key_conflict", "{report:#}");
    assert!(node(&report, port)["detail"].as_str().unwrap().contains("copy"), "{report:#}");
    assert_eq!(site.pids(), before);

    // As soon as the key has come along, the node may.
    fs::write(moved.join("news.sauth"), &running_key).unwrap();
    site.start();
    assert_ne!(site.pids(), before);
    assert_eq!(fs::read(moved.join("news.sauth")).unwrap(), running_key);
    site.assert_nothing_to_do();
}
