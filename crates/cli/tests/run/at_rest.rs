//! A run that has nothing to do sleeps.

use std::thread::sleep;
use std::time::Duration;

use crate::keeper::{Keeper, await_ports};
use crate::kernel::{resident_kib, sleeps};
use crate::support::Site;

#[test]
fn at_rest_it_does_not_wake_up_between_its_intervals() {
    let site = Site::new();
    let ports: [u16; 10] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    let keeper = Keeper::start(&site, "30s", &[]);
    await_ports(&keeper, &site, &ports);
    keeper.eventually("the threads rest", || {
        let before = sleeps(keeper.pid());
        sleep(Duration::from_millis(300));
        (sleeps(keeper.pid()) == before).then_some(())
    });
    let before = sleeps(keeper.pid());
    // The span itself is what this is about.
    sleep(Duration::from_secs(6));
    let after = sleeps(keeper.pid());
    let sum = |all: &[(String, u64)]| all.iter().map(|(_, count)| count).sum::<u64>();
    assert_eq!(before.len(), after.len(), "{before:?} {after:?}");
    assert!(sum(&after) - sum(&before) <= 2, "{before:?} {after:?}");
    // Unoptimized, and with all its threads; a release build takes less than half.
    assert!(resident_kib(keeper.pid()) < 40 * 1024, "{} KiB", resident_kib(keeper.pid()));
}
