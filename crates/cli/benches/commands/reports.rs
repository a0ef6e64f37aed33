//! What it costs to report many nodes, some of which hang, to a server that takes its time.

use serde_json::json;

use crate::bare;
use crate::measure::cost_of_problem;
use crate::scenes::{list, print, take_turns, this_program};
use crate::support::Site;

const NODES: usize = 200;
const HUNG: usize = 20;
const ROUNDS: usize = 5;

/// How long a node that hangs is waited for, the server takes for a report, and how many it gets at once.
const NODE_MS: u32 = 2000;
const SERVER_MS: u32 = 200;
const AT_ONCE: u32 = 64;

/// `acecast monitor`, next to a loop that does the same and to the waits alone.
pub(crate) fn all() {
    let site = Site::new();
    let ports: [u16; NODES] = site.ports();
    site.app(json!({"controller": {"monitor": format!("{}/monitor", site.world.controller)}}));
    list(&site, &ports);
    site.start();
    let hung = ports.iter().step_by(NODES / HUNG);
    site.script("stable", hung.map(|port| (port.to_string(), json!({"status": "hang"}))).collect());
    site.world.faults(&json!({"monitor": {"delay_ms": SERVER_MS}}));

    let mut bare = this_program(bare::REPORT);
    let address = site.world.controller.strip_prefix("http://").unwrap();
    bare.arg(site.root().join("run")).arg(address).arg(AT_ONCE.to_string());
    let runs = [("bare loop, 64 reports at once", bare), ("acecast monitor", site.command(&["monitor"]))];
    let costs = take_turns(ROUNDS, &runs.each_ref().map(|(_, command)| || cost_of_problem(command)));
    println!(
        "\n{NODES} nodes, {HUNG} of which hang, reported to a server that takes {SERVER_MS} ms; medians of {ROUNDS} runs \
         that take turns"
    );
    print(&runs.map(|(name, _)| name), &costs);
    let [hung, well] = [HUNG, NODES - HUNG].map(|nodes| u32::try_from(nodes).unwrap());
    let (side_by_side, in_a_row) =
        (NODE_MS + well.div_ceil(AT_ONCE) * SERVER_MS, hung * NODE_MS + well * SERVER_MS);
    let monitor = costs[1].wall_ms();
    for (name, waits) in [("waits alone, side by side", side_by_side), ("waits alone, one by one", in_a_row)]
    {
        println!("{name:32} {waits:9} {:7.2}  of it `acecast monitor` takes", monitor / f64::from(waits));
    }
}
