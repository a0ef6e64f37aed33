//! Stops that a killed run left in the middle: what the next one makes of the file that names them.

use std::fs;
use std::os::unix::fs::symlink;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};

use crate::support::{Site, node, outcomes};

/// Says that the node on this port was told to end so many seconds ago, as a run does that is killed then.
fn note(site: &Site, port: u16, seconds_ago: u64) {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let uptime = fs::read_to_string("/proc/uptime").unwrap();
    let uptime: u64 = uptime.split('.').next().unwrap().parse().unwrap();
    let pid = site.pid(port);
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, behind) = stat.rsplit_once(") ").unwrap();
    let ticks = behind.split(' ').nth(19).unwrap();
    let at = uptime.saturating_sub(seconds_ago);
    fs::write(
        site.root().join("run/.acecast.stopping"),
        format!("{} {at} {port} {pid} {ticks}\n", boot.trim()),
    )
    .unwrap();
}

fn stops(site: &Site) -> Vec<Value> {
    let log = fs::read_to_string(site.root().join("state/events.jsonl")).unwrap();
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["event"] == "stop").collect()
}

#[test]
fn what_was_being_stopped_is_stopped_before_anything_is_looked_at_and_started_again() {
    let site = Site::new();
    let [port, other] = site.ports();
    site.sources(&[site.ts("told", port), site.ts("other", other)]);
    site.start();
    let before = site.pids();
    note(&site, port, 0);
    assert_eq!(site.plan()["changes"], 0, "who only looks waits for nothing");
    let said = format!("had begun to stop the node on port {port}, which the next start sees through first");
    for args in [&["plan"][..], &["start", "--dry-run"], &["restart", "all", "--dry-run"]] {
        let _ = site.acecast(args).exit(0).says(&said);
        let warnings = site.json(args, 0)["warnings"].to_string();
        assert_eq!(warnings.matches(&said).count(), 1, "{args:?}: {warnings}");
    }
    // A stop ends it anyhow.
    let _ = site.acecast(&["stop", "all", "--dry-run"]).exit(0).hides("had begun to stop");
    assert_eq!(site.pids(), before);

    let started = site.acecast(&["start", "-o", "json"]).exit(0);
    assert_eq!(outcomes(&started.doc()), [("kept", 1), ("ready", 1)].into(), "{started}");
    let _ = started.says(&format!("finished first: {port}"));
    assert_eq!(site.pids()[&other], before[&other]);
    assert_ne!(site.pids()[&port], before[&port]);
    // Who wonders why it ended finds out; nothing that runs is named.
    let told = fs::read_to_string(site.root().join("run/.acecast.stopping")).unwrap();
    assert!(told.contains(&format!(" {} ", before[&port])), "{told}");
    assert!(site.pids().values().all(|pid| !told.contains(&format!(" {pid} "))), "{told}");
    let stops = stops(&site);
    let [stop] = stops.as_slice() else { panic!("{stops:#?}") };
    assert_eq!((&stop["port"], &stop["reason"]), (&json!(port), &json!("unfinished")), "{stop:#}");
    assert_eq!(stop["outcome"], "stopped", "{stop:#}");
    site.assert_nothing_to_do();
    let _ = site.acecast(&["plan"]).exit(0).hides("had begun to stop");
}

#[test]
fn a_restart_finds_it_down_and_starts_it_once() {
    let site = Site::new();
    let [told, other] = site.ports();
    site.sources(&[site.ts("told", told), site.ts("other", other)]);
    site.start();
    note(&site, told, 0);
    let report = site.json(&["restart", &told.to_string()], 0);
    assert_eq!(node(&report, told)["outcome"], "ready", "{report:#}");
    assert_eq!(node(&report, told)["action"], "start", "{report:#}");
    site.assert_nothing_to_do();
}

/// What lives so long after it was noted was never told.
#[test]
fn a_note_from_long_ago_ends_no_broadcast() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    note(&site, port, 300);
    site.start();
    assert_eq!(site.pids(), before);
    assert!(stops(&site).is_empty());
}

#[test]
fn whatever_else_is_there_under_that_name_harms_nobody() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    let path = site.root().join("run/.acecast.stopping");
    let elsewhere = site.path("elsewhere");
    let plants: [&dyn Fn(); 4] = [
        &|| fs::write(&path, "\u{1b}[2J 8640 1 -1\n\0\n".repeat(10_000)).unwrap(),
        &|| mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap(),
        &|| symlink(&elsewhere, &path).unwrap(),
        &|| fs::create_dir(&path).unwrap(),
    ];
    for plant in plants {
        plant();
        site.start();
        assert_eq!(site.pids(), before);
        let _ = fs::remove_file(&path);
    }
    let _ = site.acecast(&["stop", "all"]).exit(0);
    assert!(!elsewhere.exists(), "a link leads nowhere");
    assert_eq!(site.pids(), [].into());
}
