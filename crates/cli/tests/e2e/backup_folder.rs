//! Backups in a folder: whole, private, and never a key less than before.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Site, age, all_outcomes, key, mode, names, only, read, stream, ts_metadata};

fn doc_at(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

#[test]
fn another_key_is_not_overwritten_in_a_folder() {
    let site = Site::new();
    let folder = site.path("deep/backup");
    let args = ["update-metadata", "--to", "deep/backup"];
    site.keep_ts("news", &key('A'), 12);
    site.acecast(&args).exit(0).says("written    ts   news  piece number 12");
    mode(&folder.join("news.json"), 0o600);
    assert_eq!(doc_at(&folder.join("news.json")), json!({"news": ts_metadata(&key('A'), 12)}));
    assert_eq!(all_outcomes(&site.json(&args, 0)), ["news unchanged"]);

    site.keep_ts("news", &key('B'), 3);
    site.keep_ts("sport", &key('C'), 3);
    let run =
        site.acecast(&args).exit(1).says("deep/backup/news.json has another key").says("--replace-key news");
    assert_eq!(run.stdout.matches("SHA-256").count(), 2, "{run}");
    assert_eq!(doc_at(&folder.join("news.json"))["news"]["last_seq"], 12);
    assert!(folder.join("sport.json").exists(), "the others go");

    for _ in 0..2 {
        site.acecast(&[&args[..], &["--replace-key", "news"]].concat()).exit(0);
    }
    assert_eq!(doc_at(&folder.join("news.json")), json!({"news": ts_metadata(&key('B'), 3)}));
    let kept = only(&folder, "news.json.replaced-");
    assert_eq!(doc_at(&kept), json!({"news": ts_metadata(&key('A'), 12)}), "the old backup is kept, once");
    mode(&kept, 0o600);
    // Nor does a kept one count as a backup.
    fs::remove_dir_all(site.root().join("metadata")).unwrap();
    assert_eq!(
        all_outcomes(&site.json(&["restore-metadata", "--from", "deep/backup"], 0)),
        ["news restored", "sport restored"]
    );
    assert_eq!(site.kept("news.sauth"), key('B'));
}

#[test]
fn a_backup_only_gets_better() {
    let site = Site::new();
    let file = site.path("backup/news.json");
    let args = ["update-metadata", "--to", "backup"];
    site.keep_ts("news", &key('A'), 12);
    site.acecast(&args).exit(0);
    site.keep("news.restart", "4");
    site.acecast(&args).exit(0).says("unchanged  ts   news  piece number 12; here it is only 4");
    assert_eq!(doc_at(&file)["news"]["last_seq"], 12);
    // Somebody has copied it, and it is open to others.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    site.acecast(&args).exit(0);
    mode(&file, 0o600);
    site.keep("news.restart", "13");
    site.acecast(&args).exit(0).says("written");
    assert_eq!(doc_at(&file)["news"]["last_seq"], 13);
    // What a killed run has left is removed.
    let left = site.path("backup/.acecast-a1b2c3.tmp");
    crate::support::aged(&left, "half");
    site.acecast(&args).exit(0);
    assert_eq!(names(&site.path("backup")), ["news.json"]);
    age(&file);
}

#[test]
fn both_kinds_of_one_name_live_side_by_side() {
    let site = Site::new();
    let tv = site.port();
    let file = site.path("backup/tv.json");
    let args = ["update-metadata", "--to", "backup"];
    site.know_hls("tv", tv);
    let hls_only = site.kept_names();
    site.keep_ts("tv", &key('A'), 12);
    assert_eq!(all_outcomes(&site.json(&args, 0)), ["tv written", "tv written"]);
    let both = doc_at(&file);
    assert_eq!(both["tv"].as_object().unwrap().len(), 3, "{both:#}");

    // With one kind gone from here, the backup keeps both.
    for name in ["tv.sauth", "tv.restart"] {
        fs::remove_file(site.metadata(name)).unwrap();
    }
    let sequence = &hls_only[0];
    site.keep(sequence, "{\"seq\": 1000}");
    site.acecast(&args).exit(0).says("written    hls  tv  piece number 1000");
    let later = doc_at(&file);
    assert_eq!(later["tv"]["private_key"], both["tv"]["private_key"]);
    assert_eq!(later["tv"]["hls_sequence"][sequence.strip_suffix(".json").unwrap()], 1000);

    // So it does where the other kind is refused.
    site.keep_ts("tv", &key('B'), 1);
    site.keep(sequence, "{\"seq\": 2000}");
    let doc = site.json(&args, 1);
    assert_eq!(all_outcomes(&doc), ["tv refused", "tv written"], "{doc:#}");
    assert_eq!(doc_at(&file)["tv"]["private_key"], both["tv"]["private_key"]);
    fs::remove_dir_all(site.root().join("metadata")).unwrap();
    assert_eq!(
        all_outcomes(&site.json(&["restore-metadata", "--from", "backup"], 0)),
        ["tv restored", "tv restored"]
    );
    assert_eq!(site.kept("tv.sauth"), key('A'));
    assert_eq!(site.kept_names().len(), 3);
}

#[test]
fn what_is_no_whole_backup_is_kept_and_replaced() {
    let site = Site::new();
    let folder = site.path("backup");
    fs::create_dir(&folder).unwrap();
    let whole = json!({"news": ts_metadata(&key('B'), 9)}).to_string();
    site.keep_ts("news", &key('A'), 12);
    for broken in [
        "",
        &whole[..200],
        "[]",
        "{}",
        &json!({"news": {"last_seq": "x", "private_key": key('B')}}).to_string(),
    ] {
        fs::write(folder.join("news.json"), broken).unwrap();
        let run = site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
        run.says("what was there is kept as").hides("BBBBBBBB");
        assert_eq!(doc_at(&folder.join("news.json")), json!({"news": ts_metadata(&key('A'), 12)}));
        let kept = only(&folder, "news.json.replaced-");
        assert_eq!(read(&kept), broken);
        fs::remove_file(kept).unwrap();
    }
}

#[test]
fn what_may_be_a_good_backup_stays() {
    let site = Site::new();
    let folder = site.path("backup");
    fs::create_dir(&folder).unwrap();
    for uid in ["other", "more", "folder", "link", "fine"] {
        site.keep_ts(uid, &key('A'), 12);
    }
    let two = json!({"more": ts_metadata(&key('A'), 1), "news": ts_metadata(&key('B'), 9)}).to_string();
    fs::write(folder.join("more.json"), &two).unwrap();
    fs::write(folder.join("other.json"), json!({"news": ts_metadata(&key('B'), 9)}).to_string()).unwrap();
    fs::create_dir(folder.join("folder.json")).unwrap();
    symlink(site.path("not_mounted/x"), folder.join("link.json")).unwrap();
    let doc = site.json(&["update-metadata", "--to", "backup"], 1);
    let expected = ["fine written", "folder failed", "link failed", "more failed", "other failed"];
    assert_eq!(all_outcomes(&doc), expected, "{doc:#}");
    for uid in ["more", "other"] {
        assert!(stream(&doc, uid)["error"].as_str().unwrap().contains("has the stream news"), "{doc:#}");
    }
    assert_eq!(read(&folder.join("more.json")), two);
    fs::write(site.path("file"), "").unwrap();
    let doc = site.json(&["update-metadata", "--to", "file"], 1);
    assert!(stream(&doc, "fine")["error"].as_str().unwrap().contains("file"), "{doc:#}");
}
