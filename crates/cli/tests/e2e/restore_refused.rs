//! What is never overwritten by a restore: another key, and files that a running node has in its hands.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Running, Site, all_outcomes, eventually, key, mode, only, stream, ts_metadata};

/// The same for both places of backups.
#[track_caller]
fn refused_and_replaced(site: &Site, from: &[&str]) {
    site.keep_ts("news", &key('A'), 9000);
    site.keep_ts("sport", &key('C'), 5);
    let restore = |more: &[&str], code| site.json(&[&["restore-metadata"], from, more].concat(), code);
    let doc = restore(&[], 1);
    assert_eq!(all_outcomes(&doc), ["news refused", "sport restored"], "{doc:#}");
    let error = stream(&doc, "news")["error"].as_str().unwrap();
    assert_eq!(error.matches("SHA-256").count(), 2, "{error}");
    assert!(error.contains("--replace-key news"), "{error}");
    assert_eq!((site.kept("news.sauth"), site.kept("news.restart")), (key('A'), "9000".to_owned()));
    assert_eq!(site.kept("sport.restart"), "6", "the others go");

    let run = site.acecast(&[&["restore-metadata", "sport", "--replace-key", "news"], from].concat()).exit(0);
    run.says("--replace-key news: this stream is not named");
    assert_eq!(site.kept("news.sauth"), key('A'));

    let doc = restore(&["--replace-key", "news"], 0);
    assert_eq!(all_outcomes(&doc), ["news restored", "sport unchanged"]);
    let files = stream(&doc, "news")["files"].to_string();
    assert_eq!(files.matches("SHA-256").count(), 2, "{files}");
    // Its number is lower, and counts this key's pieces.
    assert_eq!((site.kept("news.sauth"), site.kept("news.restart")), (key('B'), "6".to_owned()));
    let dir = site.root().join("metadata");
    let old = [only(&dir, "news.sauth.replaced-"), only(&dir, "news.restart.replaced-")];
    assert_eq!(old.each_ref().map(|path| fs::read_to_string(path).unwrap()), [key('A'), "9000".to_owned()]);
    for path in &old {
        mode(path, 0o600);
    }
    assert_eq!(all_outcomes(&restore(&["--replace-key", "news"], 0)), ["news unchanged", "sport unchanged"]);
    // What is kept aside is no stream.
    let listed = site.json(&["metadata"], 0);
    assert_eq!(listed["streams"].as_array().unwrap().len(), 2, "{listed:#}");
    assert_eq!(listed["problems"], json!([]), "{listed:#}");
}

#[test]
fn another_key_than_the_controllers_is_refused() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.hand_out_metadata(&[("news", ts_metadata(&key('B'), 6)), ("sport", ts_metadata(&key('C'), 6))]);
    refused_and_replaced(&site, &[]);
}

#[test]
fn another_key_than_the_folders_is_refused() {
    let site = Site::new();
    site.keep_ts("news", &key('B'), 6);
    site.keep_ts("sport", &key('C'), 6);
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    refused_and_replaced(&site, &["--from", "backup"]);
}

/// Both streams run, and there is a backup of each.
fn running(site: &Site) -> [u16; 2] {
    let [news, tv] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    site.use_backups(json!({}));
    site.start();
    eventually("the numbers are there", || (site.kept_names().len() == 3).then_some(()));
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    [news, tv]
}

#[track_caller]
fn refused(doc: &Value, uid: &str, says: &[&str]) {
    let result = stream(doc, uid);
    assert_eq!(result["outcome"], "refused", "{result:#}");
    let error = result["error"].as_str().unwrap();
    assert!(says.iter().all(|text| error.contains(text)), "{error}");
}

#[test]
fn running_nodes_are_refused() {
    let site = Site::new();
    let ports = running(&site);
    let doc = site.json(&["restore-metadata", "--from", "backup"], 1);
    for (uid, port) in ["news", "tv"].into_iter().zip(ports) {
        refused(
            &doc,
            uid,
            &[&format!("port {port}"), &site.pid(port).to_string(), &format!("acecast stop {port}")],
        );
    }
    site.acecast(&["stop", &ports[0].to_string()]).exit(0);
    let doc = site.json(&["restore-metadata", "--from", "backup"], 1);
    refused(&doc, "tv", &[]);
    assert!(
        ["restored", "unchanged"].contains(&stream(&doc, "news")["outcome"].as_str().unwrap()),
        "{doc:#}"
    );
}

#[test]
fn engines_of_another_realm_are_refused_too() {
    let site = Site::new();
    let ports = running(&site);
    // The same metadata dir by another path, and another pid dir: these nodes are none of this realm.
    std::os::unix::fs::symlink(site.root().join("metadata"), site.path("linked")).unwrap();
    site.use_backups(json!({"dirs": {"pid": "other_run", "metadata": site.path("linked")}}));
    let doc = site.json(&["restore-metadata", "--from", "backup"], 1);
    for (uid, port) in ["news", "tv"].into_iter().zip(ports) {
        refused(&doc, uid, &[&format!("port {port}"), "stop it first, where it belongs"]);
    }
    let listed = site.json(&["metadata"], 0);
    let used = &stream(&listed, "news")["used_by"];
    assert_eq!((&used[0]["port"], &used[0]["here"]), (&json!(ports[0]), &json!(false)), "{listed:#}");
}

#[test]
fn a_wrapper_without_its_engine_is_refused() {
    let site = Site::new();
    let [port] = site.ports();
    site.keep_ts("news", &key('A'), 5);
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    site.sources(&[site.ts("news", port)]);
    site.script("stable", json!({"*": {"slow_spawn_wrapper_ms": 20_000}}));
    let start = site.begin(&["start", "--ready-timeout", "30"]);
    eventually("the wrapper is there", || {
        site.procs().iter().any(|proc| proc.option("--name") == Some("news")).then_some(())
    });
    // While the start holds the lock, nothing is restored.
    let held = site.acecast(&["restore-metadata", "--from", "backup"]).exit(5).says(&start.pid().to_string());
    drop(held);
    let doc = site.json(&["restore-metadata", "--from", "backup", "--lock-timeout", "200ms"], 5);
    assert_eq!(doc["error"]["code"], "locked", "{doc:#}");
    start.signal(rustix::process::Signal::KILL);
    start.wait();
    assert!(site.pids().is_empty());
    let doc = site.json(&["restore-metadata", "--from", "backup", "--lock-timeout", "10"], 1);
    refused(&doc, "news", &[&format!("port {port}")]);
}

#[test]
fn who_waits_for_the_lock_gets_it() {
    let site = Site::new();
    let [port] = site.ports();
    site.keep_ts("kept", &key('A'), 5);
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    fs::remove_file(site.metadata("kept.sauth")).unwrap();
    site.script("stable", json!({"*": {"ready_ms": 1_500}}));
    site.sources(&[site.ts("news", port)]);
    let start = site.begin(&["start"]);
    eventually("the slow engine is started", || (!site.pids().is_empty()).then_some(()));
    let waiting: Running = site.begin(&["restore-metadata", "--from", "backup", "--lock-timeout", "30"]);
    start.wait().exit(0);
    waiting.wait().exit(0).says("waiting for another run");
    assert_eq!(site.kept("kept.sauth"), key('A'));
}
