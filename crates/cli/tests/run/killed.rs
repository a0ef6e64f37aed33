//! A run that is killed at any moment, and the next one that makes everything right.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::keeper::{Keeper, await_ports};
use crate::support::{Site, with};

/// The same moments each time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[test]
fn killed_at_any_moment_the_next_run_makes_everything_right() {
    let site = Site::new();
    let ports: [u16; 5] = site.ports();
    let mut random = Random(2026);
    for turn in 0..10 {
        let node = |port: &u16| {
            with(site.ts(&format!("s_{port}"), *port), json!({"title": format!("turn {}", turn / 3)}))
        };
        site.sources(&ports.iter().map(node).collect::<Vec<_>>());
        let mut keeper = Keeper::begin(&site, "200ms", &[]);
        // The moment itself is what this is about.
        sleep(Duration::from_millis(random.below(700)));
        let victim = ports[usize::try_from(random.below(5)).unwrap()];
        site.kill_if_there(victim);
        sleep(Duration::from_millis(random.below(500)));
        keeper.kill();
        assert!(site.pids().len() <= ports.len(), "no port has two");
    }
    let mut keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &ports);
    keeper.eventually("there is nothing to do", || (site.plan()["changes"] == 0).then_some(()));
    keeper.end();
    site.assert_nothing_to_do();
}
