//! The nodes that are fed by this one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Who is connected now.
#[derive(Default)]
pub(crate) struct Peers(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    next: u64,
    connected: BTreeMap<u64, (String, u16)>,
}

/// One peer's presence; it ends with this value.
pub(crate) struct Presence<'a> {
    peers: &'a Peers,
    number: u64,
}

impl Peers {
    /// A peer comes in; `port` is the one on which it listens itself.
    pub(crate) fn enter(&self, ip: String, port: u16) -> Presence<'_> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inner.next;
        inner.next += 1;
        inner.connected.insert(number, (ip, port));
        Presence { peers: self, number }
    }

    pub(crate) fn list(&self) -> Vec<(String, u16)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).connected.values().cloned().collect()
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.peers.0.lock().unwrap_or_else(PoisonError::into_inner).connected.remove(&self.number);
    }
}
