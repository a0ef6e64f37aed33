//! A config that cannot be read, is wrong or is refused: said once, and what runs is kept running.

use std::fs;

use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, gaps, logged};
use crate::support::Site;

/// Waits until the list was read so many times more.
#[track_caller]
fn await_readings(keeper: &Keeper, site: &Site, count: u64) {
    let before = site.world.requests("source_node");
    keeper.eventually("the list is read again", || {
        (site.world.requests("source_node") >= before + count).then_some(())
    });
}

#[test]
fn what_cannot_be_had_is_said_once_and_changes_nothing() {
    let site = Site::new();
    site.use_controller();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let mut keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &[news, sport]);
    let before = site.pids();
    let wrongs = [
        json!({"status": 500}),
        json!({"error": "no such server"}),
        json!({"body": "[{\"port\": "}),
        json!({"cut": true}),
    ];
    for (n, wrong) in wrongs.iter().enumerate() {
        // Out of order with what comes next: each of them is another failure.
        site.world.faults(&json!({"source_node": wrong}));
        await_events(&keeper, &site, "config_failed", None, n + 1);
        // By then, all of what it says has arrived.
        await_readings(&keeper, &site, 1);
        let said = keeper.lines().len();
        await_readings(&keeper, &site, 4);
        assert_eq!(keeper.lines().len(), said, "{wrong} is said again\n{keeper}");
    }
    assert_eq!(logged(&site, "config_failed", None).len(), wrongs.len(), "{keeper}");
    assert_eq!(site.pids(), before);
    let status = keeper.doc("/api/status");
    assert_eq!(status["config_is_fresh"], false, "{status:#}");

    // What dies meanwhile is started.
    site.kill(news);
    await_events(&keeper, &site, "back", Some(news), 1);
    assert_eq!(site.pid(sport), before[&sport]);

    site.world.faults(&json!({}));
    await_events(&keeper, &site, "config_good", None, 1);
    await_readings(&keeper, &site, 3);
    assert_eq!(logged(&site, "config_good", None).len(), 1);
    keeper.assert_goes_on();
}

#[test]
fn an_app_config_that_is_wrong_leaves_everything_as_it_is() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "200ms", &[]);
    let before = site.pids();
    let path = site.path("config/config.json");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, &good[..good.len() - 20]).unwrap();
    await_events(&keeper, &site, "config_failed", None, 1);
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    // Another realm is none that this run may turn to.
    fs::write(&path, good.replace("\"run\"", "\"elsewhere\"")).unwrap();
    await_events(&keeper, &site, "config_failed", None, 2);
    keeper.await_line("goes on with the old ones");
    assert_eq!(site.pids(), before);
    fs::write(&path, good).unwrap();
    await_events(&keeper, &site, "config_good", None, 1);
    await_events(&keeper, &site, "start", Some(sport), 1);
    assert_eq!(site.pid(news), before[&news]);
}

/// An empty list is refused and said once; nodes are kept alive by the list before it, with growing waits, and that is
/// the list that is kept for a start without the controller.
#[test]
fn an_empty_list_is_refused_and_nodes_are_kept_alive() {
    let site = Site::new();
    site.use_controller();
    let [news, sport] = site.ports();
    let list = [site.ts("news", news), site.ts("sport", sport)];
    site.sources(&list);
    let mut keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &[news, sport]);
    let before = site.pids();
    let kept = || fs::read_to_string(site.root().join("state/acecast-last-lists.json")).unwrap();
    let good = kept();
    assert!(good.contains("sport"));

    site.sources(&[]);
    await_events(&keeper, &site, "refused", None, 1);
    await_readings(&keeper, &site, 4);
    assert_eq!(logged(&site, "refused", None).len(), 1, "{keeper}");
    assert_eq!(site.pids(), before);
    assert_eq!(kept(), good, "what is refused is not kept");

    // All at once: what would be stopped by the list is nothing any more, and still it is not one to go by.
    site.kill(news);
    site.kill(sport);
    await_events(&keeper, &site, "back", Some(news), 1);
    await_events(&keeper, &site, "back", Some(sport), 1);
    // Nor is it while it cannot be read.
    site.world.faults(&json!({"source_node": {"status": 500}}));
    await_events(&keeper, &site, "config_failed", None, 1);
    let before = site.pids();

    // The waits grow as ever.
    site.kill(sport);
    let died = await_events(&keeper, &site, "died", Some(sport), 2);
    assert!(died[1]["detail"].as_str().unwrap().contains("2 times in a row"), "{died:#?}");
    let starts = await_events(&keeper, &site, "start", Some(sport), 3);
    assert!(gaps(&[died[1].clone(), starts[2].clone()])[0] > 1.3, "{keeper}");
    site.sources(&list);
    site.world.faults(&json!({}));
    await_ports(&keeper, &site, &[news, sport]);
    assert_eq!(site.pid(news), before[&news]);
    assert_eq!(logged(&site, "refused", None).len(), 1, "{keeper}");
    keeper.assert_goes_on();
}

