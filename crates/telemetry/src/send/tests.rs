//! Every decision of [`send`], on a clock that only waits and requests move.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex};

use mockall::Sequence;

use super::*;
use crate::Reply;
use crate::post::MockPost;

const URL: &str = "http://user:hunter2@example.com/in?token=abcdef";

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn status(status: u16) -> Reply {
    Reply::new(status)
}

fn busy(status: u16, retry_after: Duration) -> Reply {
    Reply { status, retry_after: Some(retry_after), ..Reply::default() }
}

fn failed(status: u16) -> Failure {
    Failure::Status { status, says: None }
}

/// How a run ended, and its waits.
struct Run {
    result: Result<Sent, SendError>,
    waits: Vec<Duration>,
}

/// Answers these requests in this order, each after so long, and expects no other.
struct World {
    /// From the start to the deadline.
    deadline: Duration,
    attempt: Duration,
    /// The wait at which the caller wants an end.
    cancel_at: Option<usize>,
}

impl World {
    fn until(deadline: Duration) -> Self {
        World { deadline, attempt: Patience::ATTEMPT, cancel_at: None }
    }

    fn run(&self, replies: Vec<(Duration, Result<Reply, PostError>)>) -> Run {
        let start = Instant::now();
        let now = Arc::new(Mutex::new(start));
        let patience = Patience { attempt: self.attempt, ..Patience::until(start + self.deadline) };
        let (mut post, mut sequence) = (MockPost::new(), Sequence::new());
        for (takes, reply) in replies {
            let clock = Arc::clone(&now);
            post.expect_post().once().in_sequence(&mut sequence).return_once(move |to, body, until| {
                let mut now = clock.lock().unwrap();
                assert_eq!((to.url(), body), ("http://example.com/in?token=abcdef", &b"{}"[..]));
                let share = now.checked_add(patience.attempt).unwrap_or(patience.deadline);
                assert_eq!(until, share.min(patience.deadline));
                *now += takes;
                reply
            });
        }
        let waits = RefCell::new(Vec::new());
        let wait = |pause: Duration| {
            waits.borrow_mut().push(pause);
            *now.lock().unwrap() += pause;
            self.cancel_at.is_none_or(|at| waits.borrow().len() < at)
        };
        let to = Receiver::new(URL).unwrap();
        let result = send_by(&|| *now.lock().unwrap(), &post, &to, b"{}", &patience, &wait);
        Run { result, waits: waits.into_inner() }
    }

    /// As `run`, with requests that take no time.
    fn at_once(&self, replies: Vec<Result<Reply, PostError>>) -> Run {
        self.run(replies.into_iter().map(|reply| (Duration::ZERO, reply)).collect())
    }
}

#[test]
fn a_success_is_the_end() {
    for code in [200, 201, 202, 204, 299] {
        let reply = Reply { status: code, body: b"thanks".to_vec(), ..Reply::default() };
        let run = World::until(ms(60_000)).at_once(vec![Ok(reply)]);
        assert_eq!(run.result, Ok(Sent { attempts: 1, status: code, body: b"thanks".to_vec() }));
        assert!(run.waits.is_empty());
    }
}

#[test]
fn what_may_pass_is_tried_again() {
    let why = || "why".to_owned();
    let mut passing: Vec<Result<Reply, PostError>> = vec![
        Err(PostError::Refused),
        Err(PostError::UnknownHost),
        Err(PostError::Connection(why())),
        Err(PostError::Cut(why())),
        Err(PostError::TimedOut(ms(10))),
    ];
    passing.extend([408, 425, 429, 500, 502, 503, 504, 599].map(|code| Ok(status(code))));
    for failure in passing {
        let name = format!("{failure:?}");
        let run = World::until(ms(60_000)).at_once(vec![failure, Ok(status(200))]);
        assert_eq!(run.result.map(|sent| sent.attempts), Ok(2), "{name}");
        assert_eq!(run.waits.len(), 1, "{name}");
    }
}

#[test]
fn what_cannot_pass_is_final() {
    let why = || "why".to_owned();
    for error in [PostError::Tls(why()), PostError::TooLarge, PostError::Other(why())] {
        let run = World::until(ms(60_000)).at_once(vec![Err(error.clone())]);
        assert_eq!(run.result, Err(SendError { attempts: 1, last: Failure::Post(error) }));
        assert!(run.waits.is_empty());
    }
    for code in [101, 199, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 413, 422, 499, 600] {
        // Asking for time makes no refusal a passing one.
        let run = World::until(ms(60_000)).at_once(vec![Ok(busy(code, ms(1)))]);
        assert_eq!(run.result, Err(SendError { attempts: 1, last: failed(code) }));
        assert!(run.waits.is_empty());
    }
}

#[test]
fn waits_double_up_to_the_longest_and_the_last_failure_is_told() {
    let mut replies: Vec<_> = (0..6).map(|_| Ok(status(500))).collect();
    replies.push(Err(PostError::Refused));
    replies.push(Ok(status(404)));
    let run = World::until(ms(1_000_000)).at_once(replies);
    assert_eq!(run.result, Err(SendError { attempts: 8, last: failed(404) }));
    let bases = [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000];
    assert_eq!(run.waits.len(), bases.len());
    for (wait, base) in run.waits.iter().zip(bases) {
        assert!((ms(base)..=ms(2 * base)).contains(wait), "{wait:?} for {base}");
    }
}

#[test]
fn documents_that_failed_together_do_not_come_back_together() {
    let first_wait = || World::until(ms(60_000)).at_once(vec![Ok(status(503)), Ok(status(200))]).waits[0];
    let first = first_wait();
    assert!((0..20).any(|_| first_wait() != first));
}

