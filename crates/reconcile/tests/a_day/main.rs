//! A day in the life of a host, in virtual time: thousands of deaths, crash loops of an hour, inputs that fail, configs
//! that change, a controller that is away, and an acecast that is restarted and remembers nothing.
//!
//! A loop does what a program that keeps nodes running does, with the real supervisor and the real planner; the host is
//! made up. A property says what must never happen on any day; `rules` has them by name.

mod host;
mod random;
mod rules;
mod runner;
mod story;

use std::time::Duration;

use host::Host;
use runner::Runner;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[track_caller]
fn live_through(seed: u64) {
    let mut host = Host::new(seed);
    let mut runner = Runner::new(seed);
    if let Err(failure) = day(&mut host, &mut runner) {
        panic!("seed {seed}, at {:?}: {failure}", host.now);
    }
    // A day on which little happens proves little.
    let count = &runner.count;
    assert!(count.deaths > 1_500 && count.failed_starts > 300, "seed {seed}: {count:?}");
    assert!(count.deaths + count.failed_starts > 2_000, "seed {seed}: {count:?}");
    assert!(count.stalls > 50 && count.stalled_restarts > 20, "seed {seed}: {count:?}");
    assert!(count.waits_for_sources > 20, "seed {seed}: {count:?}");
    assert!(count.other_restarts > 20 && count.stops > 20, "seed {seed}: {count:?}");
    assert!(count.events > 2_000, "seed {seed}: {count:?}");
}

fn day(host: &mut Host, runner: &mut Runner) -> Result<(), String> {
    while host.now < DAY {
        runner.round(host)?;
        runner.sleep(host)?;
    }
    rules::no_busy_loop(&runner.count)?;
    rules::no_crash_loop_starts_too_often(host)?;
    // Trouble ends. The longest wait is a minute, and a node that hangs is restarted in ten.
    host.calm_down();
    let end = DAY + Duration::from_secs(12 * 60);
    while host.now < end {
        runner.round(host)?;
        runner.sleep(host)?;
    }
    rules::it_ends_converged(host, runner)
}

#[test]
fn a_day() {
    live_through(1);
}

#[test]
fn another_day() {
    live_through(0x5EED_0002);
}

#[test]
fn a_third_day() {
    live_through(0xACE_CA57);
}
