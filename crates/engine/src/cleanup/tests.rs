use std::os::unix::fs::symlink;

use super::*;
use crate::args::fixtures::{app, app_with, port};

fn world() -> (tempfile::TempDir, AppConfig) {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path());
    for dir in [&app.dirs.log, &app.dirs.cache] {
        fs::create_dir(dir).unwrap();
    }
    (dir, app)
}

fn names(report: &CleanupReport) -> Vec<String> {
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    report.removed.iter().map(|r| r.path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

fn cache_with(dir: &Path, name: &str, bytes: usize) -> PathBuf {
    let cache = dir.join(name);
    fs::create_dir_all(cache.join("deep/er")).unwrap();
    fs::write(cache.join("deep/er/piece"), vec![0; bytes]).unwrap();
    cache
}

#[test]
fn what_runs_keeps_its_files() {
    let (_dir, app) = world();
    for name in ["source_node_8640.log", "source_node_8640.log.1", "support_node_8650.log", "other.log"] {
        fs::write(app.dirs.log.join(name), "12345").unwrap();
    }
    cache_with(&app.dirs.cache, "source_node_8640_cache", 100);
    cache_with(&app.dirs.cache, "support_node_8650_cache", 100);
    let running = BTreeSet::from([port(8650)]);
    let expected = ["source_node_8640.log", "source_node_8640.log.1", "source_node_8640_cache"];

    let dry = cleanup(&app, &running, true);
    assert_eq!(names(&dry), expected);
    assert_eq!(dry.bytes(), 110);
    let report = cleanup(&app, &running, false);
    assert_eq!(names(&report), expected, "a dry run removes nothing");
    assert_eq!(report.bytes(), 110);
    assert!(names(&cleanup(&app, &running, false)).is_empty());
    assert!(app.dirs.log.join("support_node_8650.log").exists());
    assert!(app.dirs.cache.join("support_node_8650_cache/deep/er/piece").exists());
    assert!(app.dirs.log.join("other.log").exists());
}

#[test]
fn links_are_left_alone_and_never_followed() {
    let (dir, app) = world();
    let precious = dir.path().join("precious");
    fs::create_dir(&precious).unwrap();
    fs::write(precious.join("key"), "x").unwrap();
    symlink(&precious, app.dirs.cache.join("source_node_1_cache")).unwrap();
    symlink(precious.join("key"), app.dirs.log.join("source_node_1.log")).unwrap();
    let cache = cache_with(&app.dirs.cache, "source_node_2_cache", 1);
    symlink(&precious, cache.join("out")).unwrap();
    let report = cleanup(&app, &BTreeSet::new(), false);
    assert_eq!(names(&report), ["source_node_2_cache"]);
    assert_eq!(report.bytes(), 1, "what a link leads to does not count");
    assert!(precious.join("key").exists());
    assert!(app.dirs.log.join("source_node_1.log").is_symlink());
}

#[test]
fn keys_and_transport_files_stay_even_in_one_shared_folder() {
    let dir = tempfile::tempdir().unwrap();
    let one = |name: &str| (name.to_owned(), serde_json::Value::from("all"));
    let dirs: serde_json::Map<_, _> =
        ["public", "private", "metadata", "log", "cache", "pid", "state"].into_iter().map(one).collect();
    let app = app_with(dir.path(), &[("dirs", dirs.into())]);
    fs::create_dir(&app.dirs.log).unwrap();
    let kept = [
        "news.sauth",
        "news.restart",
        "news.acelive",
        "tv_private.acelive",
        "port_map.json",
        "source_node_1_state",
    ];
    for name in kept {
        fs::write(app.dirs.log.join(name), "x").unwrap();
    }
    // Of the wrong kind for their names.
    fs::create_dir(app.dirs.log.join("source_node_1.log")).unwrap();
    fs::write(app.dirs.log.join("source_node_1_cache"), "x").unwrap();
    fs::write(app.dirs.log.join("source_node_2.log"), "x").unwrap();
    assert_eq!(names(&cleanup(&app, &BTreeSet::new(), false)), ["source_node_2.log"]);
    assert_eq!(fs::read_dir(&app.dirs.log).unwrap().count(), kept.len() + 2);
}

#[test]
fn missing_folders_hold_nothing_and_odd_ones_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path());
    assert!(names(&cleanup(&app, &BTreeSet::new(), false)).is_empty());
    fs::write(&app.dirs.log, "not a folder").unwrap();
    let report = cleanup(&app, &BTreeSet::new(), false);
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].to_string(), format!("cannot clean up {}", app.dirs.log.display()));
}

#[test]
fn a_cache_with_another_folder_of_the_config_in_it_stays() {
    let dir = tempfile::tempdir().unwrap();
    let app = app_with(
        dir.path(),
        &[(
            "dirs",
            serde_json::json!({"public": "public", "private": "private", "log": "log", "cache": "cache", "pid": "pid",
                "state": "state", "metadata": "cache/source_node_1_cache/keys"}),
        )],
    );
    fs::create_dir(&app.dirs.log).unwrap();
    fs::create_dir_all(&app.dirs.metadata).unwrap();
    fs::write(app.dirs.metadata.join("news.sauth"), "key").unwrap();
    for dry_run in [true, false] {
        let report = cleanup(&app, &BTreeSet::new(), dry_run);
        assert!(report.removed.is_empty());
        assert!(report.failed[0].source.to_string().contains("another folder of the config"));
    }
    assert!(app.dirs.metadata.join("news.sauth").exists());
}