#[test]
fn a_longer_retry_after_is_honoured_and_a_shorter_one_is_not_needed() {
    let run = World::until(ms(60_000)).at_once(vec![
        Ok(busy(503, ms(20_000))),
        Ok(busy(429, ms(1))),
        Ok(status(200)),
    ]);
    assert_eq!(run.result.map(|sent| sent.attempts), Ok(3));
    assert!((ms(20_500)..=ms(21_000)).contains(&run.waits[0]), "{:?}", run.waits);
    assert!((ms(1_000)..=ms(2_000)).contains(&run.waits[1]), "{:?}", run.waits);
}

#[test]
fn a_wait_that_would_end_behind_the_deadline_is_not_begun() {
    for (deadline, reply) in
        [(60_000, Ok(busy(503, ms(60_000)))), (60_000, Ok(busy(503, Duration::MAX))), (500, Ok(status(503)))]
    {
        let run = World::until(ms(deadline)).at_once(vec![reply]);
        assert_eq!(run.result, Err(SendError { attempts: 1, last: failed(503) }));
        assert!(run.waits.is_empty());
    }
    // What the request itself took counts.
    let run = World::until(ms(10_000)).run(vec![(ms(9_500), Ok(status(503)))]);
    assert_eq!((run.result.unwrap_err().attempts, run.waits.len()), (1, 0));
    let run = World::until(ms(10_000)).run(vec![(ms(8_900), Ok(status(503))), (ms(0), Ok(status(200)))]);
    assert_eq!((run.result.unwrap().attempts, run.waits.len()), (2, 1));
}

#[test]
fn a_single_request_never_has_more_than_its_share_or_what_is_left() {
    let mut world = World::until(ms(25_000));
    world.attempt = ms(10_000);
    let timed_out = || (ms(10_000), Err(PostError::TimedOut(ms(10_000))));
    // The second one has what is left, which the requests' expectation checks.
    let last = (ms(5_000), Err(PostError::TimedOut(ms(3_000))));
    let run = world.run(vec![timed_out(), timed_out(), last]);
    // What was waited in all, pauses included, and not only by the last one.
    assert_eq!(run.result.unwrap_err().to_string(), "no answer within 25 s (tried 3 times)");
    world.attempt = Duration::MAX;
    assert!(world.at_once(vec![Ok(status(200))]).result.is_ok());
}

#[test]
fn a_wait_for_an_answer_begins_anew_behind_an_answer() {
    let mut world = World::until(ms(4_500));
    world.attempt = ms(600);
    let timed_out = || (ms(600), Err(PostError::TimedOut(ms(600))));
    // A fourth try would come after at least 4.7 s.
    let run = world.run(vec![timed_out(), (ms(0), Ok(status(503))), timed_out()]);
    assert_eq!(run.result.unwrap_err().to_string(), "no answer within 0.6 s (tried 3 times)");
}

#[test]
fn without_time_nothing_is_sent() {
    let run = World::until(Duration::ZERO).at_once(vec![]);
    assert_eq!(run.result, Err(SendError { attempts: 0, last: Failure::NoTime }));
    assert!(run.waits.is_empty());
}

#[test]
fn a_wait_that_sleeps_too_long_does_not_hide_the_failure() {
    let start = Instant::now();
    let now = Cell::new(start);
    let mut post = MockPost::new();
    post.expect_post().once().returning(|_, _, _| Ok(status(503)));
    let oversleep = |_| {
        now.set(start + ms(60_001));
        true
    };
    let patience = Patience::until(start + ms(60_000));
    let to = Receiver::new(URL).unwrap();
    let error = send_by(&|| now.get(), &post, &to, b"{}", &patience, &oversleep).unwrap_err();
    assert_eq!(error, SendError { attempts: 1, last: failed(503) });
}

#[test]
fn the_caller_can_end_a_wait() {
    let world = World { cancel_at: Some(2), ..World::until(ms(60_000)) };
    let run = world.at_once(vec![Ok(status(503)), Ok(status(503))]);
    assert_eq!(run.result, Err(SendError { attempts: 2, last: Failure::Cancelled }));
}

#[test]
fn no_wait_is_empty_and_a_first_wait_is_never_longer_than_the_longest() {
    let patience =
        |first_wait, max_wait| Patience { first_wait, max_wait, ..Patience::until(Instant::now()) };
    let waits = |patience: Patience| patience.waits().take(5).collect::<Vec<_>>();
    assert!(waits(patience(ms(0), ms(0))).iter().all(|wait| *wait >= ms(1)));
    assert!(waits(patience(ms(5_000), ms(100))).iter().all(|wait| (ms(100)..=ms(200)).contains(wait)));
}

#[test]
fn failures_are_told_in_words() {
    let reply = Reply { status: 401, body: br#"{"error":"bad token abcdef"}"#.to_vec(), ..Reply::default() };
    let told = |replies| World::until(ms(60_000)).at_once(replies).result.unwrap_err().to_string();
    assert_eq!(
        told(vec![Err(PostError::Refused), Ok(reply)]),
        "the server answered with status 401: bad token **** (tried 2 times)"
    );
    assert_eq!(
        told(vec![Ok(status(307))]),
        "status 307: the server redirects to another place; a POST is not sent there"
    );
    assert_eq!(told(vec![Err(PostError::Tls("expired".to_owned()))]), "TLS failed: expired");
    assert_eq!(told(vec![Ok(busy(503, Duration::MAX))]), "the server answered with status 503");
}

#[test]
fn an_answer_is_not_shown() {
    let sent = Sent { attempts: 1, status: 200, body: b"secret".to_vec() };
    assert_eq!(format!("{sent:?}"), "Sent { attempts: 1, status: 200, body: 6 bytes }");
}
