//! A disk that is full when a stream's first key is made.

use std::fs;

use serde_json::json;

use super::{Disk, leftovers};
use crate::support::{Site, node, with};
use crate::world::{alpha_engine, engines};

#[test]
fn disk_full_at_a_first_start_starts_nothing() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let port = site.port();
    site.app(json!({"dirs": {"metadata": disk.at("metadata")}}));
    site.sources(&[site.ts("news", port)]);
    fs::create_dir(disk.at("metadata")).unwrap();
    // Where there is no root, `check` takes this for another machine.
    fs::create_dir(site.root()).unwrap();
    let is_said = || {
        let said = |args: &[&str]| {
            let run = site.acecast(args);
            run.all().contains("first key does not fit") && run.all().contains("dirs.metadata")
        };
        [&["plan"][..], &["start", "--dry-run"], &["check"], &["plan", "-o", "json"]].map(said)
    };
    assert_eq!(is_said(), [false; 4]);
    disk.fill();
    assert_eq!(is_said(), [true; 4]);
    assert_eq!(fs::read_dir(disk.at("metadata")).unwrap().count(), 0, "nothing was tried");
    let run = site.acecast(&["start", "--ready-timeout", "5"]).exit(1).hides("acecast cleanup");
    let full = format!("the file system at {} is full", disk.0.display());
    assert!(run.all().contains("No space left") && run.all().contains(&full), "{run}");
    assert_eq!(
        fs::read_dir(disk.at("metadata")).unwrap().count(),
        0,
        "{:?}",
        leftovers(&disk.at("metadata"))
    );
    // Who comes later is told, too.
    let status = site.json(&["status"], 1);
    let error = node(&status, port)["error"].as_str().unwrap_or_default();
    assert!(error.contains("its last start failed: ") && error.contains(&full), "{status:#}");
    site.acecast(&["status"]).exit(1).says("down").says(&full);
    // Logs on the same disk could be removed.
    site.app(json!({"dirs": {"metadata": disk.at("metadata"), "log": disk.at("log")}}));
    fs::create_dir(disk.at("log")).unwrap_or_default();
    for args in [&["plan"][..], &["start"]] {
        site.acecast(args).says("`acecast cleanup` makes room there");
    }
    site.app(json!({"dirs": {"metadata": disk.at("metadata")}}));
    disk.free();

    // An empty key would hold it now.
    site.start();
    assert!(fs::read_to_string(disk.at("metadata/news.sauth")).unwrap().contains("PRIVATE KEY"));
    site.assert_nothing_to_do();
}

#[test]
fn an_empty_key_that_an_engine_left_is_said_with_the_way_on() {
    let site = Site::new();
    let port = site.port();
    site.app(json!({"engine_path": engines(&site)}));
    // As one does that finds the disk full between acecast's look and its own.
    alpha_engine(&site, &format!(": > '{}'; exit 1", site.metadata("news.sauth").display()));
    site.sources(&[with(site.ts("news", port), json!({"engine_version": "alpha"}))]);
    let run = site.acecast(&["start", "--ready-timeout", "5"]).exit(1);
    run.says("go on with `acecast start --new-key news`");
    assert_eq!(site.kept("news.sauth"), "");

    // What is empty now may have been a key: it is not for a program to say.
    site.sources(&[site.ts("news", port)]);
    let plan = site.json(&["plan"], 1);
    assert_eq!(node(&plan, port)["reason"], "key_damaged", "{plan:#}");
    let run = site.acecast(&["start"]).exit(1);
    for text in ["it is empty", "full at a stream's first start", "`acecast start --new-key news`"] {
        assert!(run.all().contains(text), "{text}\n{run}");
    }
    assert!(site.pids().is_empty());
    site.acecast(&["start", "--new-key", "news"]).exit(0);
    assert!(site.kept("news.sauth").contains("PRIVATE KEY"));
    site.assert_nothing_to_do();
}
