//! Places for connections: a few at once, and those who say nothing make room for those who do.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many connections at once.
pub(super) const PLACES: usize = 16;

/// Who has said nothing complete for so long loses its place to a newcomer. Browsers open connections before they need
/// them, and keep them silent.
const SILENCE: Duration = Duration::from_millis(500);

/// A newcomer waits so long for a place.
const WAIT: Duration = Duration::from_secs(1);

/// All places of a server.
#[derive(Clone, Default)]
pub(super) struct Slots(Arc<(Mutex<Table>, Condvar)>);

#[derive(Default)]
struct Table {
    next: u64,
    taken: BTreeMap<u64, Taken>,
}

struct Taken {
    stream: Arc<TcpStream>,
    since: Instant,
    /// Its request is not complete.
    is_silent: bool,
}

/// A place that is free again when this is dropped, also by a panic.
pub(super) struct Slot {
    slots: Slots,
    id: u64,
}

impl Slots {
    /// A place for this connection, if there is one soon.
    pub(super) fn take(&self, stream: &Arc<TcpStream>) -> Option<Slot> {
        let until = Instant::now() + WAIT;
        let mut table = self.table();
        while table.taken.len() >= PLACES {
            let now = Instant::now();
            if now >= until {
                return None;
            }
            // The oldest one comes first. It is asked to go, and goes when its thread has noticed.
            let oldest = table.taken.values_mut().find(|taken| taken.is_silent);
            let mut wait = until - now;
            if let Some(taken) = oldest {
                let left = SILENCE.saturating_sub(now - taken.since);
                if left.is_zero() {
                    taken.is_silent = false;
                    let _ = taken.stream.shutdown(Shutdown::Both);
                } else {
                    wait = wait.min(left);
                }
            }
            table = self.0.1.wait_timeout(table, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
        let id = table.next;
        table.next += 1;
        let taken = Taken { stream: Arc::clone(stream), since: Instant::now(), is_silent: true };
        table.taken.insert(id, taken);
        Some(Slot { slots: self.clone(), id })
    }

    /// Hangs up on everybody; true once all places are free, false if that takes longer than the time given.
    pub(super) fn clear(&self, time: Duration) -> bool {
        let table = self.table();
        for taken in table.taken.values() {
            let _ = taken.stream.shutdown(Shutdown::Both);
        }
        let busy = |table: &mut Table| !table.taken.is_empty();
        let (table, _) =
            self.0.1.wait_timeout_while(table, time, busy).unwrap_or_else(PoisonError::into_inner);
        table.taken.is_empty()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The request is complete: from now on the client waits for us and keeps its place.
    pub(super) fn has_spoken(&self) {
        if let Some(taken) = self.slots.table().taken.get_mut(&self.id) {
            taken.is_silent = false;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.table().taken.remove(&self.id);
        self.slots.0.1.notify_all();
    }
}
