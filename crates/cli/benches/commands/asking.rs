//! One request after the other, as scripts do it, next to `acecast status` and `acecast monitor`.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::bare;
use crate::choice::{ASKING, Choice, HUNG};
use crate::host::Host;
use crate::measure::{cost_of_problem, costs_table, take_turns};

const NODES: usize = 50;
const HANG: usize = 5;
const ROUNDS: usize = 11;

/// How long a script waits for a node, in seconds: as long as acecast does. The scripts that acecast replaces set no
/// limit: one node that hung was their end.
const PATIENCE: &str = "2";

/// The loop of such a script.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/commands/ask.py");

pub(crate) fn measure(choice: &Choice) {
    if !choice.wants(ASKING, NODES) {
        return;
    }
    let host = Host::running(NODES);
    let site = &host.site;
    let server = format!("{}/monitor", site.world.controller);
    site.app(json!({"controller": {"monitor": server}}));
    let script = |more: &[&str]| {
        let mut command = Command::new(python());
        command.arg(SCRIPT).arg(site.root().join("run")).arg(PATIENCE).args(more);
        command
    };
    let runs = [
        ("Python, one after the other", script(&[])),
        ("Python, the same, and reports each", script(&[&server])),
        ("bare loop, one after the other", host.bare(bare::ASK)),
        ("`acecast status`", site.command(&["status"])),
        ("`acecast monitor`", site.command(&["monitor"])),
    ];
    let names = runs.each_ref().map(|(name, _)| *name);
    let commands = runs.each_ref().map(|(_, command)| || cost_of_problem(command));
    let costs = take_turns(choice.rounds(ROUNDS), &commands);
    costs_table(ASKING, &format!("{NODES} nodes are asked"), &names, &costs).print();
    host.hang(HANG);
    // The waits are nearly all of it, and always the same: once will do.
    let costs = take_turns(1, &commands);
    let title = format!("{NODES} nodes are asked, {HANG} of which hang");
    costs_table(&format!("{ASKING}-{HUNG}"), &title, &names, &costs).print();
}

/// The system's own, if there is one: others may be wrapped by scripts that take longer than it does.
fn python() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}
