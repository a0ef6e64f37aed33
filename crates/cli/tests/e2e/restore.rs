//! A server has died: its streams go on at another one, with the keys and numbers that were backed up.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    Site, all_outcomes, eventually, key, mode, names, node, read, stream, ts_metadata, with,
};

/// Both lists, on a first server that runs, with its streams' infohashes and how far they are.
struct Before {
    ports: [u16; 2],
    hashes: [String; 2],
    key: String,
}

fn first_server(site: &Site) -> Before {
    let [news, tv] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    site.use_backups(json!({}));
    site.start();
    // They have broadcast for a while: the numbers are no beginner's.
    site.acecast(&["stop", "all"]).exit(0);
    fs::write(site.metadata("news.restart"), "7000").unwrap();
    fs::write(sequence_file(&site.root().join("metadata")), "{\"seq\": 9000}").unwrap();
    site.start();
    let hashes = [news, tv].map(|port| hash(site, port));
    Before { ports: [news, tv], hashes, key: site.kept("news.sauth") }
}

fn hash(site: &Site, port: u16) -> String {
    let is_there = |doc: &Value| doc["download_hash"].is_string();
    let doc = site.await_status(port, "the node knows its infohash", is_there);
    doc["download_hash"].as_str().unwrap().to_owned()
}

fn sequence_file(metadata: &Path) -> std::path::PathBuf {
    metadata
        .join(names(metadata).into_iter().find(|name| name.contains("_stream_")).expect("a sequence file"))
}

/// The numbers of both streams, which their engines rewrite in place.
fn numbers(metadata: &Path) -> (u64, u64) {
    let restart = eventually("the ts number is whole", || read(&metadata.join("news.restart")).parse().ok());
    let file = sequence_file(metadata);
    let sequence = || serde_json::from_str::<Value>(&read(&file)).ok()?["seq"].as_u64();
    (restart, eventually("the HLS number is whole", sequence))
}

/// What was known of the streams is gone; they go on at the second server as if nothing had happened.
#[track_caller]
fn goes_on(site: &Site, root: &str, before: &Before) {
    let metadata = site.path(root).join("metadata");
    assert_eq!(read(&metadata.join("news.sauth")), before.key);
    for name in names(&metadata) {
        mode(&metadata.join(name), 0o600);
    }
    let (restart, sequence) = numbers(&metadata);
    assert!((7000..20_000).contains(&restart) && (9000..20_000).contains(&sequence), "{restart} {sequence}");
    let plan = site.json(&["plan"], 0);
    assert_eq!(node(&plan, before.ports[0])["new_key"], false, "{plan:#}");
    site.start();
    assert_eq!(before.ports.map(|port| hash(site, port)), before.hashes);
    let moved = |port| site.engine(port).option("--metadata-dir").map(str::to_owned);
    assert_eq!(moved(before.ports[0]).as_deref(), metadata.to_str());
    let (later_restart, later_sequence) = numbers(&metadata);
    assert!(later_restart >= restart && later_sequence >= sequence, "numbering began again");
    assert_eq!(read(&metadata.join("news.sauth")), before.key);
    site.assert_nothing_to_do();
}

#[test]
fn streams_move_to_a_second_server_through_the_controller() {
    let site = Site::new();
    let before = first_server(&site);
    let run = site.acecast(&["update-metadata"]).exit(0);
    let run = run.says("sent       ts   news  piece number 7").says("sent       hls  tv    piece number 9");
    let run = run.says("server: {\"result\":\"ok\"}").says("2 sent");
    run.hides(&before.key[40..60]);
    before.ports.iter().for_each(|port| site.kill(*port));

    site.move_to("second");
    let run = site.acecast(&["restore-metadata"]).exit(0).says("2 restored").hides(&before.key[40..60]);
    assert!(run.stdout.contains("news.sauth: key restored"), "{run}");
    let again = site.json(&["restore-metadata"], 0);
    assert_eq!(all_outcomes(&again), ["news unchanged", "tv unchanged"]);
    goes_on(&site, "second", &before);
}

#[test]
fn streams_move_to_a_second_server_through_a_folder() {
    let site = Site::new();
    let before = first_server(&site);
    let folder = site.path("backup");
    let doc = site.json(&["update-metadata", "--to", "backup"], 0);
    assert_eq!(all_outcomes(&doc), ["news written", "tv written"]);
    assert_eq!(doc["answer"], Value::Null);
    assert_eq!(names(&folder), ["news.json", "tv.json"]);
    for name in names(&folder) {
        mode(&folder.join(name), 0o600);
    }
    before.ports.iter().for_each(|port| site.kill(*port));

    // The controller that hands out the lists knows nothing of metadata.
    site.move_to("second");
    let doc = site.json(&["restore-metadata", "--from", "backup"], 0);
    assert_eq!(all_outcomes(&doc), ["news restored", "tv restored"]);
    assert_eq!(stream(&doc, "news")["files"].as_array().unwrap().len(), 2, "{doc:#}");
    goes_on(&site, "second", &before);
}

#[test]
fn start_restores_by_itself_if_it_is_asked_to() {
    let site = Site::new();
    let before = first_server(&site);
    site.acecast(&["update-metadata"]).exit(0);
    before.ports.iter().for_each(|port| site.kill(*port));
    site.move_to("second");
    site.acecast(&["start", "--get-remote-metadata"]).exit(0).hides(&before.key[40..60]);
    goes_on(&site, "second", &before);
}

