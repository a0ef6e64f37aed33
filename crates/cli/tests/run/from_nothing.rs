//! A host is brought up, kept up, and follows its config.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, log, logged};
use crate::support::{Site, with};

#[test]
fn from_nothing_every_node_is_started_and_what_dies_comes_back() {
    let site = Site::new();
    let [news, sport, copy] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("sport", sport)]);
    site.supports(&[site.support(copy, news)]);
    let mut keeper = Keeper::start(&site, "60s", &[]);
    await_ports(&keeper, &site, &[news, sport, copy]);
    site.assert_nothing_to_do();
    let before = site.pids();

    site.kill(sport);
    await_events(&keeper, &site, "back", Some(sport), 1);
    let mut after = site.pids();
    assert_ne!(after.insert(sport, before[&sport]), before.get(&sport).copied());
    assert_eq!(after, before, "a neighbour was touched");

    let events = log(&site);
    let story: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(story, ["run_started", "start", "start", "start", "died", "start", "back"], "{events:#?}");
    let is_whole = |event: &Value| event["by"] == "run" && event["schema"] == 1;
    assert!(events.iter().all(is_whole), "{events:#?}");
    let died = &events[4];
    assert_eq!((died["port"].as_u64(), died["name"].as_str()), (Some(sport.into()), Some("sport")), "{died}");

    keeper.end();
    assert_eq!(log(&site).last().unwrap()["event"], "run_ended");
    assert_eq!(site.pids().len(), 3, "nodes outlive the run");
}

/// The controller's list is followed with the next interval: what is new is started, what has changed is restarted,
/// what is gone is stopped, and what is as it was is left alone.
#[test]
fn a_change_of_the_controllers_list_is_followed() {
    let site = Site::new();
    site.use_controller();
    let [stays, changes, goes, comes] = site.ports();
    let ts = |name: &str, port| site.ts(name, port);
    site.sources(&[ts("stays", stays), ts("changes", changes), ts("goes", goes)]);
    let keeper = Keeper::start(&site, "300ms", &[]);
    await_ports(&keeper, &site, &[stays, changes, goes]);
    let before = site.pids();

    let changed = with(ts("changes", changes), json!({"title": "another one"}));
    site.sources(&[ts("stays", stays), changed, ts("comes", comes)]);
    await_events(&keeper, &site, "restart", Some(changes), 1);
    await_events(&keeper, &site, "start", Some(comes), 1);
    let stopped = await_events(&keeper, &site, "stop", Some(goes), 1);
    assert_eq!((&stopped[0]["reason"], &stopped[0]["outcome"]), (&json!("not_in_config"), &json!("stopped")));
    await_ports(&keeper, &site, &[stays, changes, comes]);
    assert_eq!(site.pids()[&stays], before[&stays]);
    assert_eq!(logged(&site, "died", None), [Value::Null; 0], "what acecast ends has not died");
}

/// SIGHUP asks at once, however long the interval is; several in a row are not taken for an end.
#[test]
fn a_hang_up_reads_the_config_at_once() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news)]);
    let mut keeper = Keeper::start(&site, "1h", &[]);
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    keeper.signal(Signal::HUP);
    await_events(&keeper, &site, "start", Some(sport), 1);
    let before = site.pids();

    for pause in 0..400 {
        keeper.signal(Signal::HUP);
        // Some at the same time, some apart: each way of falling together is met.
        std::thread::sleep(std::time::Duration::from_micros(pause));
    }
    site.sources(&[site.ts("news", news)]);
    keeper.signal(Signal::HUP);
    await_events(&keeper, &site, "stop", Some(sport), 1);
    keeper.assert_goes_on();
    assert_eq!(site.pid(news), before[&news]);
    keeper.end();
}

/// The app config is read again, too.
#[test]
fn a_hang_up_reads_the_app_config_again() {
    let site = Site::new();
    let news = site.port();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "1h", &[]);
    site.app(json!({"trackers": ["udp://other.example.com:2710/announce"]}));
    keeper.signal(Signal::HUP);
    let restarted = await_events(&keeper, &site, "restart", Some(news), 1);
    assert_eq!(restarted[0]["detail"], "trackers", "{restarted:?}");
}
