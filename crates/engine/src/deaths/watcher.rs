//! The side that waits.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use acecast_reconcile::{Port, ProcessId};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{Said, Shared};
use crate::pidfd::PidFd;

/// How often those are looked at that there is no descriptor for.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Waits for the ends of the processes that its [`Deaths`](super::Deaths) named.
#[derive(Debug)]
pub struct Watcher {
    shared: Arc<Shared>,
    /// How many may be held.
    most: usize,
    held: BTreeMap<ProcessId, (Port, PidFd)>,
    /// Those that are not held, for want of a descriptor or because the kernel did not let us.
    loose: BTreeMap<ProcessId, Port>,
    /// When the loose ones are looked at next.
    next_look: Instant,
    /// Asked for, and reported already.
    reported: BTreeSet<ProcessId>,
}

type Ended = Vec<(ProcessId, Port)>;

impl Watcher {
    pub(super) fn new(shared: Arc<Shared>, most: usize) -> Self {
        Watcher {
            shared,
            most,
            held: BTreeMap::new(),
            loose: BTreeMap::new(),
            next_look: Instant::now(),
            reported: BTreeSet::new(),
        }
    }

    /// Blocks until watched processes have ended, and names all that have, in the order of their ports; `None` once
    /// the last [`Deaths`](super::Deaths) is dropped.
    ///
    /// Each is reported once, even if it is named to be watched again and again. A process that has ended and was not
    /// reaped yet has ended.
    pub fn wait(&mut self) -> Option<Vec<(ProcessId, Port)>> {
        loop {
            let mut ended = match self.shared.hear() {
                Said::End => return None,
                Said::Watch(nodes) => self.turn_to(nodes),
                Said::Nothing => Vec::new(),
            };
            ended.extend(self.look_at_loose());
            // Not waiting if there is something to report, but what else has ended meanwhile is reported with it.
            let patience = if ended.is_empty() { self.patience() } else { Some(Duration::ZERO) };
            ended.extend(self.wait_for_held(patience));
            if !ended.is_empty() {
                // A new list of processes that came in the meantime may not have them.
                ended.sort_by_key(|(_, port)| *port);
                self.reported.extend(ended.iter().map(|(id, _)| *id));
                return Some(ended);
            }
        }
    }

    /// How many of the watched processes are not waited for, but looked at every second.
    pub fn looked_at(&self) -> usize {
        self.loose.len()
    }

    /// Watches exactly these; handles on those that were watched before are kept.
    fn turn_to(&mut self, nodes: BTreeMap<ProcessId, Port>) -> Ended {
        self.reported.retain(|id| nodes.contains_key(id));
        // First, as it makes room for others.
        self.held.retain(|id, _| nodes.contains_key(id));
        self.loose.clear();
        for (id, port) in nodes {
            match self.held.get_mut(&id) {
                Some((its_port, _)) => *its_port = port,
                None if self.reported.contains(&id) => {}
                None => {
                    self.loose.insert(id, port);
                }
            }
        }
        self.next_look = Instant::now();
        self.look_at_loose()
    }

    /// Tries to hold those that are not held, if it is time to, and finds those that have ended.
    fn look_at_loose(&mut self) -> Ended {
        let mut ended = Vec::new();
        if Instant::now() < self.next_look {
            return ended;
        }
        let (held, most) = (&mut self.held, self.most);
        self.loose.retain(|id, port| match PidFd::open_exactly(*id) {
            Ok(None) => {
                ended.push((*id, *port));
                false
            }
            Ok(Some(fd)) if held.len() < most => {
                held.insert(*id, (*port, fd));
                false
            }
            // It lives; or nothing is known, which is not an end.
            Ok(Some(_)) | Err(_) => true,
        });
        self.next_look = Instant::now() + LOOK_AGAIN;
        ended
    }

    /// How long there is nothing to do but to wait; `None` is for ever.
    fn patience(&self) -> Option<Duration> {
        let left = || self.next_look.saturating_duration_since(Instant::now());
        (!self.loose.is_empty()).then(left)
    }

    /// Waits for an end or a wake. Those that have ended are not held any more: their handles would stay readable,
    /// and no later wait would wait.
    fn wait_for_held(&mut self, patience: Option<Duration>) -> Ended {
        let ids: Vec<ProcessId> = self.held.keys().copied().collect();
        let handles = self.held.values().map(|(_, fd)| fd.as_fd());
        let mut fds: Vec<PollFd<'_>> = std::iter::once(self.shared.wake.as_fd())
            .chain(handles)
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let timeout = patience.map(|time| Timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(time.subsec_nanos()),
        });
        let over: Vec<bool> = match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => fds[1..].iter().map(|fd| !fd.revents().is_empty()).collect(),
            Err(Errno::INTR) => return Vec::new(),
            // More descriptors than a limit that was lowered meanwhile allows, or no memory: one by one, then.
            Err(_) => {
                thread::sleep(patience.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN));
                self.held.values().map(|(_, fd)| !fd.is_alive()).collect()
            }
        };
        let over = ids.into_iter().zip(over).filter_map(|(id, over)| over.then_some(id));
        over.filter_map(|id| self.held.remove(&id).map(|(port, _)| (id, port))).collect()
    }
}
