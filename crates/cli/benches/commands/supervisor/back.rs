//! How long a node that was killed is away.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::host::Host;
use crate::{interrupt, kernel};

/// Kills the engines of so many nodes, one after the other and no node twice, and gives for each the time from its end to
/// the first moment of its new process, the shortest first.
pub(crate) fn back(host: &Host, times: usize) -> Vec<Duration> {
    // Support nodes: without them, nobody else has less.
    let (_, supports) = host.ports.split_at(host.nodes() / 2);
    let mut took: Vec<Duration> = supports.iter().take(times).map(|port| back_on(host, *port)).collect();
    assert_eq!(took.len(), times);
    took.sort_unstable();
    took
}

fn back_on(host: &Host, port: u16) -> Duration {
    let pid = host.site.pid(port);
    let killed = kernel::now();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    let began = interrupt::until("it is back", || {
        let again = *host.site.pids().get(&port)?;
        kernel::began(again).filter(|_| again != pid)
    });
    host.await_answers();
    began.saturating_sub(killed)
}
