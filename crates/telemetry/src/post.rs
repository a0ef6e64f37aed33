//! One request with one document; everything else about sending is decided in [`crate::send`].

use std::fmt;
use std::time::{Duration, Instant};

use crate::Receiver;

/// Makes one POST request, with neither redirects nor retries.
#[cfg_attr(test, mockall::automock)]
pub trait Post: Sync {
    /// Sends the JSON document `body`. The answer is there at `deadline`, or the request has failed with
    /// [`PostError::TimedOut`]. An answer of more than [`Reply::MAX_BODY`] bytes is [`PostError::TooLarge`].
    fn post(&self, to: &Receiver, body: &[u8], deadline: Instant) -> Result<Reply, PostError>;
}

/// What a server answered.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Reply {
    /// The largest answer that is taken: 1 MiB. Receivers confirm; they have no reason to send much.
    pub const MAX_BODY: usize = 1024 * 1024;

    /// An answer with this status code that says nothing else.
    pub fn new(status: u16) -> Self {
        Reply { status, ..Reply::default() }
    }
}

impl fmt::Debug for Reply {
    /// Not the body, in which a server may repeat the keys that it was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reply { status, retry_after, body } = self;
        let body = format_args!("{} bytes", body.len());
        f.debug_struct("Reply")
            .field("status", status)
            .field("retry_after", retry_after)
            .field("body", &body)
            .finish()
    }
}

/// Why a document could not be sent. None of the texts holds the URL's secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// Nothing listens there.
    #[error("the connection was refused")]
    Refused,
    /// The host's name has no address.
    #[error("the host's name cannot be resolved")]
    UnknownHost,
    /// The connection could not be made, or broke before the answer, for another reason.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The server's certificate is not trusted, for this reason.
    #[error("the server's certificate is not trusted: {0}")]
    Untrusted(String),
    /// Its TLS is not acceptable, or its certificate is not, for a reason that has no words here.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The deadline passed; so long was waited.
    #[error("no answer within {} s", seconds(.0))]
    TimedOut(Duration),
    /// The answer ended before its end.
    #[error("the answer was cut off: {0}")]
    Cut(String),
    /// More than [`Reply::MAX_BODY`].
    #[error("the answer is larger than 1 MiB")]
    TooLarge,
    /// Anything else, such as an answer that is not HTTP.
    #[error("the request failed: {0}")]
    Other(String),
}

/// Tenths are as fine as a person wants it. What was waited is never none.
fn seconds(duration: &Duration) -> f64 {
    let tenths = (duration.as_secs_f64() * 10.0).round();
    if duration.is_zero() { 0.0 } else { tenths.max(1.0) / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_out_is_said_in_tenths() {
        let said = |millis| PostError::TimedOut(Duration::from_millis(millis)).to_string();
        assert_eq!(said(9_999), "no answer within 10 s");
        assert_eq!(said(260), "no answer within 0.3 s");
        assert_eq!(said(2), "no answer within 0.1 s");
    }

    #[test]
    fn a_replys_body_is_not_shown() {
        let reply = Reply { status: 200, retry_after: None, body: b"secret".to_vec() };
        assert_eq!(format!("{reply:?}"), "Reply { status: 200, retry_after: None, body: 6 bytes }");
    }
}
