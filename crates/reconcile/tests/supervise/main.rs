//! What a supervisor says, one rule a test, with exact times.

mod any_story;
mod deaths;
mod due;
mod stalls;

use std::time::Duration;

use acecast_reconcile::supervise::{Flow, Notice, Seen, SuperviseSettings, Supervisor};
use acecast_reconcile::testing::{pid, port};
use acecast_reconcile::{BackOff, Port, ProcessId, Processes};

const P: u16 = 8640;

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn supervisor() -> Supervisor {
    Supervisor::new(SuperviseSettings::default())
}

fn id(number: i32) -> ProcessId {
    ProcessId { pid: pid(number), start_ticks: 7 }
}

fn node(number: i32) -> Processes {
    Processes::Engine { engine: id(number), wrapper: None }
}

/// A wanted node that runs well.
fn well(number: i32) -> Seen {
    flows(number, Flow::Well)
}

fn flows(number: i32, flow: Flow) -> Seen {
    gone().runs(node(number), flow)
}

/// A wanted node that does not run.
fn gone() -> Seen {
    Seen::new(port(P)).listed()
}

/// The same, but not wanted.
fn unlisted(mut seen: Seen) -> Seen {
    seen.listed = false;
    seen
}

/// One look, without jitter.
fn look(supervisor: &mut Supervisor, at: Duration, seen: Seen) -> Vec<Notice> {
    supervisor.look(at, &[seen], &mut || 0.0)
}

fn died(ran: Duration, failures: u32, again_in: Duration) -> Vec<Notice> {
    vec![Notice::Died { port: port(P), ran, failures, again_in }]
}

fn back(down_for: Duration) -> Vec<Notice> {
    vec![Notice::Back { port: port(P), down_for }]
}

fn waits(supervisor: &Supervisor, at: Duration) -> Vec<(Port, BackOff)> {
    supervisor.back_offs(at).into_iter().collect()
}

fn waits_for(failures: u32, left: Duration) -> Vec<(Port, BackOff)> {
    vec![(port(P), BackOff::new(failures, left))]
}
