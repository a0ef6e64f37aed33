//! A new engine version that does not work costs one broadcast, however long the run goes on.

use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, gaps, logged};
use crate::support::{Site, with};

#[test]
fn a_broken_version_costs_one_node_for_as_long_as_it_is_broken() {
    let site = Site::new();
    site.use_controller();
    let ports: [u16; 6] = site.ports();
    let list = |channel: &str| {
        let node =
            |port: &u16| with(site.ts(&format!("s_{port}"), *port), json!({"engine_version": channel}));
        site.sources(&ports.iter().map(node).collect::<Vec<Value>>());
    };
    list("stable");
    let keeper = Keeper::start(&site, "300ms", &[]);
    await_ports(&keeper, &site, &ports);
    let before = site.pids();

    site.script("beta", json!({"*": {"exit_at_start": 1, "exit_message": "Traceback: no module named ace"}}));
    list("beta");
    let failed = await_events(&keeper, &site, "restart", None, 1);
    let lost = u16::try_from(failed[0]["port"].as_u64().unwrap()).unwrap();
    assert_eq!(failed[0]["outcome"], "failed", "{failed:#?}");
    // It is tried again, with growing waits, and with every interval the others are left as they are.
    let tries = await_events(&keeper, &site, "start", Some(lost), 3);
    let gaps = gaps(&tries[1..3]);
    assert!(gaps[0] > 1.3, "{gaps:?}\n{keeper}");
    let running = site.pids();
    assert_eq!(running.len(), 5, "{keeper}");
    assert!(running.iter().all(|(port, pid)| before[port] == *pid), "another one was touched\n{keeper}");
    let skipped = logged(&site, "restart", None).into_iter().filter(|event| event["outcome"] == "skipped");
    assert_eq!(skipped.count(), 5, "said once each\n{keeper}");

    // Its next try is 4 s away at most, and then all follow.
    site.script("beta", json!({}));
    keeper.eventually("all run on beta", || {
        let engines =
            site.procs().into_iter().filter(|proc| proc.is_engine() && proc.args[0].contains("/beta/"));
        (engines.count() == 6).then_some(())
    });
    assert_eq!(logged(&site, "died", None), [Value::Null; 0], "{keeper}");
}
