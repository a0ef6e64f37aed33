//! Everything of a restart that can fail is done before the old node is touched.

use serde_json::json;

use crate::support::{Site, node, with};

#[test]
fn an_engine_that_is_not_there_leaves_the_old_node_running() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();

    site.sources(&[with(site.ts("news", port), json!({"engine_version": "beta"}))]);
    std::fs::rename(site.path("beta/start-engine"), site.path("beta/gone")).unwrap();
    // It was there when the config was read, or not: in neither case is the node touched.
    let run = site.acecast(&["start"]);
    assert!(matches!(run.code, Some(1 | 3)), "{run}");
    let run = run.says("start-engine");
    assert_eq!(site.pids(), before, "{run}");

    std::fs::write(site.path("beta/start-engine"), "#!/bin/sh\n").unwrap();
    let run = site.acecast(&["start"]);
    assert!(matches!(run.code, Some(1 | 3)), "not executable: {run}");
    assert_eq!(site.pids(), before, "{run}");

    std::fs::rename(site.path("beta/gone"), site.path("beta/start-engine")).unwrap();
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn transport_files_that_cannot_be_made_leave_node_and_files_as_they_are() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.hls("kids", port)]);
    site.start();
    let before = site.pids();
    let file = site.root().join("public/kids.acelive");
    let bytes = std::fs::read(&file).unwrap();

    site.script("stable", json!({"sid:kids": {"transport_fails": true}}));
    site.sources(&[with(site.hls("kids", port), json!({"title": "Children"}))]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["outcome"], "failed", "{report:#}");
    assert_eq!(site.pids(), before);
    assert_eq!(std::fs::read(&file).unwrap(), bytes);

    site.script("stable", json!({}));
    site.start();
    assert_ne!(std::fs::read(&file).unwrap(), bytes);
    site.assert_nothing_to_do();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    std::fs::write(site.path("in_the_way"), "").unwrap();
    site.app(json!({"dirs": {"cache": site.path("in_the_way/cache")}}));
    site.acecast(&["start"]).exit(1).says("in_the_way");
    assert_eq!(site.pids(), before);
}

#[test]
fn forced_transport_files_are_made_again_under_no_running_node() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.hls("kids", port)]);
    site.start();
    let file = site.root().join("public/kids.acelive");
    let time = || std::fs::metadata(&file).unwrap().modified().unwrap();
    let (before, pids) = (time(), site.pids());
    site.acecast(&["start", "--force-creating-transport-files"]).exit(0);
    assert_eq!((time(), site.pids()), (before, pids), "a running node's files were replaced");

    site.acecast(&["stop", "all"]).exit(0);
    site.acecast(&["start", "--force-creating-transport-files"]).exit(0);
    assert_ne!(time(), before);
    site.assert_nothing_to_do();
}
