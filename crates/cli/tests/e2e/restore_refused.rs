//! What is never overwritten by a restore: another key, and files that a running node has in its hands.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Running, Site, all_outcomes, eventually, key, mode, only, read, stream, ts_metadata};

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

/// Puts another backup of the stream in the place of the one that was written.
fn back_up(site: &Site, uid: &str, metadata: &Value) {
    fs::write(site.path(&format!("backup/{uid}.json")), json!({uid: metadata}).to_string()).unwrap();
}

#[test]
fn a_node_that_runs_with_what_the_backup_has_is_left_alone() {
    let site = Site::new();
    running(&site);
    let before = (site.pids(), site.kept("news.sauth"));
    let doc = site.json(&["restore-metadata", "--from", "backup"], 0);
    assert_eq!(all_outcomes(&doc), ["news unchanged", "tv unchanged"], "{doc:#}");
    assert_eq!((&stream(&doc, "news")["error"], &stream(&doc, "tv")["error"]), (&Value::Null, &Value::Null));
    site.acecast(&["restore-metadata", "--from", "backup"]).exit(0).says("already as in the backup");
    assert_eq!((site.pids(), site.kept("news.sauth")), before);
    assert_eq!(restores(&site), [Value::Null; 0], "nothing was restored");
}

#[test]
fn running_nodes_are_refused() {
    let site = Site::new();
    let [news, tv] = running(&site);
    let mine = site.kept("news.sauth");
    back_up(&site, "news", &ts_metadata(&key('B'), 6));
    let kept: Value = serde_json::from_str(&read(&site.path("backup/tv.json"))).unwrap();
    let name = kept["tv"]["hls_sequence"].as_object().unwrap().keys().next().unwrap().clone();
    back_up(&site, "tv", &json!({"hls_sequence": {&name: 1_000_000}}));

    let doc = site.json(&["restore-metadata", "--from", "backup"], 1);
    let who =
        |port: u16| [format!("port {port}"), site.pid(port).to_string(), format!("`acecast stop {port}`")];
    let [port, pid, stop] = who(news);
    let steps =
        format!("{stop}, `acecast restore-metadata news --from backup --replace-key news`, `acecast start");
    refused(
        &doc,
        "news",
        &[&port, &pid, &steps, "the running node uses the one that is here", "they lose it"],
    );
    let error = stream(&doc, "news")["error"].as_str().unwrap();
    assert_eq!(error.matches("SHA-256").count(), 2, "{error}");
    let what = error.find("another key").unwrap();
    assert!(what < error.find("lose it").unwrap() && what < error.find("acecast stop").unwrap(), "{error}");
    let [port, pid, stop] = who(tv);
    refused(&doc, "tv", &[&port, &pid, &stop, "the backup's piece number is 1000000", "was "]);

    // With leave to replace the key, too: it is in use.
    let doc = site.json(&["restore-metadata", "--from", "backup", "--replace-key", "news"], 1);
    refused(&doc, "news", &["the running node uses"]);
    assert_eq!(site.kept("news.sauth"), mine);

    // What is said is what works.
    site.acecast(&["stop", &news.to_string()]).exit(0);
    let doc = site.json(&["restore-metadata", "news", "--from", "backup", "--replace-key", "news"], 0);
    assert_eq!(all_outcomes(&doc), ["news restored"]);
    site.acecast(&["start", "--port", &news.to_string()]).exit(0);
    assert_eq!(site.kept("news.sauth"), key('B'));
}

#[test]
fn a_key_that_is_lost_under_a_running_node_is_told_from_another_key() {
    let site = Site::new();
    let [news, _] = running(&site);
    let whole = site.kept("news.sauth");
    let higher: u64 = site.kept("news.restart").trim().parse::<u64>().unwrap() + 1_000_000;
    back_up(&site, "news", &ts_metadata(&whole, higher));
    let restore = || site.json(&["restore-metadata", "news", "--from", "backup"], 1);
    refused(&restore(), "news", &["its key is as in the backup", &format!("piece number is {higher}")]);

    back_up(&site, "news", &ts_metadata(&whole, 1));
    site.keep("news.sauth", "");
    refused(&restore(), "news", &["news.sauth is damaged (it is empty)", "in memory", "suits the viewers"]);
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    refused(&restore(), "news", &["news.sauth is missing", "in memory", &format!("acecast stop {news}")]);
    site.acecast(&["stop", &news.to_string()]).exit(0);
    let doc = site.json(&["restore-metadata", "news", "--from", "backup"], 0);
    assert_eq!(all_outcomes(&doc), ["news restored"]);
    assert_eq!(site.kept("news.sauth"), whole);
}

#[test]
fn a_restore_is_an_event_with_where_the_old_files_are() {
    let site = Site::new();
    let [port] = site.ports();
    site.sources(&[site.ts("news", port)]);
    site.keep_ts("news", &key('A'), 9000);
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    site.keep("news.sauth", "garbage");
    site.acecast(&["restore-metadata", "--from", "backup"]).exit(0);
    back_up(&site, "news", &ts_metadata(&key('B'), 6));
    site.acecast(&["restore-metadata", "--from", "backup", "--replace-key", "news"]).exit(0);
    site.acecast(&["restore-metadata", "--from", "backup"]).exit(0);

    let dir = site.root().join("metadata");
    let told = restores(&site);
    assert_eq!(told.len(), 2, "{told:?}");
    for (event, aside) in told.iter().zip(["news.sauth.damaged-", "news.sauth.replaced-"]) {
        assert_eq!((&event["port"], &event["name"]), (&json!(port), &json!("news")), "{event:#}");
        assert_eq!((&event["by"], &event["outcome"]), (&json!("restore-metadata"), &json!("restored")));
        let kept = only(&dir, aside);
        assert!(event["detail"].as_str().unwrap().contains(&*kept.to_string_lossy()), "{event:#}");
    }
    site.acecast(&["events"]).exit(0).says("restore").hides(&key('A')[60..100]).hides(&key('B')[60..100]);
}

/// The events of restores, in their order.
fn restores(site: &Site) -> Vec<Value> {
    let log = fs::read_to_string(site.root().join("state/events.jsonl")).unwrap_or_default();
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["event"] == "restore").collect()
}

#[test]
fn engines_of_another_realm_are_refused_too() {
    let site = Site::new();
    let ports = running(&site);
    back_up(&site, "news", &ts_metadata(&key('B'), 6));
    // The same metadata dir by another path, and another pid dir: these nodes are none of this realm.
    std::os::unix::fs::symlink(site.root().join("metadata"), site.path("linked")).unwrap();
    site.use_backups(json!({"dirs": {"pid": "other_run", "metadata": site.path("linked")}}));
    let doc = site.json(&["restore-metadata", "--from", "backup"], 1);
    refused(&doc, "news", &[&format!("port {}", ports[0]), "stop it where it belongs"]);
    assert_eq!(stream(&doc, "tv")["outcome"], "unchanged", "{doc:#}");
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
    back_up(&site, "news", &ts_metadata(&key('B'), 5));
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
