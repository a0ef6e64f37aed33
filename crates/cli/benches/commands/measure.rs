//! What a run of a program costs. The kernel tells the peak memory of ended children only as the most of all of them,
//! so each run is watched by a process of its own: this program, called anew.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::interrupt;
use crate::process::mib;
use crate::table::{Table, figure};

/// The name of this mode.
pub(crate) const MODE: &str = "watch";

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// Of all its threads, in the kernel, too.
    pub(crate) cpu: Duration,
    /// Its peak resident memory.
    pub(crate) rss_kib: u64,
}

/// Runs the command, which must end well.
pub(crate) fn cost(command: &Command) -> Cost {
    cost_of(command, "0")
}

/// Runs the command, which finds that not all is well, or that it is too early to tell.
pub(crate) fn cost_of_problem(command: &Command) -> Cost {
    cost_of(command, "01")
}

/// Runs the command, which may end with any of these one-digit exit codes.
pub(crate) fn cost_of(command: &Command, codes: &str) -> Cost {
    interrupt::check();
    let mut watch = Command::new(std::env::current_exe().unwrap());
    watch.arg(MODE).arg(codes).arg(command.get_program()).args(command.get_args());
    watch.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.get_envs().filter(|(_, value)| value.is_none()).for_each(|(name, _)| {
        watch.env_remove(name);
    });
    let output = watch.stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [wall, cpu, rss_kib] if output.status.success() => {
            Cost { wall: Duration::from_nanos(wall), cpu: Duration::from_micros(cpu), rss_kib }
        }
        _ => {
            // By Ctrl-C the command has got the signal, too.
            interrupt::check();
            panic!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr))
        }
    }
}

/// The watching process: runs the program and prints what it cost.
pub(crate) fn watch(args: &[String]) -> String {
    let [codes, program, args @ ..] = args else { panic!("{MODE} EXIT_CODES PROGRAM [ARGS]") };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().unwrap();
    let wall = start.elapsed();
    assert!(status.code().is_some_and(|code| codes.contains(&code.to_string())), "{command:?}: {status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    format!("{} {cpu} {}", wall.as_nanos(), usage.max_rss())
}

/// Many costs of the same thing.
#[derive(Debug, Default)]
pub(crate) struct Costs(Vec<Cost>);

impl Costs {
    pub(crate) fn add(&mut self, cost: Cost) {
        self.0.push(cost);
    }

    /// Each run took so much more of the processor, in another process.
    pub(crate) fn add_cpu(&mut self, more: Duration) {
        self.0.iter_mut().for_each(|cost| cost.cpu += more);
    }

    pub(crate) fn wall_ms(&self) -> f64 {
        self.median(|cost| cost.wall.as_secs_f64() * 1000.0)
    }

    pub(crate) fn cpu_ms(&self) -> f64 {
        self.median(|cost| cost.cpu.as_secs_f64() * 1000.0)
    }

    /// The most that any run took, MiB.
    pub(crate) fn rss_mib(&self) -> f64 {
        mib(self.0.iter().map(|cost| cost.rss_kib).max().unwrap_or_default())
    }

    fn median(&self, of: impl Fn(&Cost) -> f64) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    }
}

/// Each run so many times, in turns.
pub(crate) fn take_turns(rounds: usize, runs: &[impl Fn() -> Cost]) -> Vec<Costs> {
    let mut costs: Vec<Costs> = runs.iter().map(|_| Costs::default()).collect();
    for _ in 0..rounds {
        for (run, costs) in runs.iter().zip(&mut costs) {
            costs.add(run());
        }
    }
    costs
}

/// One row each; the ratio is to the first one.
pub(crate) fn costs_table(name: &str, title: &str, names: &[&str], costs: &[Costs]) -> Table {
    let base = costs[0].wall_ms();
    let mut table = Table::new(name, &[title, "wall ms", "ratio", "processor ms", "peak MiB"]);
    for (name, costs) in names.iter().zip(costs) {
        let wall = costs.wall_ms();
        let figures = [figure(wall), format!("{:.2}", wall / base), figure(costs.cpu_ms())];
        table.row([vec![(*name).to_owned()], figures.to_vec(), vec![figure(costs.rss_mib())]].concat());
    }
    table
}
