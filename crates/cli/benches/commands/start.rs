//! Nothing runs, and then all nodes do.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::bare;
use crate::choice::{Choice, START};
use crate::host::Host;
use crate::measure::{cost, costs_table, take_turns};

pub(crate) fn measure(host: &Host, choice: &Choice) {
    let rounds = choice.rounds(match host.nodes() {
        ..=50 => 5,
        51..=200 => 3,
        _ => 1,
    });
    let site = &host.site;
    let file = site.path("lines.json");
    fs::write(&file, json!(host.command_lines()).to_string()).unwrap();
    let all = host.nodes().to_string();
    let spawn = |at_once: &str| {
        let mut command = host.bare(bare::SPAWN);
        command.arg(&file).arg(at_once);
        command
    };
    let at_once = format!("`acecast start --parallel {all}`");
    let runs = [
        ("bare loop, 16 at a time", spawn("16")),
        ("bare loop, all at once", spawn(&all)),
        ("`acecast start`, 16 at a time", site.command(&["start"])),
        (&at_once, site.command(&["start", "--parallel", &all])),
    ];
    let from_nothing = |command: &Command| {
        site.json(&["stop", "all"], 0);
        cost(command)
    };
    let costs = take_turns(rounds, &runs.each_ref().map(|(_, command)| || from_nothing(command)));
    let title = format!("{all} nodes from nothing");
    costs_table(&format!("{START}-{all}"), &title, &runs.map(|(name, _)| name), &costs).print();
}
