//! Nodes that run without doing their work.

use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, logged};
use crate::support::Site;

/// Waits until the lists were read so many times more.
#[track_caller]
fn await_rounds(keeper: &Keeper, site: &Site, count: u64) {
    let before = site.world.requests("source_node");
    keeper
        .eventually("rounds go by", || (site.world.requests("source_node") >= before + count).then_some(()));
}

#[test]
fn a_stall_is_told_once_and_so_is_its_end() {
    let (site, elsewhere) = (Site::new(), Site::new());
    site.use_controller();
    let [news, sport, copy] = site.ports();
    let source = elsewhere.port();
    elsewhere.sources(&[elsewhere.ts("far", source)]);
    elsewhere.start();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    site.supports(&[site.support(copy, source)]);
    let keeper = Keeper::start(&site, "200ms", &["--stall-after", "1s"]);
    await_ports(&keeper, &site, &[news, sport, copy]);
    site.await_status(copy, "it gets its stream", |node| node["connected_peers_count"] != 0);
    let before = site.pids();

    site.world.switch("ts/news", false);
    elsewhere.kill(source);
    let stalled = await_events(&keeper, &site, "stalled", Some(news), 1);
    assert_eq!((&stalled[0]["reason"], &stalled[0]["name"]), (&json!("no-input"), &json!("news")));
    let stalled = await_events(&keeper, &site, "stalled", Some(copy), 1);
    assert_eq!(stalled[0]["reason"], "no-peers", "{stalled:?}");
    await_rounds(&keeper, &site, 10);
    assert_eq!(logged(&site, "stalled", None).len(), 2, "{keeper}");
    assert_eq!(site.pids(), before, "nobody asked for a restart");

    site.world.switch("ts/news", true);
    elsewhere.start();
    await_events(&keeper, &site, "recovered", Some(news), 1);
    await_events(&keeper, &site, "recovered", Some(copy), 1);
    await_rounds(&keeper, &site, 5);
    assert_eq!(logged(&site, "recovered", None).len(), 2, "{keeper}");
    assert_eq!(logged(&site, "stalled", Some(sport)), [Value::Null; 0]);
}

#[test]
fn a_node_that_has_stalled_is_restarted_once_where_that_is_asked_for() {
    let site = Site::new();
    site.use_controller();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let keeper =
        Keeper::start(&site, "200ms", &["--stall-after", "1s", "--restart-stalled", "--ready-timeout", "1s"]);
    await_ports(&keeper, &site, &[news, sport]);
    let before = site.pids();
    site.world.switch("ts/news", false);
    let restarted = await_events(&keeper, &site, "restart", Some(news), 1);
    assert_eq!(restarted[0]["reason"], "stalled", "{restarted:?}");
    assert_ne!(site.pid(news), before[&news]);
    // It has not helped, and the next one is ten minutes away.
    await_rounds(&keeper, &site, 10);
    assert_eq!(logged(&site, "restart", None).len(), 1, "{keeper}");
    assert_eq!(logged(&site, "stalled", None).len(), 1, "{keeper}");
    assert_eq!(site.pid(sport), before[&sport]);
    site.world.switch("ts/news", true);
    await_events(&keeper, &site, "recovered", Some(news), 1);
}
