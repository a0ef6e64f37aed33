//! From a node's input to its peers: a small ring of the latest bytes, which a slow peer falls out of.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a node keeps for its peers. Without peers it keeps nothing.
#[derive(Default)]
pub(crate) struct Relay {
    ring: Mutex<Ring>,
    news: Condvar,
}

#[derive(Default)]
struct Ring {
    chunks: VecDeque<Arc<[u8]>>,
    /// The number of the first chunk still here.
    first: u64,
    bytes: usize,
    subscribers: usize,
}

/// Two seconds of a strong stream.
const MOST: usize = 512 * 1024;

impl Relay {
    pub(crate) fn publish(&self, bytes: &[u8]) {
        let mut ring = self.lock();
        if ring.subscribers == 0 {
            return;
        }
        ring.bytes += bytes.len();
        ring.chunks.push_back(bytes.into());
        while ring.bytes > MOST {
            ring.drop_first();
        }
        self.news.notify_all();
    }

    pub(crate) fn subscribe(self: &Arc<Self>) -> Subscription {
        let mut ring = self.lock();
        ring.subscribers += 1;
        let next = ring.first + ring.chunks.len() as u64;
        Subscription { relay: Arc::clone(self), next }
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn drop_first(&mut self) {
        if let Some(chunk) = self.chunks.pop_front() {
            self.first += 1;
            self.bytes -= chunk.len();
        }
    }
}

/// One peer's place in the ring.
pub(crate) struct Subscription {
    relay: Arc<Relay>,
    next: u64,
}

impl Subscription {
    /// The next bytes, or nothing if none came in time.
    pub(crate) fn next(&mut self, timeout: Duration) -> Option<Arc<[u8]>> {
        let ring = self.relay.lock();
        let nothing_new = |ring: &mut Ring| self.next >= ring.first + ring.chunks.len() as u64;
        let waited = self.relay.news.wait_timeout_while(ring, timeout, nothing_new);
        let (ring, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.next = self.next.max(ring.first);
        let at = usize::try_from(self.next - ring.first).ok()?;
        let chunk = ring.chunks.get(at).cloned()?;
        self.next += 1;
        Some(chunk)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut ring = self.relay.lock();
        ring.subscribers -= 1;
        if ring.subscribers == 0 {
            while !ring.chunks.is_empty() {
                ring.drop_first();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{MOST, Relay};

    #[test]
    fn a_peer_gets_what_comes_after_it_and_a_slow_one_loses_the_oldest() {
        let relay = Arc::new(Relay::default());
        relay.publish(b"before");
        let mut peer = relay.subscribe();
        relay.publish(b"after");
        assert_eq!(peer.next(Duration::ZERO).as_deref(), Some(b"after".as_slice()));
        assert_eq!(peer.next(Duration::ZERO), None);
        relay.publish(b"lost");
        relay.publish(&vec![0; MOST]);
        assert_eq!(peer.next(Duration::ZERO).map(|chunk| chunk.len()), Some(MOST));
    }
}
