//! A host that is started while the controller is down goes by the last lists that were good, and only starts nodes.

use serde_json::json;

use crate::keeper::{Keeper, await_events, await_ports, logged};
use crate::support::{Site, mode, with};

#[test]
fn the_last_good_lists_start_what_is_missing_and_stop_nothing() {
    let site = Site::new();
    site.use_controller();
    let [gone, changed, other] = site.ports();
    site.sources(&[site.ts("gone", gone), site.ts("changed", changed)]);
    let mut keeper = Keeper::start(&site, "60s", &[]);
    await_ports(&keeper, &site, &[gone, changed]);
    mode(&site.root().join("state/acecast-last-lists.json"), 0o600);
    keeper.end();

    // Meanwhile somebody brings the host up to a newer list, which no run has seen.
    let newer = with(site.ts("changed", changed), json!({"title": "changed since"}));
    site.sources(&[newer, site.ts("other", other)]);
    site.acecast(&["start", "--allow-mass-stop"]).exit(0);
    let before = site.pids();
    assert!(before.contains_key(&other) && !before.contains_key(&gone));

    site.world.faults(&json!({"source_node": {"status": 503}, "support_node": {"status": 503}}));
    let mut keeper = Keeper::start(&site, "200ms", &[]);
    keeper.await_line("the lists of an earlier run are used");
    await_events(&keeper, &site, "start", Some(gone), 2);
    await_ports(&keeper, &site, &[gone, changed, other]);
    let after = site.pids();
    assert_eq!((after[&changed], after[&other]), (before[&changed], before[&other]), "{keeper}");
    // What is known of it only by the old list is kept running, too.
    site.kill(changed);
    await_events(&keeper, &site, "back", Some(changed), 1);
    assert_eq!(site.pid(other), before[&other]);
    // What is in no list of this run's is left alone, dead or alive.
    site.kill(other);
    site.kill(gone);
    await_events(&keeper, &site, "back", Some(gone), 1);
    assert!(!site.pids().contains_key(&other));
    assert_eq!(logged(&site, "stop", None).iter().filter(|event| event["by"] == "run").count(), 0);

    // The controller is back, and with it what it says.
    site.world.faults(&json!({}));
    await_events(&keeper, &site, "config_good", None, 1);
    await_ports(&keeper, &site, &[changed, other]);
    keeper.end();
}

/// Without a list, old or new, nothing is done; the run waits for one.
#[test]
fn without_any_list_nothing_is_done_until_there_is_one() {
    let site = Site::new();
    site.use_controller();
    let news = site.port();
    site.sources(&[site.ts("news", news)]);
    site.start();
    let before = site.pids();
    site.world.faults(&json!({"source_node": {"status": 503}}));
    let keeper = Keeper::begin(&site, "200ms", &[]);
    await_events(&keeper, &site, "config_failed", None, 1);
    assert_eq!(site.pids(), before);
    assert_eq!(keeper.get("/readyz").0, 503, "{keeper}");
    site.kill(news);
    site.world.faults(&json!({}));
    await_ports(&keeper, &site, &[news]);
}
