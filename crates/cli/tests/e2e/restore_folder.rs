//! Folders with more in them than backups, or less.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::json;

use crate::support::{Site, all_outcomes, key, stream, ts_metadata};

#[test]
fn what_is_no_backup_is_named_and_the_others_are_restored() {
    let site = Site::new();
    let folder = site.path("backup");
    fs::create_dir(&folder).unwrap();
    let put = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let backup = |uid: &str| json!({uid: ts_metadata(&key('A'), 5)}).to_string();
    put("good.json", &backup("good"));
    put("good.json.replaced-5", &json!({"good": ts_metadata(&key('B'), 9)}).to_string());
    put("notes.txt", "x");
    put("not a uid.json", &backup("good"));
    put("other.json", &backup("good"));
    put("cut.json", &backup("cut")[..300]);
    put("empty.json", "");
    put("list.json", "[1]");
    put("nothing.json", "{\"nothing\": {}}");
    put("wrong.json", &json!({"wrong": {"last_seq": -1, "private_key": key('C')}}).to_string());
    put("no_key.json", &json!({"no_key": {"last_seq": 1, "private_key": &key('C')[..300]}}).to_string());
    put("large.json", &" ".repeat(17 << 20));
    fs::create_dir(folder.join("folder.json")).unwrap();
    symlink(site.path("not_mounted"), folder.join("link.json")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("fifo.json")).status().unwrap().success());

    let run = site.acecast(&["restore-metadata", "--from", "backup", "-o", "json"]).exit(1);
    let run = run
        .says("its name is not a stream_uid, so it is not a backup")
        .says("other.json has the stream good, which");
    let run = run.says("hint: good.json is there, and is the one that is used: keep this file elsewhere");
    let run = run.hides("CCCCCCCC").hides("AAAAAAAA");
    let doc = run.doc();
    for (uid, why) in [
        ("cut", "cut.json"),
        ("empty", "empty.json"),
        ("list", "found a list"),
        ("nothing", "has no metadata of this stream"),
        ("other", "has no metadata of this stream"),
        ("wrong", "cannot be used"),
        ("no_key", "is damaged: its end is missing"),
        ("large", "larger than 16 MiB"),
        ("folder", "not a regular file"),
        ("link", "No such file"),
        ("fifo", "not a regular file"),
    ] {
        let result = stream(&doc, uid);
        assert_eq!(result["outcome"], "failed", "{result:#}");
        assert!(result["error"].as_str().unwrap().contains(why), "{result:#}");
    }
    assert_eq!(stream(&doc, "good")["outcome"], "restored");
    assert_eq!(site.kept_names(), ["good.restart", "good.sauth"]);
    assert_eq!(site.kept("good.sauth"), key('A'));

    // Whoever names a stream does not hear of the others.
    let run = site.acecast(&["restore-metadata", "good", "--from", "backup", "-o", "json"]).exit(0);
    assert_eq!(run.stderr, "", "{run}");
    assert_eq!(all_outcomes(&run.doc()), ["good unchanged"]);
    let doc = site.json(&["restore-metadata", "fifo", "gone", "--from", "backup"], 1);
    assert_eq!(all_outcomes(&doc), ["fifo failed", "gone failed"]);
    assert!(stream(&doc, "fifo")["error"].as_str().unwrap().contains("not a regular file"), "{doc:#}");
}
