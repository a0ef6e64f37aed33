//! One request for one document; everything else about remote lists is decided in [`crate::get`].

use std::fmt;
use std::time::{Duration, Instant};

use crate::RemoteUrl;

/// Makes one GET request, with neither redirects nor retries.
#[cfg_attr(test, mockall::automock)]
pub trait Fetch: Sync {
    /// Asks for the document at `url`. An answer with a status other than 2xx is an answer, and so is a redirect.
    ///
    /// # Errors
    ///
    /// [`FetchError::TimedOut`] if the answer is not there at `deadline`; [`FetchError::TooLarge`] for a body of more
    /// than [`Answer::MAX_BODY`] bytes. What is [`Refused`](FetchError::Refused), an
    /// [`UnknownHost`](FetchError::UnknownHost) or failed to [connect](FetchError::Connection) is tried again.
    fn get(&self, url: &RemoteUrl, deadline: Instant) -> Result<Answer, FetchError>;
}

/// What a server answered.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Where a redirect leads to, as the header has it.
    pub location: Option<String>,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Answer {
    /// The largest body that is taken: 16 MiB, as for files.
    pub const MAX_BODY: usize = crate::reference::MAX_DOCUMENT;

    /// An answer without a redirect, and without a wish to be left alone.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Answer { status, location: None, retry_after: None, body: body.into() }
    }
}

impl fmt::Debug for Answer {
    /// Neither the body, which may hold keys, nor a location's query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer { status, location: _, retry_after, body } = self;
        let body = format_args!("{} bytes", body.len());
        f.debug_struct("Answer")
            .field("status", status)
            .field("retry_after", retry_after)
            .field("body", &body)
            .finish_non_exhaustive()
    }
}

/// Why a document could not be had from a server. None of the texts holds the URL's secrets.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Nothing listens there.
    #[error("the connection was refused")]
    Refused,
    /// The host's name has no address.
    #[error("the host's name cannot be resolved")]
    UnknownHost,
    /// The connection could not be made, or broke, for another reason.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The server's certificate is not trusted, for this reason.
    #[error("the server's certificate is not trusted: {0}")]
    Untrusted(String),
    /// Its TLS is not acceptable, or its certificate is not, for a reason that has no words here.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The deadline passed; how long there was.
    #[error("no answer within {} s", seconds(.0))]
    TimedOut(Duration),
    /// A status that is no success, or one without the whole document.
    #[error("the server answered with status {status}{}", .error.as_deref().map(|error| format!(": {error}")).unwrap_or_default())]
    #[non_exhaustive]
    Status {
        /// The status.
        status: u16,
        /// The error in the answer's own words, fit to be shown.
        error: Option<String>,
    },
    /// The server redirects to another, where it failed.
    #[error("the server redirects to {to}")]
    #[non_exhaustive]
    Redirected {
        /// The other URL, masked.
        to: String,
        /// How it failed there.
        source: Box<FetchError>,
    },
    /// The body is larger than [`Answer::MAX_BODY`].
    #[error("the answer is larger than 16 MiB")]
    TooLarge,
    /// The body ended before its end.
    #[error("the answer was cut off: {0}")]
    Cut(String),
    /// A redirect to a URL that was asked already.
    #[error("the server redirects in a circle, to {0}")]
    RedirectLoop(String),
    /// A redirect from https to http.
    #[error("the server redirects from https to plain http, to {0}; nothing is sent there")]
    Downgrade(String),
    /// A redirect to plain http, though private keys are asked for and `require_https` is set.
    #[error(
        "the server redirects to plain http, to {0}, but require_https is set and private keys are asked for; nothing is sent there"
    )]
    Exposed(String),
    /// More redirects than are followed; how many that is.
    #[error("the server redirects more than {0} times")]
    TooManyRedirects(usize),
    /// A redirect with this status to nowhere.
    #[error("the server answered with status {0} and names no http or https URL to go to")]
    BadRedirect(u16),
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
        let said = |millis| FetchError::TimedOut(Duration::from_millis(millis)).to_string();
        assert_eq!(said(9_999), "no answer within 10 s");
        assert_eq!(said(260), "no answer within 0.3 s");
        assert_eq!(said(2), "no answer within 0.1 s");
    }
}
