//! Nodes that die, sources that are away, and what they leave behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Site, age, aged, eventually, node, outcomes, with};

#[test]
fn a_killed_node_is_shown_down_and_started_again() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.start();
    let before = site.pids();
    let key = fs::read(site.metadata("one.sauth")).unwrap();
    site.kill(one);
    assert!(site.pid_file(one).exists());
    let status = site.json(&["status"], 1);
    assert_eq!((&node(&status, one)["state"], &node(&status, one)["pid"]), (&json!("down"), &Value::Null));
    assert_eq!(node(&status, two)["state"], "answering");

    let plan = site.plan();
    assert_eq!((&plan["changes"], &node(&plan, one)["new_key"]), (&json!(1), &json!(false)), "{plan:#}");
    site.start();
    assert_eq!(site.pids()[&two], before[&two]);
    assert_eq!(fs::read_to_string(site.pid_file(one)).unwrap(), site.pid(one).to_string());
    assert_eq!(fs::read(site.metadata("one.sauth")).unwrap(), key);
    site.assert_nothing_to_do();
}

#[test]
fn a_stale_pid_file_goes_and_a_stranger_with_its_number_lives() {
    let site = Site::new();
    let [dead, stranger, young, wanted] = site.ports();
    let mut ended = Command::new("true").spawn().unwrap();
    let gone = ended.id();
    ended.wait().unwrap();
    // This very process is the stranger: if it were signalled, the tests would end.
    aged(&site.pid_file(dead), &gone.to_string());
    aged(&site.pid_file(stranger), &std::process::id().to_string());
    aged(&site.root().join(format!("run/acestream-{wanted}.pid")), &gone.to_string());
    site.sources(&[site.ts("news", wanted)]);
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, dead)["state"], "stale", "{status:#}");
    assert_eq!(node(&status, wanted)["state"], "down", "{status:#}");
    assert!(site.pid_file(dead).exists(), "status removes nothing");

    fs::write(site.pid_file(young), gone.to_string()).unwrap();
    site.start();
    assert!(!site.pid_file(dead).exists() && !site.pid_file(stranger).exists());
    assert!(site.pid_file(young).exists(), "it may belong to an engine that is just appearing");
    age(&site.pid_file(young));
    site.start();
    assert!(!site.pid_file(young).exists());
    site.acecast(&["stop", &stranger.to_string()]).exit(0);
    site.assert_nothing_to_do();
}

#[test]
fn odd_pid_files_hold_their_port_and_nobody_elses() {
    let site = Site::new();
    let ports: [u16; 10] = site.ports();
    let good = ports[9];
    let run = site.root().join("run");
    fs::create_dir_all(&run).unwrap();
    let texts = ["", "garbage", "-1", "0", "1", "99999999999999999999"];
    for (port, text) in ports.iter().zip(texts) {
        aged(&site.pid_file(*port), text);
    }
    fs::create_dir(site.pid_file(ports[6])).unwrap();
    mknodat(CWD, site.pid_file(ports[7]), FileType::Fifo, Mode::RWXU, 0).unwrap();
    symlink(site.path("nowhere"), site.pid_file(ports[8])).unwrap();
    let list = ports.iter().map(|port| site.ts(&format!("s_{port}"), *port));
    site.sources(&list.collect::<Vec<_>>());

    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, good)["outcome"], "ready", "{report:#}");
    for port in [0, 1, 2, 3, 5, 6, 7].map(|n| ports[n]) {
        assert_eq!(node(&report, port)["reason"], "pid_unknown", "{report:#}");
    }
    site.json(&["status"], 1);
    let report = site.json(&["stop", &ports[1].to_string()], 1);
    assert_eq!(node(&report, ports[1])["outcome"], "held", "{report:#}");
    site.acecast(&["stop", &good.to_string()]).exit(0);
}

#[test]
fn a_node_whose_source_is_away_is_not_started_twice() {
    for version in ["3.2.3", "3.0.5.1"] {
        let site = Site::new();
        let port = site.port();
        site.install("stable", version);
        site.world.switch("ts/news", false);
        site.sources(&[site.ts("news", port)]);
        let report = site.json(&["start", "--ready-timeout", "1"], 0);
        assert_eq!(node(&report, port)["outcome"], "starting", "{report:#}");
        let pids = site.pids();
        assert!(!site.pid_file(port).exists(), "{version} writes it once its source is there");

        let report = site.start();
        assert_eq!(outcomes(&report), [("kept", 1)].into(), "{version}: {report:#}");
        assert_eq!(site.pids(), pids);

        site.world.switch("ts/news", true);
        eventually("the node has found its source", || site.pid_file(port).exists().then_some(()));
        assert_eq!(site.pids(), pids);
        site.assert_nothing_to_do();
    }
}

#[test]
fn acecast_killed_at_any_moment_loses_no_node_and_doubles_none() {
    let site = Site::new();
    let [one, two, support] = site.ports();
    let lists = |quality: &str| {
        site.sources(&[with(site.ts("one", one), json!({"quality": quality})), site.hls("two", two)]);
        site.supports(&[site.support(support, one)]);
    };
    lists("HD");
    // Not a wait for anything: the moment of the kill is what varies.
    for ms in [5, 20, 40, 60, 90, 130, 180, 260, 400] {
        let start = site.begin(&["start"]);
        std::thread::sleep(std::time::Duration::from_millis(ms));
        start.signal(Signal::KILL);
        assert!(matches!(start.wait().code, None | Some(0)));
        lists(if ms % 40 == 20 { "SD" } else { "HD" });
        if ms > 100 {
            site.kill_if_there(two);
        }
    }
    site.start();
    assert_eq!(site.pids().len(), 3);
    for file in
        ["public/one.acelive", "public/two.acelive", "private/two_private.acelive", "metadata/one.sauth"]
    {
        assert!(fs::metadata(site.root().join(file)).unwrap().len() > 100, "{file} was cut short");
    }
    site.assert_nothing_to_do();
}

#[test]
fn a_helper_with_a_nodes_environment_is_no_node() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let environ = fs::read(format!("/proc/{}/environ", site.pid(port))).unwrap();
    let environ = String::from_utf8(environ).unwrap();
    let spec = environ.split('\0').find_map(|var| var.strip_prefix("ACECAST_SPEC=")).unwrap();
    let mut helper = Command::new("sleep").arg("600").env("ACECAST_SPEC", spec).spawn().unwrap();
    let report = site.json(&["stop", "all"], 0);
    let lives = helper.try_wait().unwrap().is_none();
    helper.kill().unwrap();
    helper.wait().unwrap();
    assert_eq!(outcomes(&report), [("stopped", 1)].into(), "{report:#}");
    assert!(lives, "a process that only inherited a node's environment was ended");
}