#[test]
fn a_hls_node_of_the_old_scripts_is_known_by_what_it_says() {
    let site = Site::new();
    let tv = site.port();
    let node = site.hls("tv", tv);
    site.start_as_before(&node, None);
    let hash = hash(&site, tv);
    site.use_backups(json!({}));
    assert!(names(&site.root().join("private")).iter().all(|name| !name.ends_with(".inputs")));
    site.acecast(&["update-metadata"]).exit(0);
    let sent = site.sent("tv").expect("its sequence was sent");
    assert!(sent["hls_sequence"][format!("{hash}_stream_0")].is_u64(), "{sent:#}");

    // A node that is gone tells nothing any more, and its number is named.
    site.kill(tv);
    site.world.forget();
    let run = site.acecast(&["update-metadata"]).exit(0);
    let run = run.says(&hash).says("this piece number belongs to no stream that is known");
    run.says("there is no metadata here");
    assert_eq!(site.world.requests("metadata"), 0, "there was nothing to send");
    let doc = site.json(&["update-metadata"], 0);
    assert!(doc["problems"][0].as_str().unwrap().contains(&hash), "{doc:#}");
}

#[test]
fn the_higher_number_wins_both_ways() {
    let site = Site::new();
    let tv = site.port();
    site.know_hls("tv", tv);
    let name = sequence_file(&site.root().join("metadata"));
    let name = name.file_name().unwrap().to_str().unwrap().to_owned();
    let stem = name.strip_suffix(".json").unwrap();
    let metadata = |number: u64| {
        let mut ts = ts_metadata(&key('A'), number);
        ts["hls_sequence"] = json!({stem: number});
        ts
    };
    site.use_backups(json!({}));
    site.keep_ts("tv", &key('A'), 500);
    site.keep(&name, "{\"seq\": 500, \"more\": [1]}");

    // The backup is older than what is here: it does not come back.
    site.world
        .hand_out("source_node", &json!([with(site.hls("tv", tv), json!({"metadata": metadata(100)}))]));
    assert_eq!(all_outcomes(&site.json(&["restore-metadata"], 0)), ["tv unchanged", "tv unchanged"]);

    // What is here was set back: the backup does not sink, and wins.
    site.world
        .hand_out("source_node", &json!([with(site.hls("tv", tv), json!({"metadata": metadata(900)}))]));
    let run = site.acecast(&["update-metadata"]).exit(0).says("piece number 900; here it is only 500");
    let sent = site.sent("tv").unwrap();
    assert_eq!(
        (&sent["last_seq"], &sent["hls_sequence"][stem]),
        (&json!(900), &json!(900)),
        "{sent:#}\n{run}"
    );
    site.acecast(&["restore-metadata", "tv"]).exit(0).says("tv.restart: 900 restored, was 500");
    assert_eq!(site.kept("tv.restart"), "900");
    let sequence: Value = serde_json::from_str(&site.kept(&name)).unwrap();
    assert_eq!(sequence, json!({"seq": 900, "more": [1]}), "fields of the engine stay");
}

#[test]
fn only_named_streams_are_restored() {
    let site = Site::new();
    let metadata = |letter| ts_metadata(&key(letter), 5);
    site.use_backups(json!({}));
    let wrong = json!({"last_seq": "x", "private_key": key('C')});
    site.hand_out_metadata(&[
        ("one", metadata('A')),
        ("two", metadata('B')),
        ("bad", wrong),
        ("none", json!(null)),
    ]);
    let doc = site.json(&["restore-metadata", "two"], 0);
    assert_eq!(all_outcomes(&doc), ["two restored"], "{doc:#}");
    assert_eq!(site.kept_names(), ["two.restart", "two.sauth"]);

    let run = site.acecast(&["restore-metadata", "none", "nobody", "bad"]).exit(1);
    let run = run.says("failed     ts   none    there is no backup of this stream");
    let run = run.says("failed     ?    nobody  there is no backup of this stream");
    run.says("failed     ?    bad     the controller's backup of it cannot be used").says("last_seq");
    let doc = site.json(&["restore-metadata"], 1);
    assert_eq!(all_outcomes(&doc), ["bad failed", "none no_backup", "one restored", "two unchanged"]);
}

#[test]
fn a_controller_or_folder_without_any_backup_is_no_success() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.acecast(&["restore-metadata"]).exit(0).says("there is nothing to restore");
    site.sources(&[site.ts("news", 9)]);
    site.acecast(&["restore-metadata"]).exit(1).says("sent no metadata of any stream");
    fs::create_dir(site.path("backup")).unwrap();
    site.acecast(&["restore-metadata", "--from", "backup"]).exit(1).says("has no backup of any stream");
    site.acecast(&["restore-metadata", "--from", "missing"]).exit(1).says(
        "error: cannot read the backups in missing\n  caused by: No such file or directory\n  \
         hint: name the folder that `acecast update-metadata --to DIR` has written\n",
    );
    assert!(!site.root().join("metadata").exists());

    // A list in a file has no metadata of a server's.
    site.app(json!({}));
    let doc = site.json(&["restore-metadata"], 3);
    assert_eq!(doc["error"]["code"], "endpoint_not_set", "{doc:#}");
    site.use_backups(json!({}));
    site.world.faults(&json!({"source_node": {"status": 404}}));
    let doc = site.json(&["restore-metadata"], 3);
    assert_eq!(doc["error"]["code"], "config_unreachable", "{doc:#}");
}
