//! Some nodes accept a request and never answer.

use crate::choice::{Choice, HUNG};
use crate::host::Host;
use crate::measure::{cost_of_problem, costs_table, take_turns};

const NODES: usize = 50;
const HANG: usize = 20;
const ROUNDS: usize = 3;

pub(crate) fn measure(choice: &Choice) {
    if !choice.wants(HUNG, NODES) {
        return;
    }
    let host = Host::running(NODES);
    host.hang(HANG);
    let runs = [
        ("`acecast start`, nothing to do", host.site.command(&["start"])),
        ("`acecast status`", host.site.command(&["status"])),
    ];
    let rounds = choice.rounds(ROUNDS);
    let costs = take_turns(rounds, &runs.each_ref().map(|(_, command)| || cost_of_problem(command)));
    let title = format!("{NODES} nodes, {HANG} of which hang");
    costs_table(HUNG, &title, &runs.map(|(name, _)| name), &costs).print();
}
