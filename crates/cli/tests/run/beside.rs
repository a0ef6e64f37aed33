//! Other commands, and another run, beside a run.

use std::fs::File;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, logged};
use crate::support::{Site, node, outcomes};

/// A lock that somebody else holds is waited for, and that is said once.
#[test]
fn a_lock_that_another_command_holds_is_waited_for() {
    let site = Site::new();
    site.use_controller();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let mut keeper = Keeper::start(&site, "300ms", &[]);
    let lock = File::open(site.root().join("run/.acecast.lock")).unwrap();
    lock.lock().unwrap();
    site.kill(port);
    keeper.await_line("waiting for it");
    // It goes on with everything else meanwhile, and tries again: three readings of the lists.
    let before = site.world.requests("source_node");
    keeper.eventually("the lists are read", || {
        (site.world.requests("source_node") >= before + 3).then_some(())
    });
    keeper.doc("/api/status");
    assert!(site.pids().is_empty(), "{keeper}");
    lock.unlock().unwrap();
    await_events(&keeper, &site, "start", Some(port), 2);
    assert_eq!(keeper.says("waiting for it"), 1, "{keeper}");
    keeper.assert_goes_on();
}

#[test]
fn one_shot_commands_work_beside_it() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let keeper = Keeper::start(&site, "300ms", &[]);
    await_ports(&keeper, &site, &[news, sport]);
    let before = site.pids();
    assert_eq!(node(&site.json(&["status"], 0), news)["state"], "answering");
    assert_eq!(site.plan()["changes"], 0);
    let report = site.json(&["start", "--lock-timeout", "10"], 0);
    assert_eq!(outcomes(&report), [("kept", 2)].into(), "{report:#}");
    assert_eq!(site.pids(), before);
    // What is stopped by hand and still in the config comes back.
    let stop = ["stop", &news.to_string(), "--lock-timeout", "10", "-o", "json"];
    let ran = site.acecast(&stop).exit(0);
    assert_eq!(ran.stderr.matches("it will start again").count(), 1, "{ran}");
    assert_eq!(outcomes(&ran.doc()), [("stopped", 1)].into(), "{ran}");
    await_events(&keeper, &site, "start", Some(news), 2);
    let stops = logged(&site, "stop", Some(news));
    assert_eq!((stops.len(), &stops[0]["by"]), (1, &json!("stop")), "{stops:#?}");
    assert_eq!(site.pid(sport), before[&sport]);
}

/// Only what would come back is worth a word: not where there is no run, nothing to stop, or nobody who wants to hear.
#[test]
fn a_stop_says_that_a_run_starts_it_again() {
    let site = Site::new();
    let [news, free] = site.ports().map(|port: u16| port.to_string());
    site.sources(&[site.ts("news", news.parse().unwrap())]);
    let mut keeper = Keeper::start(&site, "1h", &[]);
    await_ports(&keeper, &site, &[news.parse().unwrap()]);
    site.acecast(&["stop", "all", "--dry-run"]).exit(0).says("it will start again").says("out of the list");
    site.acecast(&["stop", &free]).exit(0).hides("start again");
    site.acecast(&["-q", "stop", "all", "--dry-run"]).exit(0).hides("start again").hides("hint:");
    keeper.end();
    site.acecast(&["stop", "all"]).exit(0).hides("start again");
    // One that is killed is gone, too.
    let mut keeper = Keeper::start(&site, "1h", &[]);
    keeper.kill();
    site.acecast(&["stop", "all"]).exit(0).says("stopped").hides("start again");
}

/// What another command restarts has not died: nothing is counted, and nothing waits longer for it.
#[test]
fn restarts_by_another_command_are_no_deaths() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let mut keeper = Keeper::start(&site, "1h", &[]);
    await_ports(&keeper, &site, &[port]);
    for _ in 0..4 {
        let report = site.json(&["restart", &port.to_string(), "--lock-timeout", "10"], 0);
        assert_eq!(outcomes(&report), [("ready", 1)].into(), "{report:#}");
    }
    site.kill(port);
    keeper.eventually("it is back", || site.pids().contains_key(&port).then_some(()));
    let died = logged(&site, "died", Some(port));
    assert!(died.len() <= 1, "{died:#?}");
    let (_, figures) = keeper.get("/metrics");
    let failures = |line: &&str| line.starts_with("acecast_node_consecutive_failures{");
    let failures: Vec<&str> = figures.lines().filter(failures).collect();
    assert!(failures.iter().all(|line| line.ends_with(" 0") || line.ends_with(" 1")), "{failures:?}");
    assert!(!failures.is_empty(), "{figures}");
    keeper.assert_goes_on();
}

/// Nor if the command is long done when the run comes to look.
#[test]
fn a_stop_that_is_only_seen_afterwards_is_no_death() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let mut keeper = Keeper::start(&site, "1h", &[]);
    await_ports(&keeper, &site, &[port]);
    for starts in 1..4 {
        // It has no lock any more once it has told of the start.
        await_events(&keeper, &site, "start", Some(port), starts);
        keeper.signal(Signal::STOP);
        let _ = site.acecast(&["stop", &port.to_string()]).exit(0);
        keeper.signal(Signal::CONT);
    }
    await_events(&keeper, &site, "start", Some(port), 4);
    assert_eq!(logged(&site, "died", Some(port)), Vec::<Value>::new());
    keeper.assert_goes_on();
}

/// Two runs on one realm: no node is there twice, each death is mended once, and both go on.
#[test]
fn two_runs_on_one_realm_do_no_harm() {
    let site = Site::new();
    site.use_controller();
    let ports: [u16; 3] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    let mut keepers = [Keeper::begin(&site, "250ms", &[]), Keeper::begin(&site, "300ms", &[])];
    for keeper in &keepers {
        keeper.await_ready();
    }
    // It is said once, by the one that came second; begun at the same moment, neither may have seen the other.
    let said = |keeper: &Keeper| keeper.says("another `acecast run` is at work on this pid dir");
    assert!(keepers.iter().map(said).sum::<usize>() <= 1, "{}", keepers[1]);
    let third = Keeper::start(&site, "1h", &[]);
    assert_eq!(said(&third), 1, "{third}");
    drop(third);
    await_ports(&keepers[0], &site, &ports);
    let before = site.pids();
    for port in &ports[..2] {
        site.kill(*port);
    }
    await_ports(&keepers[0], &site, &ports);
    let before_rounds = site.world.requests("source_node");
    keepers[0].eventually("both have looked again", || {
        (site.world.requests("source_node") >= before_rounds + 8).then_some(())
    });
    for port in &ports[..2] {
        assert_eq!(logged(&site, "start", Some(*port)).len(), 2, "{}", keepers[0]);
    }
    assert_eq!(site.pid(ports[2]), before[&ports[2]]);
    for keeper in &mut keepers {
        keeper.end();
    }
    site.assert_nothing_to_do();
}

/// Without the folder no node is known for what it is: it is made again, and no node is touched.
#[test]
fn a_pid_dir_that_is_removed_is_made_again() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let keeper = Keeper::start(&site, "300ms", &[]);
    await_ports(&keeper, &site, &[port]);
    let before = site.pids();
    std::fs::remove_dir_all(site.root().join("run")).unwrap();
    keeper.eventually("the folder is there", || site.root().join("run").is_dir().then_some(()));
    keeper.eventually("the node is known", || {
        (node(&site.json(&["status"], 0), port)["state"] == "answering").then_some(())
    });
    assert_eq!((site.pids(), logged(&site, "start", Some(port)).len()), (before, 1), "{keeper}");
}
