//! supervisor, which many use to keep programs running, next to acecast over the very same command lines.
//!
//! It sees that a process lives: that of a node's wrapper. Whether the node answers, and on its own port, it does not ask.

mod back;
mod daemon;

use std::time::{Duration, Instant};

use crate::choice::{Choice, SUPERVISOR};
use crate::host::Host;
use crate::keeper::Keeper;
use crate::kernel::worked;
use crate::measure::{Cost, Costs, cost, cost_of, take_turns};
use crate::process::{Memory, Work, await_rest, mib};
use crate::rest::{SPAN, between_intervals};
use crate::table::{Table, figure};
use back::back;
use daemon::Daemon;

const NODES: usize = 50;
const STATUSES: usize = 11;
const STARTS: usize = 5;
const DEATHS: usize = 9;

pub(crate) fn measure(choice: &Choice) {
    if !choice.wants(SUPERVISOR, NODES) {
        return;
    }
    if !daemon::is_installed() {
        eprintln!("skipped: {SUPERVISOR}: no supervisord and supervisorctl on PATH");
        return;
    }
    let host = Host::running(NODES);
    let lines = host.command_lines();
    let ours = ours(&host, choice);
    host.site.json(&["stop", "all"], 0);
    host.site.await_quiet();
    let theirs = theirs(&host, &lines, choice);
    let mut table = Table::new(SUPERVISOR, &[&format!("{NODES} nodes"), "supervisor", "acecast"]);
    for ((name, theirs), (_, ours)) in theirs.rows().into_iter().zip(ours.rows()) {
        table.row([name, theirs, ours]);
    }
    table.print();
}

/// What one of the two costs. Where supervisor's client has work done by supervisord, that counts, too.
struct Side {
    start: Costs,
    /// From the start to the moment when every node answers.
    well: Costs,
    status: Costs,
    rest: Work,
    memory: Memory,
    back: Vec<Duration>,
}

impl Side {
    fn rows(&self) -> Vec<(String, String)> {
        let Side { start, well, status, rest, memory, back } = self;
        // The kernel tells when a process began in steps of 10 ms.
        let ms = |duration: Duration| format!("{:.0}", duration.as_secs_f64() * 1000.0);
        let span = SPAN.as_secs();
        let rows = [
            ("start all: until the command returns, ms", figure(start.wall_ms())),
            ("start all: until every node answers, ms", figure(well.wall_ms())),
            ("start all: processor ms", figure(start.cpu_ms())),
            ("status of all: wall ms", figure(status.wall_ms())),
            ("status of all: processor ms", figure(status.cpu_ms())),
            ("status of all: peak MiB", figure(status.rss_mib())),
            ("the keeper at rest: resident MiB", figure(mib(memory.resident))),
            ("the keeper at rest: private MiB", figure(mib(memory.private))),
            (&format!("the keeper at rest: processor ms in {span} s"), rest.cpu_ms()),
            (&format!("the keeper at rest: voluntary switches in {span} s"), rest.sleeps.to_string()),
            ("a killed node: until its new process, median ms", ms(back[back.len() / 2])),
            ("a killed node: least and most ms", format!("{} to {}", ms(back[0]), ms(back[back.len() - 1]))),
        ];
        rows.map(|(name, figure)| (name.to_owned(), figure)).to_vec()
    }
}

fn ours(host: &Host, choice: &Choice) -> Side {
    let site = &host.site;
    let (mut start, mut well) = (Costs::default(), Costs::default());
    for _ in 0..choice.rounds(STARTS) {
        site.json(&["stop", "all"], 0);
        let begun = Instant::now();
        let command = cost(&site.command(&["start"]));
        host.await_answers();
        start.add(command);
        well.add(Cost { wall: begun.elapsed(), ..command });
    }
    let status = take_turns(choice.rounds(STATUSES), &[|| cost(&site.command(&["status"]))]).remove(0);
    let (rest, memory) = between_intervals(site);
    let keeper = Keeper::start(site, "30s", &[]);
    let back = back(host, choice.rounds(DEATHS));
    drop(keeper);
    Side { start, well, status, rest, memory, back }
}

fn theirs(host: &Host, lines: &[Vec<String>], choice: &Choice) -> Side {
    let daemon = Daemon::start(&host.site, lines);
    let with_daemon = |what: &[&str], codes: &str| {
        let before = worked(daemon.pid());
        let client = cost_of(&daemon.control(what), codes);
        (client, worked(daemon.pid()).saturating_sub(before))
    };
    let (mut start, mut well) = (Costs::default(), Costs::default());
    for _ in 0..choice.rounds(STARTS) {
        daemon.stop_all();
        let begun = Instant::now();
        // A node that came too early for its source fails here, and is tried again.
        let (client, own) = with_daemon(&["start", "all"], "0123456789");
        host.await_answers();
        daemon.await_all_running();
        well.add(Cost { wall: begun.elapsed(), ..client });
        start.add(Cost { cpu: client.cpu + own, ..client });
    }
    let statuses = choice.rounds(STATUSES);
    let before = worked(daemon.pid());
    let mut status = take_turns(statuses, &[|| cost(&daemon.control(&["status"]))]).remove(0);
    let own = worked(daemon.pid()).saturating_sub(before);
    status.add_cpu(own / u32::try_from(statuses).unwrap());
    await_rest(daemon.pid());
    let rest = Work::within(SPAN, daemon.pid());
    let memory = Memory::of(daemon.pid());
    let back = back(host, choice.rounds(DEATHS));
    Side { start, well, status, rest, memory, back }
}
