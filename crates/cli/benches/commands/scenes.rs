//! What is measured.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::bare;
use crate::measure::{Cost, Costs, cost, cost_of_problem};
use crate::support::Site;

/// Sources and support nodes of the small host, half of each.
const NODES: u16 = 50;
const HUNG: u16 = 20;
const ROUNDS: usize = 25;
const START_ROUNDS: usize = 5;
const HUNG_ROUNDS: usize = 3;

/// Everything, one scene after the other.
pub(crate) fn all() {
    let site = Site::new();
    let ports = list_nodes(&site);
    site.start();
    nothing_to_do(&site);
    from_nothing(&site);
    some_hang(&site, &ports);
}

fn list_nodes(site: &Site) -> Vec<u16> {
    let ports: [u16; NODES as usize] = site.ports();
    list(site, &ports);
    ports.to_vec()
}

/// Lists the first half of the ports as sources, and each of the others as one's support node.
pub(crate) fn list(site: &Site, ports: &[u16]) {
    let (sources, supports) = ports.split_at(ports.len() / 2);
    let url = |uid: &str| format!("{}/ts/{uid}?rate=2000", site.world.streams);
    let source = |port: &u16| {
        let uid = format!("stream_{port}");
        crate::support::with(site.ts(&uid, *port), json!({"url": url(&uid)}))
    };
    site.sources(&sources.iter().map(source).collect::<Vec<Value>>());
    let pairs = supports.iter().zip(sources);
    site.supports(&pairs.map(|(port, source)| site.support(*port, *source)).collect::<Vec<Value>>());
}

/// The nodes run as they should.
fn nothing_to_do(site: &Site) {
    let pid_dir = site.root().join("run");
    let look = |how: &str| {
        let mut command = this_program(bare::LOOK);
        command.arg(&pid_dir).arg(how);
        command
    };
    let mut version = Command::new(env!("CARGO_BIN_EXE_acecast"));
    version.arg("--version");
    let runs = [
        ("bare loop, one after the other", look("serial")),
        ("bare loop, side by side", look("parallel")),
        ("acecast start", site.command(&["start"])),
        ("acecast status", site.command(&["status"])),
        ("acecast --version", version),
    ];
    let costs = take_turns(ROUNDS, &runs.each_ref().map(|(_, command)| || cost(command)));
    println!("{NODES} nodes, nothing to do; medians of {ROUNDS} runs that take turns");
    print(&runs.map(|(name, _)| name), &costs);
}

/// Nothing runs, and then all do.
fn from_nothing(site: &Site) {
    let line = |args: Vec<String>| {
        let engine = args.iter().position(|arg| arg.ends_with("/start-engine"))?;
        Some(args[engine..].to_vec())
    };
    let mut lines: Vec<Vec<String>> = site.procs().into_iter().filter_map(|proc| line(proc.args)).collect();
    lines.sort_by_key(|line| line.iter().any(|arg| arg.starts_with("--download-from")));
    assert_eq!(lines.len(), usize::from(NODES));
    let file = site.path("lines.json");
    fs::write(&file, json!(lines).to_string()).unwrap();
    let spawn = |at_once: &str| {
        let mut command = this_program(bare::SPAWN);
        command.arg(&file).arg(site.root().join("run")).arg(at_once);
        command
    };
    let runs = [
        ("bare loop, 16 at a time", spawn("16")),
        ("bare loop, all at once", spawn("50")),
        ("acecast start", site.command(&["start"])),
        ("acecast start --parallel 50", site.command(&["start", "--parallel", "50"])),
    ];
    let from_nothing = |command: &Command| {
        site.json(&["stop", "all"], 0);
        cost(command)
    };
    let costs = take_turns(START_ROUNDS, &runs.each_ref().map(|(_, command)| || from_nothing(command)));
    println!("\n{NODES} nodes from nothing; medians of {START_ROUNDS} runs that take turns");
    print(&runs.map(|(name, _)| name), &costs);
    site.json(&["stop", "all"], 0);
    site.start();
}

/// Some nodes accept a request and never answer.
fn some_hang(site: &Site, ports: &[u16]) {
    let hung = &ports[..usize::from(HUNG)];
    site.script("stable", hung.iter().map(|port| (port.to_string(), json!({"status": "hang"}))).collect());
    let runs = [("acecast start", site.command(&["start"])), ("acecast status", site.command(&["status"]))];
    let costs = take_turns(HUNG_ROUNDS, &runs.each_ref().map(|(_, command)| || cost_of_problem(command)));
    println!("\n{NODES} nodes, {HUNG} of which hang; medians of {HUNG_ROUNDS} runs that take turns");
    print(&runs.map(|(name, _)| name), &costs);
}

pub(crate) fn this_program(mode: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(mode);
    command
}

pub(crate) fn take_turns(rounds: usize, runs: &[impl Fn() -> Cost]) -> Vec<Costs> {
    let mut costs: Vec<Costs> = runs.iter().map(|_| Costs::default()).collect();
    for _ in 0..rounds {
        for (run, costs) in runs.iter().zip(&mut costs) {
            costs.add(run());
        }
    }
    costs
}

/// One line each; the ratio is to the first one.
pub(crate) fn print(names: &[&str], costs: &[Costs]) {
    let base = costs[0].wall_ms();
    println!("{:32} {:>9} {:>7} {:>9} {:>10}", "", "wall ms", "ratio", "cpu ms", "peak MiB");
    for (name, costs) in names.iter().zip(costs) {
        let (wall, cpu, rss) = (costs.wall_ms(), costs.cpu_ms(), costs.rss_mib());
        println!("{name:32} {wall:9.1} {:7.2} {cpu:9.1} {rss:10.1}", wall / base);
    }
}
