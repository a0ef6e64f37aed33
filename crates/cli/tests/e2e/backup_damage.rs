//! Files that are not whole: each such stream is named and left out, and the others go.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{Site, all_outcomes, key, names, read, stream, ts_metadata};

/// Makes one file of a stream wrong.
type Harm = fn(&Site, &str);

const HARMS: &[(&str, Harm, &str)] = &[
    ("empty", |site, uid| site.keep(&format!("{uid}.sauth"), ""), "it is empty"),
    ("cut", |site, uid| site.keep(&format!("{uid}.sauth"), &key('D')[..300]), "its end is missing"),
    ("zeros", |site, uid| site.keep(&format!("{uid}.sauth"), &"\0".repeat(690)), "zero bytes only"),
    (
        "no_key",
        |site, uid| fs::remove_file(site.metadata(&format!("{uid}.sauth"))).unwrap(),
        "sauth is missing",
    ),
    (
        "no_number",
        |site, uid| fs::remove_file(site.metadata(&format!("{uid}.restart"))).unwrap(),
        "restart is missing",
    ),
    ("cut_number", |site, uid| site.keep(&format!("{uid}.restart"), ""), "holds no piece number"),
    ("zero_number", |site, uid| site.keep(&format!("{uid}.restart"), "\0\0"), "holds no piece number"),
    (
        "big_number",
        |site, uid| site.keep(&format!("{uid}.restart"), &"9".repeat(40)),
        "holds no piece number",
    ),
    (
        "folder",
        |site, uid| {
            let path = instead(site, &format!("{uid}.sauth"));
            fs::create_dir(path).unwrap();
        },
        "is a folder",
    ),
    (
        "fifo",
        |site, uid| {
            let path = instead(site, &format!("{uid}.sauth"));
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        },
        "FIFO",
    ),
    (
        "fifo_number",
        |site, uid| {
            let path = instead(site, &format!("{uid}.restart"));
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        },
        "FIFO",
    ),
    (
        "link",
        |site, uid| {
            let path = instead(site, &format!("{uid}.sauth"));
            symlink(site.path("not_mounted/key"), path).unwrap();
        },
        "a link to nothing",
    ),
    ("large", |site, uid| site.keep(&format!("{uid}.sauth"), &"A".repeat(70_000)), "more than 65536 bytes"),
];

/// The path, of a file that is gone now.
fn instead(site: &Site, name: &str) -> std::path::PathBuf {
    fs::remove_file(site.metadata(name)).unwrap();
    site.metadata(name)
}

fn harmed() -> Site {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("whole", &key('A'), 12);
    for (uid, ..) in HARMS {
        site.keep_ts(uid, &key('D'), 5);
    }
    site
}

#[track_caller]
fn named(doc: &Value, good: &str) {
    let doc_of = |uid: &str| stream(doc, uid).clone();
    for (uid, _, text) in HARMS {
        let result = doc_of(uid);
        assert_eq!(result["outcome"], "left_out", "{result:#}");
        let error = result["error"].as_str().unwrap();
        assert!(error.contains(text) && error.contains(&format!("{uid}.")), "{uid}: {error}");
    }
    assert_eq!(doc_of("whole")["outcome"], good);
}

#[test]
fn every_damage_is_named_and_the_others_go() {
    let site = harmed();
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    let good: Vec<String> =
        names(&site.path("backup")).iter().map(|n| read(&site.path("backup").join(n))).collect();
    for (uid, harm, _) in HARMS {
        harm(&site, uid);
    }
    let doc = site.json(&["update-metadata"], 1);
    named(&doc, "sent");
    let posts = site.world.posts("metadata");
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].doc(), json!({"whole": ts_metadata(&key('A'), 12)}));

    // A damaged stream never overwrites a good backup.
    site.keep("whole.restart", "13");
    let doc = site.json(&["update-metadata", "--to", "backup"], 1);
    named(&doc, "written");
    for (name, before) in names(&site.path("backup")).iter().zip(&good) {
        let now = read(&site.path("backup").join(name));
        assert_eq!(now == *before, name != "whole.json", "{name}");
    }
    let table = site.acecast(&["metadata"]).exit(1);
    for (uid, _, text) in HARMS {
        let line = table.stdout.lines().find(|line| line.starts_with(&format!("{uid} ")));
        assert!(line.is_some_and(|line| line.contains(text)), "{uid}\n{table}");
    }
    let run = site.acecast(&["update-metadata"]).exit(1).hides("DDDDDDDD");
    let hint =
        "  hint: put back what a backup has, while their nodes do not run: `acecast restore-metadata`\n";
    run.says("13 left out, 1 sent").says(hint);
    let run = site.acecast(&["update-metadata", "--to", "backup"]).exit(1);
    run.says("`acecast restore-metadata --from backup`");
}

