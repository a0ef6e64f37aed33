//! `acecast events`: what a run and the one-shot commands did.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, log};
use crate::support::{Running, Site, eventually, node};

#[test]
fn what_happened_is_shown_whoever_did_it() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.acecast(&["events"]).exit(0).says("no events");
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    site.start();
    let started = |events: Vec<Value>| -> BTreeMap<u16, i64> {
        let starts = events.into_iter().filter(|event| event["event"] == "start");
        starts.map(|event| (port_of(&event), event["pid"].as_i64().unwrap_or_default())).collect()
    };
    let pids = |site: &Site| site.pids().into_iter().map(|(port, pid)| (port, i64::from(pid))).collect();
    assert_eq!(started(log(&site)), pids(&site));
    let mut keeper = Keeper::start(&site, "60s", &[]);
    site.acecast(&["stop", &sport.to_string(), "--lock-timeout", "10"]).exit(0);
    await_events(&keeper, &site, "start", Some(sport), 2);
    assert_eq!(started(log(&site)), pids(&site));
    keeper.end();

    let by: Vec<Value> = log(&site).iter().map(|event| json!([event["event"], event["by"]])).collect();
    for (what, who) in [("start", "start"), ("run_started", "run"), ("stop", "stop"), ("start", "run")] {
        assert!(by.contains(&json!([what, who])), "{what} by {who}: {by:?}");
    }
    let shown = site.acecast(&["events"]).exit(0);
    assert_eq!(shown.stdout.lines().count(), by.len(), "{shown}");
    // Programs get the lines as they are, those of one port if they want.
    let text = fs::read_to_string(site.root().join("state/events.jsonl")).unwrap();
    assert_eq!(site.acecast(&["events", "-o", "json"]).exit(0).stdout, text);
    let of_sport = site.acecast(&["events", "-o", "json", "--port", &sport.to_string()]).exit(0).stdout;
    let expected: String =
        text.split_inclusive('\n').filter(|line| line.contains(&format!("\"port\":{sport},"))).collect();
    assert_eq!(of_sport, expected);
    assert!(of_sport.lines().count() >= 3, "{of_sport}");
    let last = site.acecast(&["events", "-n", "2", "-o", "json"]).exit(0).stdout;
    assert!(text.ends_with(&last) && last.lines().count() == 2, "{last}");
}

fn port_of(event: &Value) -> u16 {
    event["port"].as_u64().unwrap().try_into().unwrap()
}

/// A run that has just begun knows that the node is older than itself.
#[test]
fn a_death_tells_how_old_the_node_was() {
    let site = Site::new();
    let news = site.port();
    site.sources(&[site.ts("news", news)]);
    site.start();
    let age = || node(&site.json(&["status"], 0), news)["uptime_s"].as_u64().unwrap();
    eventually("the node is older than the run will be", || (age() >= 5).then_some(()));
    let keeper = Keeper::start(&site, "60s", &[]);
    site.kill(news);
    let died = await_events(&keeper, &site, "died", Some(news), 1);
    let detail = died[0]["detail"].as_str().unwrap();
    let ran = detail.strip_prefix("ended after at least ").and_then(|rest| rest.split(' ').next());
    assert!(ran.unwrap().parse::<u64>().unwrap() >= 5, "{detail}");
}

#[test]
fn events_are_followed_until_nobody_reads() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let keeper = Keeper::start(&site, "60s", &[]);
    await_ports(&keeper, &site, &[news, sport]);
    await_events(&keeper, &site, "start", None, 2);
    // Reads one line of what comes and goes away.
    let mut follow = site.command(&["events", "-f", "-n", "0", "--port", &news.to_string(), "-o", "json"]);
    let mut follow = follow.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let head =
        Command::new("head").arg("-1").stdin(follow.stdout.take().unwrap()).stdout(Stdio::piped()).spawn();
    let until_term = Running::start(site.command(&["events", "-f", "-n", "0"]));
    site.kill(sport);
    await_events(&keeper, &site, "back", Some(sport), 1);
    // Only now: a follower that began to follow late would miss it, and is met by the next one.
    let head = std::thread::spawn(move || head.unwrap().wait_with_output().unwrap());
    let mut kills = 0;
    while !head.is_finished() {
        kills += 1;
        site.kill(news);
        await_events(&keeper, &site, "back", Some(news), kills);
    }
    let line: Value = serde_json::from_slice(&head.join().unwrap().stdout).unwrap();
    assert_eq!(line["port"], news, "{line}");
    keeper.eventually("the follower ends", || {
        let ended = follow.try_wait().unwrap();
        // It notices with the next line that it has for nobody.
        site.kill_if_there(news);
        ended
    });
    until_term.signal(Signal::TERM);
    let ran = until_term.wait();
    assert!(ran.stdout.contains("died"), "{ran}");
    assert_eq!(ran.code, Some(130), "{ran}");
}
