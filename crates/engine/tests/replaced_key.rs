//! A key is replaced in steps, and each of them may be the last one: no moment is without a whole key, the old key is
//! never lost, and the next run makes everything good.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use acecast_config::{AppConfig, Metadata, PrivateKey, load_app};
use acecast_engine::failpoint;
use acecast_engine::metadata::{RestoreOptions, judge_key, restore_stream};

const OLD: &str = "-----BEGIN PRIVATE KEY-----\nb2xk\n-----END PRIVATE KEY-----";
const NEW: &str = "-----BEGIN PRIVATE KEY-----\nbmV3\n-----END PRIVATE KEY-----";
const OLD_NUMBER: &str = "1000";
const NEW_NUMBER: u64 = 7;

/// Tells the child where to work and at which point to die.
const ROOT: &str = "REPLACED_KEY_ROOT";
const POINT: &str = "REPLACED_KEY_POINT";

static DIES_AT: AtomicU64 = AtomicU64::new(0);

fn app(root: &Path) -> AppConfig {
    let config = serde_json::json!({
        "engine_path": {"stable": "/opt/engine/start-engine"},
        "root": root,
        "controller": {},
        "dirs": {"public": "public", "private": "private", "metadata": "metadata", "log": "log",
                 "cache": "cache", "pid": "pid", "state": "state"},
        "trackers": ["udp://t1:1"],
    });
    let path = root.join("config.json");
    fs::write(&path, config.to_string()).unwrap();
    load_app(&path, root, &|_| None).unwrap().0
}

fn replace(root: &Path) {
    let metadata = Metadata::Ts { last_seq: NEW_NUMBER, private_key: PrivateKey::new(NEW) };
    let mut options = RestoreOptions::new(5);
    options.replace_key = true;
    let _ = restore_stream(&app(root), &"news".parse().unwrap(), &metadata, options).unwrap();
}

/// No test by itself: what the other test starts, and kills at a point.
#[test]
fn a_run_that_dies() {
    let (Ok(root), Ok(point)) = (std::env::var(ROOT), std::env::var(POINT)) else { return };
    DIES_AT.store(point.parse().unwrap(), Ordering::SeqCst);
    failpoint::watch(|number, _| number == DIES_AT.load(Ordering::SeqCst));
    replace(Path::new(&root));
}

/// Runs it in a process of its own, up to this point. True if it died there.
fn dies_at(root: &Path, point: u64) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "a_run_that_dies"]).env(ROOT, root).env(POINT, point.to_string());
    let out = child.output().unwrap();
    assert!(
        out.status.success() || out.status.signal() == Some(9),
        "{}",
        String::from_utf8_lossy(&out.stdout)
    );
    !out.status.success()
}

#[test]
fn each_step_can_be_the_last_one() {
    let mut point = 0;
    loop {
        point += 1;
        let dir = tempfile::tempdir().unwrap();
        let metadata = dir.path().join("metadata");
        let read = |name: &str| fs::read_to_string(metadata.join(name)).unwrap();
        fs::create_dir(&metadata).unwrap();
        fs::write(metadata.join("news.sauth"), OLD).unwrap();
        fs::write(metadata.join("news.restart"), OLD_NUMBER).unwrap();
        let died = dies_at(dir.path(), point);

        let key = read("news.sauth");
        assert!(
            judge_key(key.as_bytes()).is_ok() && [OLD, NEW].contains(&key.as_str()),
            "point {point}: {key:?}"
        );
        if key == NEW {
            assert_eq!(read("news.restart"), NEW_NUMBER.to_string(), "point {point}");
        }
        // The old key and its number belong together, under names with the same time.
        let kept = || {
            (5..7).any(|time| {
                let text = |name: &str| fs::read_to_string(metadata.join(format!("{name}.replaced-{time}")));
                text("news.sauth").is_ok_and(|key| key == OLD)
                    && text("news.restart").is_ok_and(|number| number == OLD_NUMBER)
            })
        };
        if key == NEW || read("news.restart") != OLD_NUMBER {
            assert!(kept(), "point {point}");
        }
        replace(dir.path());
        assert_eq!((read("news.sauth"), read("news.restart")), (NEW.to_owned(), NEW_NUMBER.to_string()));
        assert!(kept(), "point {point}");
        if !died {
            break;
        }
    }
    // Four files, each with at least three points, and those between them.
    assert!(point > 16, "it died at {} points only", point - 1);
}
