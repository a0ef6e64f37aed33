//! The same work for many nodes, side by side, so that k hung nodes cost one deadline and not k.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Nodes that are worked on side by side where nobody says how many: a host has fewer as a rule, and the usual limit of
/// 1,024 descriptors lets a node have several.
pub(crate) const AT_ONCE: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not zero");

/// Threads that begin at once. Healthy nodes answer so quickly that more would only cost memory.
const FIRST: usize = 8;

/// In this time each thread ends an item if all is well. If they end fewer and items wait, then some are slow or hang,
/// and the threads are doubled: a thousand hung items are all at work after seven times this.
const PATIENCE: Duration = Duration::from_millis(10);

/// What one thread may need: a start (transport files and the fork of a node among it) goes deeper than a question, and
/// what is handed in (`Progress`, `AskNode`) is not known here. Only what is used of it takes memory.
const STACK: usize = 1024 * 1024;

/// Does `work` for every item and gives the results in the items' order. At most `limit` items are worked on at
/// a time; below that there are as many threads as it takes to keep hung items from delaying the others.
///
/// Nodes are asked, started and stopped by it, so [`AskNode`](crate::status::AskNode),
/// [`Progress`](crate::apply::Progress) and the question whether to end early are called from its threads, several at
/// a time. It is public for whoever else does something for each node that may hang, such as sending its status.
///
/// Each thread has a stack of 1 MiB, half of what threads of `std` have. Where no thread can be had, those that there are
/// do the work, and without any the calling one does.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// let ports = [8640_u16, 8650, 8660];
/// let tens = acecast_engine::side_by_side(&ports, NonZeroUsize::MIN.saturating_add(7), |port| port / 10);
/// assert_eq!(tens, [864, 865, 866]);
/// ```
///
/// # Panics
///
/// If `work` panics.
pub fn side_by_side<T, R, F>(items: &[T], limit: NonZeroUsize, work: F) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
{
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let worker = |send: mpsc::Sender<(usize, R)>| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            // The receiver ends only after all results, or with a panic that ends everything.
            let _ = send.send((at, work(item)));
        }
    };
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let most = limit.get().min(items.len());
        let (mut threads, mut wanted) = (0, most.min(FIRST));
        let some_wait = || next.load(Ordering::Relaxed) < items.len();
        'grow: while threads < most && some_wait() {
            while threads < wanted {
                let send_one = send.clone();
                let (builder, worker) = (thread::Builder::new().stack_size(STACK), &worker);
                if builder.spawn_scoped(scope, move || worker(send_one)).is_err() {
                    // Out of threads: those that there are do the work, and without any it is done here.
                    break 'grow;
                }
                threads += 1;
            }
            let due = Instant::now() + PATIENCE;
            let wait = || receive.recv_timeout(due.saturating_duration_since(Instant::now()));
            let mut ended = 0;
            while some_wait()
                && let Ok((at, result)) = wait()
            {
                results[at] = Some(result);
                ended += 1;
            }
            if ended < threads {
                wanted = most.min(threads * 2);
            }
        }
        if threads == 0 {
            worker(send.clone());
        }
        // From here on only workers can send: the results end with the last of them, be it by a panic.
        drop(send);
        for (at, result) in receive {
            results[at] = Some(result);
        }
    });
    results.into_iter().map(|result| result.expect("every item was worked on")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    fn limit(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..500).collect();
        assert_eq!(
            side_by_side(&items, limit(8), |n| n * 2),
            items.iter().map(|n| n * 2).collect::<Vec<_>>()
        );
        assert!(side_by_side(&[] as &[usize], limit(8), |n| *n).is_empty());
    }

    #[test]
    #[should_panic(expected = "scoped thread panicked")]
    fn a_panic_is_passed_on() {
        side_by_side(&[1, 2, 3], limit(2), |n| assert_ne!(*n, 2));
    }

    #[test]
    fn what_is_handed_in_may_go_deep() {
        // A stack that is too small ends the whole test program.
        #[expect(clippy::large_stack_arrays, reason = "it is about the stack")]
        let deep = |n: &u8| std::hint::black_box(&[*n; 512 * 1024]).iter().all(|byte| byte == n);
        assert_eq!(side_by_side(&[1, 2], limit(2), deep), [true, true]);
    }

    #[test]
    fn hung_items_do_not_delay_the_others() {
        // 200 items that all wait for each other: it ends only if all are worked on at the same time.
        let together = Barrier::new(200);
        side_by_side(&[(); 200], limit(200), |()| together.wait().is_leader());
    }
}
