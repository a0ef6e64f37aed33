//! A node that is killed is running again within 1.5 s, whatever goes on beside it; only a stop that is in hand is waited
//! for.

use std::time::Duration;

use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports};
use crate::kernel;
use crate::many::cases;
use crate::support::{Site, eventually, with};

/// From the kill to the new engine's first moment. A second is the wait; the rest is for machines that are busy.
const SOON: Duration = Duration::from_millis(1500);
const BUSY: Duration = Duration::from_millis(3500);

/// How long an engine takes to end. A stop that has begun is waited for.
const STOP: Duration = Duration::from_millis(2300);

/// What goes on meanwhile.
#[derive(Clone, Copy, Debug)]
enum Beside {
    Nothing,
    AHangingNode,
    AHangingController,
    AHangingMonitor,
    ACrashLoop,
    RestartsThatTakeLong,
    AStopInHand,
}

impl std::fmt::Display for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

#[test]
fn a_killed_node_is_back_in_time() {
    use Beside::{
        ACrashLoop, AHangingController, AHangingMonitor, AHangingNode, AStopInHand, Nothing,
        RestartsThatTakeLong,
    };
    let all = [
        RestartsThatTakeLong,
        AStopInHand,
        AHangingNode,
        AHangingController,
        AHangingMonitor,
        ACrashLoop,
        Nothing,
    ];
    cases(&all, 4, |beside| back_while(*beside));
}

fn back_while(beside: Beside) {
    let site = Site::new();
    let [victim, other, third] = site.ports();
    let url = |path: &str| format!("{}/{path}", site.world.controller);
    let lists = json!({"source_node": url("source_node"), "support_node": url("support_node")});
    site.app(json!({"controller": with(lists, json!({"monitor": url("monitor")}))}));
    let nodes = |title: &str| -> Vec<Value> {
        let titled = |name, port| with(site.ts(name, port), json!({"title": title}));
        vec![site.ts("victim", victim), titled("other", other), titled("third", third)]
    };
    site.sources(&nodes("as it was"));
    let stop = if matches!(beside, Beside::AStopInHand) { STOP } else { Duration::ZERO };
    let slow = json!({"stop_ms": stop.as_millis().max(20)});
    site.script("stable", json!({other.to_string(): slow, third.to_string(): slow}));
    let monitor_every = if matches!(beside, Beside::AHangingMonitor) { "300ms" } else { "0" };
    let keeper = Keeper::start(&site, "300ms", &["-vv", "--monitor-every", monitor_every]);
    await_ports(&keeper, &site, &[victim, other, third]);
    let before = site.pids();
    let script = |script| site.script("stable", json!({other.to_string(): script}));
    match beside {
        Beside::Nothing => {}
        Beside::AHangingNode => script(json!({"status": "hang"})),
        Beside::AHangingController => {
            site.world.forget();
            site.world.faults(&json!({"source_node": {"hang_ms": 10_000}}));
            eventually("it is asked", || (site.world.requests("source_node") > 0).then_some(()));
        }
        Beside::AHangingMonitor => {
            site.world.faults(&json!({"monitor": {"hang_ms": 30_000}}));
            site.world.forget();
            eventually("it is sent to", || (site.world.requests("monitor") > 0).then_some(()));
        }
        Beside::ACrashLoop => {
            script(json!({"crash_after_ms": 300}));
            await_events(&keeper, &site, "died", Some(other), 2);
        }
        Beside::RestartsThatTakeLong => {
            let slow = json!({"ready_ms": 8_000});
            site.script("stable", json!({other.to_string(): slow, third.to_string(): slow}));
            site.sources(&nodes("another one"));
            let is_new = |site: &Site| site.pids().get(&other).is_some_and(|pid| *pid != before[&other]);
            keeper.eventually("a restart goes on", || is_new(&site).then_some(()));
        }
        Beside::AStopInHand => {
            site.sources(&nodes("another one"));
            keeper.await_line("stopping");
        }
    }
    let killed = kernel::now();
    site.kill(victim);
    let began = keeper.eventually("it is back", || kernel::began(*site.pids().get(&victim)?));
    let took = began.saturating_sub(killed);
    // Shown with `--nocapture`: the figure is worth more than the bound.
    let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{beside}: {took:?}\n"));
    assert!(took < SOON + BUSY + stop, "{beside}: {took:?}\n{keeper}");
    keeper.eventually("it works", || {
        crate::http::request("GET", &format!("http://127.0.0.1:{victim}/app/monitor")).ok()
    });
}