#[test]
fn nothing_whole_is_nothing_sent() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("cut", &key('A')[..200], 12);
    let doc = site.json(&["update-metadata"], 1);
    assert_eq!(all_outcomes(&doc), ["cut left_out"]);
    assert_eq!(doc["answer"], Value::Null);
    assert_eq!(site.world.requests("metadata"), 0);
}

#[test]
fn numbers_are_not_left_out_in_silence() {
    let site = Site::new();
    // The sidecars that tell whose a number is cannot be read.
    fs::write(site.path("private"), "").unwrap();
    site.use_backups(json!({"dirs": {"private": site.path("private")}}));
    site.keep_ts("news", &key('A'), 12);
    site.acecast(&["update-metadata"]).exit(0);
    site.keep(&format!("{}_stream_0.json", "ab".repeat(20)), "{\"seq\": 5}");
    let run = site.acecast(&["update-metadata", "-q"]).exit(1).says("numbers of HLS streams are left out");
    assert!(!run.all().contains("warning"), "{run}");
    site.acecast(&["update-metadata"]).exit(1).says("/private").says("1 sent");
}

#[test]
fn what_can_be_restored_of_damaged_streams_is() {
    let site = harmed();
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
    for (uid, harm, _) in HARMS {
        harm(&site, uid);
    }
    let doc = site.json(&["restore-metadata", "--from", "backup"], 1);
    for (uid, ..) in HARMS {
        // What cannot be read may be a good key that is not mounted; nothing is written over it.
        let unreadable = ["folder", "fifo", "link", "large"].contains(uid);
        let result = stream(&doc, uid);
        assert_eq!(result["outcome"], if unreadable { "failed" } else { "restored" }, "{result:#}");
        if !unreadable {
            assert_eq!(
                (site.kept(&format!("{uid}.sauth")), site.kept(&format!("{uid}.restart"))),
                (key('D'), "5".to_owned())
            );
        }
    }
    let asides = site.kept_names().iter().filter(|name| name.contains(".damaged-")).count();
    assert_eq!(asides, 3, "each damaged key is kept: {:?}", site.kept_names());
}

#[test]
fn a_number_that_is_being_rewritten_is_never_sent_cut() {
    let site = Site::new();
    site.use_backups(json!({}));
    let first = 1_000_000_000;
    site.keep_ts("news", &key('A'), first);
    let path = site.metadata("news.restart");
    let done = AtomicBool::new(false);
    let mut sent = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = first;
            while !done.load(Ordering::Relaxed) {
                number += 1;
                // As an engine does it: emptied, and then written anew in its place.
                let mut file = fs::File::create(&path).unwrap();
                std::thread::yield_now();
                file.write_all(number.to_string().as_bytes()).unwrap();
            }
        });
        for _ in 0..40 {
            let run = site.acecast(&["update-metadata", "-o", "json"]);
            let outcomes = all_outcomes(&run.doc());
            assert!(outcomes == ["news sent"] || outcomes == ["news left_out"], "{run}");
            sent += usize::from(run.code == Some(0));
        }
        done.store(true, Ordering::Relaxed);
    });
    let numbers: Vec<u64> = site
        .world
        .posts("metadata")
        .iter()
        .map(|post| post.doc()["news"]["last_seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers.len(), sent);
    assert!(numbers.iter().all(|number| *number >= first), "a cut number was sent: {numbers:?}");
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert!(sent > 0);
}
