//! The binary: its size, and what it costs to start it.

use std::fs;
use std::process::Command;

use crate::choice::{Choice, START_UP};
use crate::measure::{cost, costs_table, take_turns};
use crate::process::mib;
use crate::table::figure;

const BINARY: &str = env!("CARGO_BIN_EXE_acecast");
const ROUNDS: usize = 201;

pub(crate) fn measure(choice: &Choice) {
    if !choice.wants_apart(START_UP) {
        return;
    }
    let mut version = Command::new(BINARY);
    version.arg("--version");
    let runs = [("`/bin/true`", Command::new("/bin/true")), ("`acecast --version`", version)];
    let rounds = choice.rounds(ROUNDS);
    let costs = take_turns(rounds, &runs.each_ref().map(|(_, command)| || cost(command)));
    let size = mib(fs::metadata(BINARY).unwrap().len() / 1024);
    let title = format!("start-up; the binary has {} MiB", figure(size));
    costs_table(START_UP, &title, &runs.map(|(name, _)| name), &costs).print();
}
