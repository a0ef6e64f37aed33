//! Requests by an agent that is made, with its certificates and proxies, by whoever hands it in.

use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

use ureq::http::HeaderMap;

use crate::get::untrusted::untrusted;
use crate::mask::mask_message;
use crate::text::base64;
use crate::without_number::without_number;
use crate::{Answer, Fetch, FetchError, RemoteUrl};

/// Makes requests with a ureq agent, whose own redirects, status errors and global timeout are not used.
#[derive(Clone, Debug)]
pub struct UreqFetch {
    agent: ureq::Agent,
}

impl UreqFetch {
    /// Uses this agent.
    pub fn new(agent: ureq::Agent) -> Self {
        UreqFetch { agent }
    }
}

/// What a TLS library says is for its developers: its beginning is enough. In characters.
const MAX_TLS: usize = 80;

impl Fetch for UreqFetch {
    fn get(&self, url: &RemoteUrl, deadline: Instant) -> Result<Answer, FetchError> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(FetchError::TimedOut(left));
        }
        let request = self
            .agent
            .get(url.reveal_request())
            .config()
            .timeout_global(Some(left))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .header("accept", "application/json");
        let request = match url.userinfo() {
            Some(userinfo) => {
                let credentials = base64::encode(&percent_decode(userinfo));
                request.header("authorization", format!("Basic {credentials}"))
            }
            None => request,
        };
        let mut response = request.call().map_err(|error| failed(error, left))?;
        let header = |name: &str| text(response.headers(), name);
        let (location, retry_after) = (header("location"), header("retry-after"));
        let retry_after =
            retry_after.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);

        let mut body = Vec::new();
        // The first bound is on what comes over the wire, the second on what it decompresses to.
        let wire = Answer::MAX_BODY as u64 + 1;
        let reader = response.body_mut().with_config().limit(wire).reader();
        reader.take(wire).read_to_end(&mut body).map_err(|error| match ureq::Error::from(error) {
            ureq::Error::Io(error) if is_time_out(&error) => FetchError::TimedOut(left),
            ureq::Error::Io(error) => FetchError::Cut(reason(&error)),
            ureq::Error::Protocol(error) => FetchError::Cut(safe(&error.to_string())),
            other => failed(other, left),
        })?;
        if body.len() > Answer::MAX_BODY {
            return Err(FetchError::TooLarge);
        }
        Ok(Answer { status: response.status().as_u16(), location, retry_after, body })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let meant = hex.filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(meant.unwrap_or(*byte));
        at += if meant.is_some() { 3 } else { 1 };
    }
    decoded
}

fn failed(error: ureq::Error, waited: Duration) -> FetchError {
    match error {
        ureq::Error::Timeout(_) => FetchError::TimedOut(waited),
        ureq::Error::HostNotFound => FetchError::UnknownHost,
        ureq::Error::BodyExceedsLimit(_) => FetchError::TooLarge,
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => FetchError::Refused,
            _ if is_time_out(&error) => FetchError::TimedOut(waited),
            // The only layer that checks data before HTTP is parsed.
            ErrorKind::InvalidData => tls(&error.to_string()),
            _ if is_lookup(&error) => FetchError::UnknownHost,
            _ => FetchError::Connection(reason(&error)),
        },
        ureq::Error::ConnectionFailed => {
            FetchError::Connection("no address of the host can be reached".to_owned())
        }
        ureq::Error::ConnectProxyFailed(why) => FetchError::Connection(format!("proxy: {}", safe(&why))),
        ureq::Error::Tls(why) => tls(why),
        ureq::Error::Rustls(why) => tls(&why.to_string()),
        other => FetchError::Other(safe(&other.to_string())),
    }
}

fn tls(said: &str) -> FetchError {
    match untrusted(said) {
        Some(words) => FetchError::Untrusted(safe_to(MAX_TLS, &words)),
        None => FetchError::Tls(safe_to(MAX_TLS, said)),
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
    safe(&without_number(error))
}

/// A text of the HTTP library or of the server, fit to be shown.
fn safe(text: &str) -> String {
    safe_to(300, text)
}

fn safe_to(max: usize, text: &str) -> String {
    let masked = mask_message(text);
    let shown: String = masked.chars().take(max).collect();
    acecast_reconcile::escape(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    #[test]
    fn a_name_without_an_address_is_told_from_other_failures() {
        // No name server is asked: a part of a name has at most 63 characters.
        let error = (format!("{}.invalid", "x".repeat(64)), 80).to_socket_addrs().unwrap_err();
        assert_eq!(failed(ureq::Error::Io(error), Duration::ZERO), FetchError::UnknownHost);
    }

    #[test]
    fn a_certificate_that_is_not_trusted_is_said_in_plain_words() {
        let said = |why: &str| {
            failed(io::Error::new(ErrorKind::InvalidData, why).into(), Duration::ZERO).to_string()
        };
        assert_eq!(
            said("invalid peer certificate: UnknownIssuer"),
            "the server's certificate is not trusted: its issuer is unknown"
        );
        let long = "received corrupt message of type ".repeat(9);
        assert_eq!(said(&long), format!("TLS failed: {}", &long[..MAX_TLS]));
    }
}
