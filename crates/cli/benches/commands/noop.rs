//! The nodes run as they should, and there is nothing to do.

use crate::bare;
use crate::choice::{Choice, NOOP};
use crate::host::Host;
use crate::measure::{cost, costs_table, take_turns};

pub(crate) fn measure(host: &Host, choice: &Choice) {
    let rounds = choice.rounds(match host.nodes() {
        ..=50 => 25,
        51..=200 => 11,
        _ => 5,
    });
    let look = |how: &str| {
        let mut command = host.bare(bare::LOOK);
        command.arg(how);
        command
    };
    let runs = [
        ("bare loop, one after the other", look("serial")),
        ("bare loop, all at the same time", look("parallel")),
        ("`acecast start`", host.site.command(&["start"])),
        ("`acecast status`", host.site.command(&["status"])),
    ];
    let costs = take_turns(rounds, &runs.each_ref().map(|(_, command)| || cost(command)));
    let (name, title) =
        (format!("{NOOP}-{}", host.nodes()), format!("{} nodes, nothing to do", host.nodes()));
    costs_table(&name, &title, &runs.map(|(name, _)| name), &costs).print();
}
