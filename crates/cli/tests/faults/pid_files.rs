//! Rows about pid files and their folder: never a signal, never a hang; other nodes go on.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::time::{Duration, SystemTime};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;

use crate::machine::{NOBODY, can_be};
use crate::strangers::{Stranger, chown_all, every_command};
use crate::support::{Running, Site, age, aged, node, outcomes};

/// Much longer than any command takes that does not hang.
const NO_HANG: Duration = Duration::from_secs(15);

/// Pid file empty, garbage, negative, 0, 1, huge, a directory, a FIFO, a dangling link: unknown or stale, never a
/// signal, never a hang; other nodes go on.
#[test]
fn pid_file_that_names_nobody() {
    let site = Site::new();
    let ports: [u16; 16] = site.ports();
    let running = ports[15];
    site.sources(&[site.ts("runs", running)]);
    site.start();
    let before = site.pids();
    let mut stranger = Stranger::sleep();
    let pid = stranger.pid();
    let texts = [
        String::new(),
        "garbage".to_owned(),
        format!("-{pid}"),
        "0".to_owned(),
        "1".to_owned(),
        "-1".to_owned(),
        "99999999999999999999".to_owned(),
        "4294967296".to_owned(),
        format!("{pid} {pid}"),
        format!("0x{pid:x}"),
        "7".repeat(1 << 20),
    ];
    for (port, text) in ports.iter().zip(&texts) {
        aged(&site.pid_file(*port), text);
    }
    fs::create_dir(site.pid_file(ports[11])).unwrap();
    mknodat(CWD, site.pid_file(ports[12]), FileType::Fifo, Mode::RWXU, 0).unwrap();
    symlink(site.path("nowhere"), site.pid_file(ports[13])).unwrap();
    symlink("/dev/zero", site.pid_file(ports[14])).unwrap();

    let status = site.json(&["status"], 0);
    for port in &ports[..15] {
        let state = node(&status, *port)["state"].as_str().unwrap();
        assert!(["unknown", "stale"].contains(&state), "port {port} is {state}: {status:#}");
    }
    site.sources(
        &ports
            .map(|port| site.ts(&format!("{}_{port}", "s"), port))
            .into_iter()
            .take(15)
            .chain([site.ts("runs", running)])
            .collect::<Vec<_>>(),
    );
    for args in [&["plan"] as &[&str], &["start"], &["stop", "all"], &["start"]] {
        let ran = site.acecast(args);
        assert!(ran.took < NO_HANG, "{ran}");
        assert!(matches!(ran.code, Some(0 | 1)), "{ran}");
        if args == ["start"] {
            let now = site.pids();
            assert!(now.len() < ports.len() && now.contains_key(&running), "{now:?}");
        }
    }
    assert_ne!(site.pids()[&running], before[&running], "it was stopped by `stop all` and started again");
    stranger.lives();
}

/// Pid dir missing: created by an apply; "nothing runs" for status.
#[test]
fn pid_dir_missing() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, port)["state"], "down");
    site.acecast(&["stop", "all"]).exit(0);
    assert!(!site.root().join("run").exists(), "neither creates it");
    site.start();
    assert!(site.root().join("run").is_dir());
    site.assert_nothing_to_do();
}

/// Pid dir unreadable: an error, and nothing is started or stopped.
#[test]
fn pid_dir_unreadable() {
    let test = "pid_dir_unreadable";
    let site = Site::new();
    let [port, more] = site.ports();
    let run = site.root().join("run");
    // What root can read as little as anybody.
    fs::create_dir_all(site.root()).unwrap();
    symlink(&run, &run).unwrap();
    site.sources(&[site.ts("news", port)]);
    for args in [&["status"] as &[&str], &["plan"], &["start"], &["stop", "all"]] {
        site.acecast(args).exit(1).says("run");
    }
    assert_eq!(site.pids().len(), 0);
    fs::remove_file(&run).unwrap();
    fs::write(&run, "a file").unwrap();
    for args in [&["status"] as &[&str], &["plan"], &["start"], &["stop", "all"]] {
        site.acecast(args).exit(1).says("run");
    }
    fs::remove_file(&run).unwrap();

    // A folder that this user may not read, with a node in it.
    for folder in ["", "config", "stable", "beta", "root"] {
        fs::set_permissions(site.path(folder), fs::Permissions::from_mode(0o755)).unwrap();
    }
    if !can_be(test, NOBODY, &site.path("config")) {
        return;
    }
    site.start();
    let before = site.pids();
    chown_all(&site.root(), NOBODY);
    chown_all(&run, 0);
    fs::set_permissions(&run, fs::Permissions::from_mode(0o700)).unwrap();
    site.sources(&[site.ts("more", more)]);
    for args in [&["status"] as &[&str], &["plan"], &["start"], &["stop", "all"]] {
        let mut command = site.command(args);
        command.uid(NOBODY).gid(NOBODY);
        let _ = Running::start(command).wait().exit(1).says("run");
    }
    assert_eq!(site.pids(), before);
}

/// A node is killed -9: shown down; its stale pid file is removed at the next apply, be its port wanted or not, once it
/// is older than 2 s.
#[test]
fn a_stale_pid_file_goes_at_the_next_apply() {
    let site = Site::new();
    let [kept, unwanted] = site.ports();
    site.sources(&[site.ts("kept", kept), site.ts("unwanted", unwanted)]);
    site.start();
    let before = site.pids();
    site.kill(unwanted);
    site.sources(&[site.ts("kept", kept)]);
    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, unwanted)["state"], "stale", "{status:#}");
    // Young, it may be of an engine that is just appearing.
    fs::File::options()
        .append(true)
        .open(site.pid_file(unwanted))
        .unwrap()
        .set_modified(SystemTime::now())
        .unwrap();
    site.acecast(&["start"]).exit(0);
    assert!(site.pid_file(unwanted).exists());
    age(&site.pid_file(unwanted));
    site.plan();
    site.acecast(&["start", "--dry-run"]).exit(0);
    assert!(site.pid_file(unwanted).exists(), "who only looks removes nothing");
    let report = site.start();
    assert_eq!(outcomes(&report), [("kept", 1)].into(), "{report:#}");
    assert!(!site.pid_file(unwanted).exists());
    assert_eq!(site.pids()[&kept], before[&kept]);
    every_command(&site, unwanted);
    assert_eq!(site.json(&["status"], 1)["nodes"][0]["state"], json!("down"));
}
