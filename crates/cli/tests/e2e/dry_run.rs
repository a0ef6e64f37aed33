//! A dry run writes nothing at all, nor do the commands that only look.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use crate::support::{Entry, Site, listing, with};

/// The site's folder without what the world outside of acecast writes.
fn files(site: &Site) -> BTreeMap<PathBuf, Entry> {
    let mut files = listing(&site.path(""));
    files.retain(|path, _| !path.starts_with(site.path("world")));
    files
}

#[track_caller]
fn writes_nothing(site: &Site, args: &[&str], code: i32) {
    let before = files(site);
    let run = site.acecast(args).exit(code);
    let after = files(site);
    for (path, entry) in &before {
        assert_eq!(after.get(path), Some(entry), "{} changed\n{run}", path.display());
    }
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(new.is_empty(), "{new:?} written\n{run}");
}

#[test]
fn on_an_empty_host() {
    let site = Site::new();
    let [ts, hls, support] = site.ports();
    site.sources(&[site.ts("news", ts), site.hls("kids", hls)]);
    site.supports(&[site.support(support, ts)]);
    for (args, code) in [
        (&["start", "--dry-run"][..], 0),
        (&["start", "--dry-run", "--force-creating-transport-files", "--clear-logs-on-start"], 0),
        (&["plan"], 0),
        (&["plan", "--detailed-exitcode"], 6),
        (&["status"], 1),
        (&["check"], 0),
        (&["stop", "all"], 0),
        (&["stop", "all", "--dry-run"], 0),
        (&["cleanup", "--dry-run"], 0),
    ] {
        writes_nothing(&site, args, code);
    }
    assert!(!site.root().exists());
}

#[test]
fn where_there_is_something_to_change() {
    let site = Site::new();
    let [ts, hls] = site.ports();
    site.sources(&[site.ts("news", ts), site.hls("kids", hls)]);
    site.start();
    site.acecast(&["stop", "all"]).exit(0);
    site.sources(&[
        with(
            site.ts("news", ts),
            json!({"bitrate": 60_000, "metadata": {"last_seq": 900_000, "private_key": key(&site)}}),
        ),
        with(site.hls("kids", hls), json!({"title": "Children"})),
    ]);
    for args in [
        &["start", "--dry-run", "--get-remote-metadata", "--clear-logs-on-start"][..],
        &["start", "--dry-run", "--force-creating-transport-files", "-o", "json"],
        &["plan", "-vvv"],
    ] {
        writes_nothing(&site, args, 0);
    }
    writes_nothing(&site, &["status"], 1);
    let plan = site.json(&["start", "--dry-run"], 0);
    assert!(plan["nodes"].as_array().unwrap().iter().all(|node| node.get("outcome").is_none()), "{plan:#}");
}

fn key(site: &Site) -> String {
    std::fs::read_to_string(site.metadata("news.sauth")).unwrap()
}
