//! Requests by an agent that is made, with its certificates and proxies, by whoever hands it in.

use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant, SystemTime};

use ureq::http::{HeaderMap, HeaderValue};

use crate::retry_after::retry_after;
use crate::text::{shown, without_number};
use crate::untrusted::untrusted;
use crate::{Post, PostError, Receiver, Reply};

/// Makes requests with a ureq agent, whose own redirects, status errors and global timeout are not used.
///
/// Redirects are not followed: the reply has their status. `Retry-After` is read in seconds and as a date, which
/// counts from the answer's `Date`.
#[derive(Clone, Debug)]
pub struct UreqPost {
    agent: ureq::Agent,
}

impl UreqPost {
    /// Uses this agent. Where many documents go to one server, let it keep as many idle connections a host as there
    /// are requests at once: a new connection over TLS reads the certificate authorities anew.
    pub fn new(agent: ureq::Agent) -> Self {
        UreqPost { agent }
    }
}

/// What a TLS library says is for its developers: its beginning is enough. In characters.
const MAX_TLS: usize = 80;

impl Post for UreqPost {
    fn post(&self, to: &Receiver, body: &[u8], deadline: Instant) -> Result<Reply, PostError> {
        let left = deadline.saturating_duration_since(Instant::now());
        let request = self
            .agent
            .post(to.url())
            .config()
            .timeout_global(Some(left))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .header("accept", "application/json")
            .header("content-type", "application/json");
        let request = match to.authorization() {
            Some(credentials) => {
                let mut value = HeaderValue::from_str(credentials).map_err(|_| bad_request())?;
                value.set_sensitive(true);
                request.header("authorization", value)
            }
            None => request,
        };
        let mut response = request.send(body).map_err(|error| failed(error, left))?;
        let header = |name: &str| text(response.headers(), name);
        let asked = header("retry-after");
        let retry_after = asked.and_then(|asked| retry_after(asked, header("date"), SystemTime::now()));

        let status = response.status().as_u16();
        let mut body = Vec::new();
        let bounded = response.body_mut().with_config().limit(Reply::MAX_BODY as u64).reader();
        // One byte more, so that the bound is an error and not the end.
        bounded
            .take(Reply::MAX_BODY as u64 + 1)
            .read_to_end(&mut body)
            .map_err(|error| broken(error, left))?;
        Ok(Reply { status, retry_after, body })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn bad_request() -> PostError {
    PostError::Other("no request can be made of its URL".to_owned())
}

/// Why the body of an answer could not be read.
fn broken(error: io::Error, waited: Duration) -> PostError {
    match ureq::Error::from(error) {
        ureq::Error::Io(error) if is_time_out(&error) => PostError::TimedOut(waited),
        ureq::Error::Io(error) => PostError::Cut(reason(&error)),
        ureq::Error::Protocol(error) => PostError::Cut(safe(&error.to_string())),
        other => failed(other, waited),
    }
}

fn failed(error: ureq::Error, waited: Duration) -> PostError {
    match error {
        ureq::Error::Timeout(_) => PostError::TimedOut(waited),
        ureq::Error::HostNotFound => PostError::UnknownHost,
        ureq::Error::BodyExceedsLimit(_) => PostError::TooLarge,
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => PostError::Refused,
            _ if is_time_out(&error) => PostError::TimedOut(waited),
            // The only layer that checks data before HTTP is parsed.
            ErrorKind::InvalidData => tls(&error.to_string()),
            _ if is_lookup(&error) => PostError::UnknownHost,
            _ => PostError::Connection(reason(&error)),
        },
        ureq::Error::ConnectionFailed => {
            PostError::Connection("no address of the host can be reached".to_owned())
        }
        ureq::Error::ConnectProxyFailed(why) => PostError::Connection(format!("proxy: {}", safe(&why))),
        ureq::Error::Tls(why) => tls(why),
        ureq::Error::Rustls(why) => tls(&why.to_string()),
        // Their texts repeat the URL.
        ureq::Error::BadUri(_) => bad_request(),
        ureq::Error::RequireHttpsOnly(_) => PostError::Other("only https is allowed".to_owned()),
        other => PostError::Other(safe(&other.to_string())),
    }
}

fn tls(said: &str) -> PostError {
    match untrusted(said) {
        Some(words) => PostError::Untrusted(shown(&words, MAX_TLS)),
        None => PostError::Tls(shown(said, MAX_TLS)),
    }
}

fn is_time_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

/// std has no kind for a name that cannot be resolved, only this text.
fn is_lookup(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().starts_with("failed to lookup address information")
}

fn reason(error: &io::Error) -> String {
    safe(without_number(&error.to_string()))
}

fn safe(text: &str) -> String {
    shown(text, 300)
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    #[test]
    fn a_name_without_an_address_is_told_from_other_failures() {
        // No name server is asked: a part of a name has at most 63 characters.
        let error = (format!("{}.invalid", "x".repeat(64)), 80).to_socket_addrs().unwrap_err();
        assert_eq!(failed(ureq::Error::Io(error), Duration::ZERO), PostError::UnknownHost);
    }

    #[test]
    fn errors_that_repeat_the_url_are_said_without_it() {
        let url = || "http://example.com/?token=hunter2".to_owned();
        for error in [ureq::Error::BadUri(url()), ureq::Error::RequireHttpsOnly(url())] {
            let said = failed(error, Duration::ZERO).to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
