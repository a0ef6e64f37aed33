//! What is sent goes by its own clock, and says once that it fails.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::keeper::{Keeper, await_events, await_ports, logged};
use crate::support::Site;

/// A backup that is due only in an hour is there within seconds of a new key.
#[test]
fn a_new_key_is_backed_up_at_once() {
    let site = Site::new();
    site.use_backups(json!({}));
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "1h", &["--metadata-every", "1h"]);
    let has = |uid: &str| {
        site.sent(uid).filter(|sent| sent["private_key"].is_string() && sent["last_seq"].is_u64())
    };
    keeper.eventually("news is backed up", || has("news"));
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let began = Instant::now();
    keeper.signal(Signal::HUP);
    keeper.eventually("sport is backed up", || has("sport"));
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    assert_eq!(keeper.says("metadata failed"), 0, "{keeper}");
}

#[test]
fn a_monitor_server_that_fails_is_said_once_and_so_is_that_it_recovers() {
    let site = Site::new();
    let url = |path: &str| format!("{}/{path}", site.world.controller);
    site.app(json!({"controller": {"monitor": url("monitor"), "metadata_receiver": url("metadata")}}));
    let news = site.port();
    site.sources(&[site.ts("news", news)]);
    site.world.faults(&json!({"monitor": {"status": 400}, "metadata": {"status": 400}}));
    let mut keeper =
        Keeper::start(&site, "300ms", &["--monitor-every", "200ms", "--metadata-every", "200ms"]);
    await_ports(&keeper, &site, &[news]);
    for kind in ["monitor", "metadata"] {
        await_events(&keeper, &site, &format!("{kind}_failed"), None, 1);
        let before = site.world.requests(kind);
        keeper.eventually("it is tried again", || (site.world.requests(kind) > before + 8).then_some(()));
        assert_eq!(keeper.says(&format!("{kind} failed")), 1, "{keeper}");
    }
    site.world.faults(&json!({}));
    for kind in ["monitor", "metadata"] {
        await_events(&keeper, &site, &format!("{kind}_good"), None, 1);
        let before = site.world.requests(kind);
        keeper.eventually("it goes on", || (site.world.requests(kind) > before + 2).then_some(()));
        let said = logged(&site, &format!("{kind}_failed"), None).len()
            + logged(&site, &format!("{kind}_good"), None).len();
        assert_eq!(said, 2, "{keeper}");
    }
    keeper.end();
}
