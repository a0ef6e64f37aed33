//! Out of descriptors or processes: a clear error, and running nodes are untouched.

use std::os::unix::process::CommandExt as _;
use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::Value;

use crate::machine::{LONER, can_be, tool};
use crate::strangers::chown_all;
use crate::support::{Ran, Running, Site};

/// Out of descriptors. Under every limit, be it as low as it can, nothing that runs is missed (it would be started
/// again) or called stopped.
#[test]
fn out_of_descriptors() {
    let test = "out_of_descriptors";
    let site = Site::new();
    let [one, two, missing] = site.ports();
    let both = [site.ts("one", one), site.ts("two", two)];
    let all = [&both[..], &[site.ts("missing", missing)]].concat();
    site.sources(&both);
    site.start();
    let before = site.pids();
    site.sources(&all);
    let mut refused = 0;
    for limit in 4..40 {
        for args in [
            &["start", "--ready-timeout", "100ms"] as &[&str],
            &["plan", "-o", "json"],
            &["status", "-o", "json"],
        ] {
            let Some(mut limited) = tool(test, "prlimit", &[&format!("--nofile={limit}:{limit}")]) else {
                return;
            };
            let command = site.command(args);
            limited.arg(command.get_program()).args(command.get_args());
            let ran = Running::start(limited).wait();
            let now = site.pids();
            assert_eq!((now[&one], now[&two]), (before[&one], before[&two]), "{limit} descriptors\n{ran}");
            for running in nodes_on(&ran, [one, two]) {
                let wrong = running["state"] == "down" || running["action"] == "start";
                assert!(!wrong, "{limit} descriptors: a node that runs was missed\n{ran}");
            }
            // 127: not even the loader had enough.
            assert!(matches!(ran.code, Some(0 | 1 | 3 | 127)), "{limit} descriptors\n{ran}");
            if ran.code == Some(1) && args[0] == "start" {
                assert!(ran.all().contains("open files"), "{limit} descriptors: says why\n{ran}");
                refused += 1;
            }
        }
        kill_if_there(&site, missing);
    }
    assert!(refused > 0, "no limit was low enough for anything to fail");
    // A stop that cannot make sure says so.
    for limit in 8..30 {
        let Some(mut limited) = tool(test, "prlimit", &[&format!("--nofile={limit}:{limit}")]) else {
            return;
        };
        let command = site.command(&["stop", &two.to_string()]);
        limited.arg(command.get_program()).args(command.get_args());
        let ran = Running::start(limited).wait();
        let runs = site.pids().contains_key(&two);
        assert!(!(ran.code == Some(0) && runs), "{limit} descriptors: not stopped, and said to be\n{ran}");
        assert_eq!(site.pids()[&one], before[&one]);
        if !runs {
            break;
        }
    }
    site.start();
    assert_eq!(site.pids()[&one], before[&one]);
    site.assert_nothing_to_do();
}

/// What a document, if there is one, says about these ports.
fn nodes_on(ran: &Ran, ports: [u16; 2]) -> Vec<Value> {
    let doc: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let nodes = doc["nodes"].as_array().cloned().unwrap_or_default();
    nodes.into_iter().filter(|node| ports.iter().any(|port| node["port"] == *port)).collect()
}

/// As a crash would; but what a node leaves that is killed while it writes its pid file is another row's business.
fn kill_if_there(site: &Site, port: u16) {
    if site.pids().contains_key(&port) {
        site.kill(port);
        let _ = fs::remove_file(site.pid_file(port));
    }
}

/// Out of processes.
#[test]
fn out_of_processes() {
    let test = "out_of_processes";
    let site = Site::new();
    let [one, missing] = site.ports();
    fs::create_dir_all(site.root()).unwrap();
    for folder in ["", "config", "stable", "beta", "root"] {
        fs::set_permissions(site.path(folder), fs::Permissions::from_mode(0o755)).unwrap();
    }
    // The limit counts all processes of a user, and root has none.
    if !can_be(test, LONER, &site.path("config")) || tool(test, "prlimit", &["--nproc=1000:1000"]).is_none() {
        return;
    }
    chown_all(&site.root(), LONER);
    let run = |args: &[&str], limit: u32| {
        let command = site.command(args);
        let mut limited = tool(test, "prlimit", &[&format!("--nproc={limit}:{limit}")]).unwrap();
        limited.arg(command.get_program()).args(command.get_args()).uid(LONER).gid(LONER);
        Running::start(limited).wait()
    };
    site.sources(&[site.ts("one", one)]);
    let _ = run(&["start"], 1000).exit(0);
    let before = site.pids();
    site.sources(&[site.ts("one", one), site.ts("missing", missing)]);
    let mut refused = 0;
    for limit in 1..24 {
        let ran = run(&["start", "--ready-timeout", "100ms"], limit);
        assert_eq!(site.pids()[&one], before[&one], "{limit} processes\n{ran}");
        assert!(matches!(ran.code, Some(0 | 1)), "{limit} processes\n{ran}");
        refused += u32::from(ran.code == Some(1));
        kill_if_there(&site, missing);
    }
    assert!(refused > 0, "no limit was low enough for anything to fail");
    let _ = run(&["start"], 1000).exit(0);
    assert_eq!(site.pids()[&one], before[&one]);
    let plan = run(&["plan", "-o", "json"], 1000).exit(0);
    assert_eq!(plan.doc()["changes"], 0, "{plan}");
}
