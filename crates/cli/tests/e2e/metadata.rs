//! What this host has of each stream, as `acecast metadata` lists it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::{Site, age, eventually, key, stream};

#[test]
fn every_stream_is_listed() {
    let site = Site::new();
    let [news, tv] = site.ports();
    site.acecast(&["metadata"]).exit(0).says("there is no metadata here");
    assert_eq!(site.json(&["metadata"], 0), json!({"schema": 1, "streams": [], "problems": []}));
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    site.start();
    eventually("the numbers are there", || (site.kept_names().len() == 3).then_some(()));
    site.keep_ts("old", &key('A'), 5);
    for name in ["old.sauth", "old.restart"] {
        age(&site.metadata(name));
    }
    let doc = site.json(&["metadata"], 0);
    let old = stream(&doc, "old");
    assert_eq!((&old["kind"], &old["sequence"], &old["used_by"]), (&json!("ts"), &json!(5), &json!([])));
    assert!((60..600).contains(&old["age_s"].as_u64().unwrap()), "{old:#}");
    assert_eq!(old["key_sha256"].as_str().map(str::len), Some(64), "{old:#}");
    let user = &stream(&doc, "news")["used_by"][0];
    assert_eq!(*user, json!({"port": news, "pid": site.pid(news), "here": true}));
    assert_eq!(stream(&doc, "tv")["key_sha256"], Value::Null);
    assert!(stream(&doc, "tv")["sequence"].is_u64(), "{doc:#}");

    fs::set_permissions(site.metadata("old.sauth"), fs::Permissions::from_mode(0o644)).unwrap();
    site.keep(".restart", "5");
    site.keep(&format!("{}_stream_0.json", "ab".repeat(20)), "{\"seq\": 5}");
    let run = site
        .acecast(&["metadata"])
        .exit(0)
        .says("other users can read it (mode 0644): chmod 600 ")
        .says("its name is not a stream_uid");
    let run = run.says("this piece number belongs to no stream that is known");
    run.hides(&site.kept("news.sauth")[40..60]).hides("AAAAAAAA");
    fs::remove_file(site.metadata("old.restart")).unwrap();
    let doc = site.json(&["metadata"], 1);
    let old = stream(&doc, "old");
    assert_eq!((&old["whole"], &old["sequence"]), (&json!(false), &Value::Null), "{old:#}");
}
