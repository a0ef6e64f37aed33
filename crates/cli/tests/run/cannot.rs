//! What cannot be done is said once and tried again; it costs neither other nodes nor the processor.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::keeper::{Keeper, await_events, await_ports, logged};
use crate::kernel::worked;
use crate::support::{Site, with};

fn log_of(site: &Site, port: u16) -> PathBuf {
    site.root().join(format!("log/source_node_{port}.log"))
}

/// Only an engine that ends at once speaks against its version, and only a node that is gone has ended.
#[test]
fn a_node_that_cannot_be_prepared_keeps_none_from_being_restarted() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "300ms", &[]);
    await_ports(&keeper, &site, &[news]);
    let before = site.pid(news);
    fs::create_dir(log_of(&site, sport)).unwrap();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let failed = await_events(&keeper, &site, "start", Some(sport), 1);
    assert_eq!(failed[0]["outcome"], "failed", "{failed:#?}");
    let titled = |title: &str| with(site.ts("news", news), json!({"title": title}));
    site.sources(&[titled("second"), site.ts("sport", sport)]);
    let restarted = await_events(&keeper, &site, "restart", Some(news), 1);
    assert_eq!(restarted[0]["outcome"], "ready", "{restarted:#?}\n{keeper}");
    let second = site.pid(news);
    assert_ne!(second, before);

    fs::rename(log_of(&site, news), log_of(&site, news).with_extension("old")).unwrap();
    fs::create_dir(log_of(&site, news)).unwrap();
    site.sources(&[titled("third"), site.ts("sport", sport)]);
    let restarted = await_events(&keeper, &site, "restart", Some(news), 2);
    assert_eq!(restarted[1]["outcome"], "failed", "{restarted:#?}");
    await_events(&keeper, &site, "start", Some(sport), 3);
    assert_eq!(site.pid(news), second, "{keeper}");
    assert!(logged(&site, "back", Some(news)).is_empty(), "it was never away\n{keeper}");
    for port in [news, sport] {
        fs::remove_dir(log_of(&site, port)).unwrap();
    }
    await_ports(&keeper, &site, &[news, sport]);
    keeper.eventually("it is restarted", || {
        site.pids().get(&news).is_some_and(|pid| *pid != second).then_some(())
    });
}

#[test]
fn a_lock_that_cannot_be_used_is_said_once_and_tried_again() {
    let site = Site::new();
    let news = site.port();
    site.sources(&[site.ts("news", news)]);
    let lock = site.root().join("run/.acecast.lock");
    fs::create_dir_all(&lock).unwrap();
    let keeper = Keeper::begin(&site, "200ms", &[]);
    keeper.await_line("cannot start or stop anything");
    sleep(Duration::from_secs(1));
    assert_eq!(keeper.says("cannot start or stop anything"), 1, "{keeper}");
    assert_eq!(keeper.says("waiting for it"), 0, "nobody has it\n{keeper}");
    assert_eq!(keeper.get("/readyz").0, 503, "{keeper}");
    fs::remove_dir(&lock).unwrap();
    await_ports(&keeper, &site, &[news]);
    keeper.await_ready();
}

/// What is due then waits with everything else.
#[test]
fn a_host_that_cannot_be_looked_at_is_looked_at_again_after_a_pause() {
    let site = Site::new();
    let news = site.port();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "60s", &[]);
    await_ports(&keeper, &site, &[news]);
    let (dir, away) = (site.root().join("run"), site.root().join("run.away"));
    site.kill(news);
    await_events(&keeper, &site, "died", Some(news), 1);
    fs::rename(&dir, &away).unwrap();
    fs::write(&dir, "").unwrap();
    keeper.await_line("cannot tell what runs");
    let before = worked(keeper.pid());
    // The span itself is what this is about.
    sleep(Duration::from_secs(3));
    let took = worked(keeper.pid()).saturating_sub(before);
    assert!(took < Duration::from_secs(1), "{took:?} of work\n{keeper}");
    fs::remove_file(&dir).unwrap();
    fs::rename(&away, &dir).unwrap();
    await_ports(&keeper, &site, &[news]);
}
