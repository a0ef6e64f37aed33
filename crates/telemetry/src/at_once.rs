//! So many requests at once, and no more: a server is asked by all nodes of a host at the same time.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::{Post, PostError, Receiver, Reply};

/// Lets only some requests be under way; the others wait for their turn, each until its deadline.
///
/// A place is kept for one request. What waits for its next try (see [`crate::send`]) keeps none, so a document that
/// fails again and again does not hold up the others.
pub struct AtOnce<'a> {
    post: &'a dyn Post,
    free: Mutex<usize>,
    one_is_free: Condvar,
}

impl<'a> AtOnce<'a> {
    /// What a server is asked at once, if nothing else is known of it.
    pub const PER_SERVER: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");

    /// Sends with `post`, at most `places` requests at once.
    pub fn new(post: &'a dyn Post, places: NonZeroUsize) -> Self {
        AtOnce { post, free: Mutex::new(places.get()), one_is_free: Condvar::new() }
    }

    fn take(&self, deadline: Instant) -> Option<Place<'_>> {
        let patience = deadline.saturating_duration_since(Instant::now());
        let free = self.free();
        let waited = self.one_is_free.wait_timeout_while(free, patience, |free| *free == 0);
        let (mut free, result) = waited.unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() {
            return None;
        }
        *free -= 1;
        Some(Place { all: self })
    }

    /// The count is right also behind a panic: nothing panics between its changes.
    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Post for AtOnce<'_> {
    fn post(&self, to: &Receiver, body: &[u8], deadline: Instant) -> Result<Reply, PostError> {
        let started = Instant::now();
        let _place = self.take(deadline).ok_or_else(|| PostError::TimedOut(started.elapsed()))?;
        self.post.post(to, body, deadline)
    }
}

/// Given back when the request is over, also by a panic.
struct Place<'a> {
    all: &'a AtOnce<'a>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.all.free() += 1;
        self.all.one_is_free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::post::MockPost;

    fn to() -> Receiver {
        Receiver::new("http://example.com/").unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    fn places(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    /// Lets requests go on two by two, and counts how many are under way at most.
    #[derive(Default)]
    struct InPairs {
        arrived: Mutex<usize>,
        one_more: Condvar,
        under_way: AtomicUsize,
        most: AtomicUsize,
    }

    impl Post for InPairs {
        fn post(&self, _: &Receiver, _: &[u8], deadline: Instant) -> Result<Reply, PostError> {
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(under_way, Ordering::SeqCst);
            let mut arrived = self.arrived.lock().unwrap();
            *arrived += 1;
            self.one_more.notify_all();
            let pair = arrived.next_multiple_of(2);
            let left = deadline.saturating_duration_since(Instant::now());
            let (arrived, result) =
                self.one_more.wait_timeout_while(arrived, left, |arrived| *arrived < pair).unwrap();
            drop(arrived);
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if result.timed_out() { Err(PostError::TimedOut(left)) } else { Ok(Reply::default()) }
        }
    }

    #[test]
    fn no_more_requests_than_places_are_under_way_and_all_places_are_used() {
        let post = InPairs::default();
        let at_once = AtOnce::new(&post, places(2));
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| at_once.post(&to(), b"", soon()).unwrap());
            }
        });
        assert_eq!(post.most.into_inner(), 2);
    }

    #[test]
    fn who_gets_no_turn_before_the_deadline_fails_and_sends_nothing() {
        let (entered, enters) = mpsc::channel();
        let (leave, leaves) = mpsc::channel::<()>();
        let leaves = Mutex::new(leaves);
        let mut post = MockPost::new();
        post.expect_post().once().returning(move |_, _, _| {
            entered.send(()).unwrap();
            leaves.lock().unwrap().recv().unwrap();
            Ok(Reply::default())
        });
        let at_once = AtOnce::new(&post, places(1));
        thread::scope(|scope| {
            // Dropped by a failure in here, so that the first one ends, too.
            let leave = leave;
            let first = scope.spawn(|| at_once.post(&to(), b"", soon()));
            enters.recv().unwrap();
            for wait in [Duration::ZERO, Duration::from_millis(20)] {
                let second = at_once.post(&to(), b"", Instant::now() + wait);
                assert!(matches!(second, Err(PostError::TimedOut(waited)) if waited >= wait), "{second:?}");
            }
            leave.send(()).unwrap();
            first.join().unwrap().unwrap();
        });
    }

    #[test]
    fn a_place_comes_back_from_failures_and_panics() {
        /// A mock could not be used again behind a panic.
        struct Obedient;
        impl Post for Obedient {
            fn post(&self, _: &Receiver, body: &[u8], _: Instant) -> Result<Reply, PostError> {
                match body {
                    b"panic" => panic!("on purpose"),
                    b"fail" => Err(PostError::Refused),
                    _ => Ok(Reply::new(200)),
                }
            }
        }
        let at_once = AtOnce::new(&Obedient, places(1));
        assert_eq!(at_once.post(&to(), b"fail", soon()), Err(PostError::Refused));
        catch_unwind(AssertUnwindSafe(|| at_once.post(&to(), b"panic", soon()))).unwrap_err();
        assert_eq!(at_once.post(&to(), b"", soon()).map(|reply| reply.status), Ok(200));
    }

    #[test]
    fn receiver_body_and_deadline_are_handed_on() {
        let deadline = soon();
        let mut post = MockPost::new();
        post.expect_post()
            .once()
            .withf(move |to, body, until| {
                to.url() == "http://example.com/" && body == b"{}" && *until == deadline
            })
            .returning(|_, _, _| Ok(Reply::default()));
        AtOnce::new(&post, AtOnce::PER_SERVER).post(&to(), b"{}", deadline).unwrap();
    }
}
