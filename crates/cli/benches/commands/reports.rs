//! What it costs to report many nodes, some of which hang, to a server that takes its time.

use serde_json::json;

use crate::bare;
use crate::choice::{Choice, REPORTS};
use crate::host::Host;
use crate::measure::{cost_of_problem, costs_table, take_turns};

const NODES: usize = 200;
const HANG: usize = 20;
const ROUNDS: usize = 5;

/// How long a node that hangs is waited for, the server takes for a report, and how many it gets at once.
const NODE_MS: u32 = 2000;
const SERVER_MS: u32 = 200;
const AT_ONCE: u32 = 64;

/// `acecast monitor`, next to a loop that does the same and to the waits alone.
pub(crate) fn measure(choice: &Choice) {
    if !choice.wants(REPORTS, NODES) {
        return;
    }
    let host = Host::running(NODES);
    let site = &host.site;
    site.app(json!({"controller": {"monitor": format!("{}/monitor", site.world.controller)}}));
    host.hang(HANG);
    site.world.faults(&json!({"monitor": {"delay_ms": SERVER_MS}}));

    let mut bare = host.bare(bare::REPORT);
    bare.arg(site.world.controller.strip_prefix("http://").unwrap()).arg(AT_ONCE.to_string());
    let runs = [("bare loop, 64 reports at once", bare), ("`acecast monitor`", site.command(&["monitor"]))];
    let rounds = choice.rounds(ROUNDS);
    let costs = take_turns(rounds, &runs.each_ref().map(|(_, command)| || cost_of_problem(command)));
    let title =
        format!("{NODES} nodes, {HANG} of which hang, reported to a server that takes {SERVER_MS} ms");
    let mut table = costs_table(REPORTS, &title, &runs.map(|(name, _)| name), &costs);
    let [hang, well] = [HANG, NODES - HANG].map(|nodes| u32::try_from(nodes).unwrap());
    let side_by_side = NODE_MS + well.div_ceil(AT_ONCE) * SERVER_MS;
    let in_a_row = hang * NODE_MS + well * SERVER_MS;
    for (name, waits) in [("side by side", side_by_side), ("one by one", in_a_row)] {
        let ratio = f64::from(waits) / costs[0].wall_ms();
        table.row([format!("the waits alone, {name}"), waits.to_string(), format!("{ratio:.2}")]);
    }
    table.print();
}
