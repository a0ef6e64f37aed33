//! Sends one document until it has arrived, the server refuses it for good, or time is over.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBuilder};

use crate::says::says;
use crate::{Post, PostError, Receiver};

/// How long it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Patience {
    /// For everything: requests and waits.
    pub deadline: Instant,
    /// The longest single request.
    pub attempt: Duration,
    /// Before the second request. A random part of it is added, of this and of every later wait, so that documents
    /// that failed together do not come back together.
    pub first_wait: Duration,
    /// Each wait is twice as long as the one before, up to this one, to which the random part is added.
    pub max_wait: Duration,
}

impl Patience {
    /// The longest single request, if nothing else is said.
    pub const ATTEMPT: Duration = Duration::from_secs(10);

    /// Until `deadline`, with requests of up to 10 s and waits from 0.5 to 8 s.
    pub fn until(deadline: Instant) -> Self {
        Patience {
            deadline,
            attempt: Self::ATTEMPT,
            first_wait: Duration::from_millis(500),
            max_wait: Duration::from_secs(8),
        }
    }

    fn waits(&self) -> impl Iterator<Item = Duration> {
        // Without a seed of its own, every run on every host would have the same jitter.
        let seed = RandomState::new().hash_one(());
        // Never none: a server that refuses at once would be asked without a pause.
        let first = self.first_wait.min(self.max_wait).max(Duration::from_millis(1));
        ExponentialBuilder::new()
            .with_min_delay(first)
            .with_max_delay(self.max_wait.max(first))
            .with_factor(2.0)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(seed)
            .build()
    }
}

/// A document that has arrived.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Sent {
    /// How many requests it took.
    pub attempts: u32,
    /// The server's status, 200 to 299.
    pub status: u16,
    /// The server's answer, at most [`crate::Reply::MAX_BODY`] bytes.
    pub body: Vec<u8>,
}

impl fmt::Debug for Sent {
    /// Not the body, in which a server may repeat the keys that it was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sent { attempts, status, body } = self;
        let body = format_args!("{} bytes", body.len());
        f.debug_struct("Sent")
            .field("attempts", attempts)
            .field("status", status)
            .field("body", &body)
            .finish()
    }
}

/// A document that has not arrived, or of which that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{last}{}", said(*.attempts))]
#[non_exhaustive]
pub struct SendError {
    /// How many requests were made.
    pub attempts: u32,
    /// How the last one failed, or why there was none.
    pub last: Failure,
}

/// Why it was not tried again, or not at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The request failed.
    #[error("{0}")]
    Post(PostError),
    /// The server answered with a status other than 2xx.
    #[error("{}", refusal(*.status, .says.as_deref()))]
    Status {
        /// The status.
        status: u16,
        /// Why, in the server's words: one line, at most 60 characters, fit to be shown.
        says: Option<String>,
    },
    /// The deadline had passed before the first request.
    #[error("no time is left to send it")]
    NoTime,
    /// Whoever waits between two requests wanted an end.
    #[error("it was cancelled while waiting for the next try")]
    Cancelled,
}

fn said(attempts: u32) -> String {
    if attempts < 2 { String::new() } else { format!(" (tried {attempts} times)") }
}

fn refusal(status: u16, says: Option<&str>) -> String {
    if matches!(status, 301 | 302 | 303 | 307 | 308) {
        return format!("status {status}: the server redirects to another place; a POST is not sent there");
    }
    let says = says.map(|says| format!(": {says}")).unwrap_or_default();
    format!("the server answered with status {status}{says}")
}

/// Sends `body` to `to`, again and again where that can help.
///
/// Tried again is what may pass: connections that fail or break, requests that time out, and the statuses 408, 425,
/// 429 and 500 to 599. Final are TLS failures, every other status that is not 2xx, redirects among them, and answers
/// that are too large or no HTTP.
///
/// A server's `Retry-After` is honoured where it asks for more than the next wait: the wait comes on top of it. A wait
/// that would not end before the deadline is not begun; the last failure is returned at once. Where several tries in a
/// row timed out, that is one [`PostError::TimedOut`] from the first one's beginning to the last one's end. `wait`
/// sleeps, or returns `false` as soon as the caller wants an end.
pub fn send(
    post: &dyn Post,
    to: &Receiver,
    body: &[u8],
    patience: &Patience,
    wait: &dyn Fn(Duration) -> bool,
) -> Result<Sent, SendError> {
    send_by(&Instant::now, post, to, body, patience, wait)
}

fn send_by(
    clock: &dyn Fn() -> Instant,
    post: &dyn Post,
    to: &Receiver,
    body: &[u8],
    patience: &Patience,
    wait: &dyn Fn(Duration) -> bool,
) -> Result<Sent, SendError> {
    let (mut attempts, mut last) = (0, Failure::NoTime);
    let mut silent_since = None;
    for own_wait in patience.waits() {
        let now = clock();
        if now >= patience.deadline {
            break;
        }
        attempts += 1;
        let until =
            now.checked_add(patience.attempt).map_or(patience.deadline, |end| end.min(patience.deadline));
        let asked_to_wait;
        (last, asked_to_wait) = match post.post(to, body, until) {
            Ok(reply) if (200..300).contains(&reply.status) => {
                return Ok(Sent { attempts, status: reply.status, body: reply.body });
            }
            Ok(reply) => {
                let says = says(&reply.body, to);
                (Failure::Status { status: reply.status, says }, reply.retry_after.unwrap_or_default())
            }
            Err(error) => (Failure::Post(error), Duration::ZERO),
        };
        if let Failure::Post(PostError::TimedOut(waited)) = &mut last {
            // The last of several tries has only what is left of the time: the wait in all is what counts.
            let since = *silent_since.get_or_insert(now);
            *waited = clock().min(until).saturating_duration_since(since);
        } else {
            silent_since = None;
        }
        let pause = if asked_to_wait > own_wait { asked_to_wait.saturating_add(own_wait) } else { own_wait };
        let in_time = clock().checked_add(pause).is_some_and(|end| end < patience.deadline);
        if !may_pass(&last) || !in_time {
            break;
        }
        if !wait(pause) {
            last = Failure::Cancelled;
            break;
        }
    }
    Err(SendError { attempts, last })
}

/// The failure may be gone in a moment.
fn may_pass(failure: &Failure) -> bool {
    match failure {
        Failure::Post(error) => matches!(
            error,
            PostError::Refused
                | PostError::UnknownHost
                | PostError::Connection(_)
                | PostError::Cut(_)
                | PostError::TimedOut(_)
        ),
        Failure::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
        Failure::NoTime | Failure::Cancelled => false,
    }
}

#[cfg(test)]
mod tests;