/// A run that begins with lists that the guard refuses keeps alive what an earlier one kept alive, be they the first that
/// it reads or the first after the controller was down.
#[test]
fn lists_that_are_refused_from_the_beginning_leave_those_of_an_earlier_run() {
    for is_down_first in [false, true] {
        let site = Site::new();
        site.use_controller();
        let [news, sport] = site.ports();
        site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
        let mut keeper = Keeper::start(&site, "200ms", &[]);
        await_ports(&keeper, &site, &[news, sport]);
        keeper.end();

        site.sources(&[]);
        if is_down_first {
            site.world.faults(&json!({"source_node": {"status": 503}}));
        }
        let keeper = Keeper::begin(&site, "200ms", &[]);
        if is_down_first {
            keeper.await_line("the lists of an earlier run are used");
            site.world.faults(&json!({}));
        }
        await_events(&keeper, &site, "refused", None, 1);
        site.kill(news);
        await_events(&keeper, &site, "back", Some(news), 1);
        site.kill(sport);
        site.kill(news);
        await_events(&keeper, &site, "back", Some(sport), 1);
        await_ports(&keeper, &site, &[news, sport]);
        assert_eq!(logged(&site, "refused", None).len(), 1, "{keeper}");
        assert_eq!(logged(&site, "stop", None), [Value::Null; 0], "{keeper}");
    }
}

/// Without other lists to go by, what is refused stays so when the nodes have died that it would have stopped.
#[test]
fn lists_that_are_refused_stay_so_without_others() {
    let site = Site::new();
    site.use_controller();
    let [news, sport] = site.ports();
    let list = [site.ts("news", news), site.ts("sport", sport)];
    site.sources(&list);
    site.start();
    site.sources(&[]);
    let keeper = Keeper::begin(&site, "200ms", &[]);
    await_events(&keeper, &site, "refused", None, 1);
    site.kill(news);
    await_readings(&keeper, &site, 3);
    assert!(site.pids().contains_key(&sport), "{keeper}");
    site.kill(sport);
    await_readings(&keeper, &site, 3);
    assert_eq!(logged(&site, "refused", None).len(), 1, "{keeper}");
    assert!(!site.root().join("state/acecast-last-lists.json").exists(), "what is refused is not kept");
    site.sources(&list);
    await_ports(&keeper, &site, &[news, sport]);
}

/// One entry that is wrong is said once and held; the others are what they should be.
#[test]
fn a_wrong_entry_is_said_once() {
    let site = Site::new();
    site.use_controller();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "200ms", &[]);
    let mut wrong: Value = site.ts("sport", sport);
    wrong["bitrate"] = json!("a lot");
    site.sources(&[site.ts("news", news), wrong]);
    let held = await_events(&keeper, &site, "held", Some(sport), 1);
    assert_eq!(held[0]["reason"], "config_entry_wrong", "{held:?}");
    await_readings(&keeper, &site, 1);
    let said = keeper.lines().len();
    await_readings(&keeper, &site, 4);
    assert_eq!(keeper.lines().len(), said, "{keeper}");
    assert_eq!(logged(&site, "held", None).len(), 1);
}
