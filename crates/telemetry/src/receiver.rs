//! Where something is sent. A receiver's URL often holds secrets, so nothing but the transport sees it whole.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use ureq::http::Uri;

use crate::text::shown;

/// A server's URL, and the `Authorization` header that its userinfo stands for.
///
/// `Display` and `Debug` show scheme, host, port and path: neither userinfo nor the query.
///
/// ```
/// use acecast_telemetry::Receiver;
///
/// let to = Receiver::new("https://me:p%40ss@example.com/in?token=secret#part")?;
/// assert_eq!(to.url(), "https://example.com/in?token=secret");
/// assert_eq!(to.authorization(), Some("Basic bWU6cEBzcw=="));
/// assert_eq!(format!("{to} {to:?}"), "https://example.com/in Receiver(https://example.com/in)");
/// # Ok::<(), acecast_telemetry::ReceiverError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver {
    url: String,
    authorization: Option<String>,
    /// What an answer must not be shown with, the longest first.
    secrets: Vec<String>,
}

/// Why a text is no receiver. It does not repeat the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiverError {
    /// Neither `http://` nor `https://`.
    #[error("the URL starts neither with http:// nor with https://")]
    Scheme,
    /// Nothing between `://` and the path.
    #[error("the URL names no host")]
    NoHost,
    /// Characters, a host or a port that a URL cannot have.
    #[error("the URL is malformed")]
    Malformed,
}

/// A shorter value is no secret, and hiding it everywhere would make an answer unreadable.
const SHORTEST_SECRET: usize = 4;

impl Receiver {
    /// Takes an http or https URL. Its userinfo is percent-decoded and becomes a `Basic` authorization; its fragment,
    /// which is never sent, is dropped.
    pub fn new(url: &str) -> Result<Self, ReceiverError> {
        let (scheme, rest) = url.split_once("://").ok_or(ReceiverError::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if !matches!(&*scheme, "http" | "https") {
            return Err(ReceiverError::Scheme);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, authority),
        };
        if host.is_empty() || host.starts_with(':') {
            return Err(ReceiverError::NoHost);
        }
        let url = format!("{scheme}://{host}{}", &rest[authority.len()..]);
        let uri: Uri = url.parse().map_err(|_| ReceiverError::Malformed)?;
        // A port of 5 digits that is too large, and one that is empty, are no error of the parser's.
        if uri.authority().is_some_and(|authority| authority.as_str() != authority.host())
            && uri.port_u16().is_none_or(|port| port == 0)
        {
            return Err(ReceiverError::Malformed);
        }
        let userinfo = userinfo.filter(|userinfo| !userinfo.is_empty());
        let authorization = userinfo.map(|userinfo| {
            let meant: Vec<u8> = percent_decode_str(userinfo).collect();
            format!("Basic {}", STANDARD.encode(meant))
        });
        let secrets = secrets(userinfo, uri.query(), authorization.as_deref());
        Ok(Receiver { url, authorization, secrets })
    }

    /// The URL without userinfo and fragment, with its query: for the transport only.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of the `Authorization` header, if the URL had userinfo: for the transport only.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The text with this receiver's own secrets masked, for servers that repeat what they were sent.
    pub(crate) fn masked(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "****"))
    }
}

fn secrets(userinfo: Option<&str>, query: Option<&str>, authorization: Option<&str>) -> Vec<String> {
    let password =
        userinfo.map(|userinfo| userinfo.split_once(':').map_or(userinfo, |(_, password)| password));
    // A part of a query without `=` may be a bare token, so it is a value, not a name.
    let values = query.into_iter().flat_map(|query| query.split('&'));
    let values = values.map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
    let encoded = authorization.and_then(|header| header.strip_prefix("Basic "));
    let written: Vec<&str> = password.into_iter().chain(values).chain(encoded).collect();
    let decoded = written.iter().map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
    let mut secrets: Vec<String> = decoded.chain(written.iter().map(|&text| text.to_owned())).collect();
    secrets.retain(|secret| secret.len() >= SHORTEST_SECRET);
    secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    secrets.dedup();
    secrets
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.url.split('?').next().unwrap_or_default();
        f.write_str(&shown(public, usize::MAX))
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receiver({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receiver(url: &str) -> Receiver {
        Receiver::new(url).unwrap()
    }

    #[test]
    fn userinfo_becomes_a_header() {
        let header = |url: &str| receiver(url).authorization().map(str::to_owned);
        assert_eq!(header("http://me:p%40ss@h/").as_deref(), Some("Basic bWU6cEBzcw=="));
        assert_eq!(header("http://a@b:c@h/").as_deref(), Some("Basic YUBiOmM="));
        assert_eq!(header("http://token@h").as_deref(), Some("Basic dG9rZW4="));
        assert_eq!(header("http://u:%ff@h/").as_deref(), Some("Basic dTr/"));
        assert_eq!(header("http://@h/"), None);
        assert_eq!(header("http://h/a@b"), None);
        assert_eq!(header("http://h/?q=a@b"), None);
    }

    #[test]
    fn the_transport_gets_the_url_without_userinfo_and_fragment() {
        for (given, url) in [
            ("HTTPS://u:p@Example.com:8443/a?b=c#d?e", "https://Example.com:8443/a?b=c"),
            ("http://h", "http://h"),
            ("http://h?x", "http://h?x"),
            ("http://u@[2001:db8::1]:80/x#@y", "http://[2001:db8::1]:80/x"),
            ("http://[::1]/", "http://[::1]/"),
        ] {
            assert_eq!(receiver(given).url(), url);
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let to = receiver("https://user:hunter2@h:8443/x\u{202e}?token=abc#frag");
        assert_eq!(to.to_string(), "https://h:8443/x\\u{202e}");
        assert_eq!(format!("{to:?}"), "Receiver(https://h:8443/x\\u{202e})");
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_repeated() {
        for (text, error) in [
            ("", ReceiverError::Scheme),
            ("h/x", ReceiverError::Scheme),
            ("ftp://h/", ReceiverError::Scheme),
            ("http://", ReceiverError::NoHost),
            ("http://u:hunter2@/x", ReceiverError::NoHost),
            ("http://:80/", ReceiverError::NoHost),
            ("http://h/a b", ReceiverError::Malformed),
            ("http://h/\r\nX: y", ReceiverError::Malformed),
            ("http://h:hunter2/", ReceiverError::Malformed),
            ("http://h:70000/", ReceiverError::Malformed),
            ("http://h:0/", ReceiverError::Malformed),
            ("http://h:/", ReceiverError::Malformed),
        ] {
            let refused = Receiver::new(text).unwrap_err();
            assert_eq!(refused, error, "{text}");
            assert!(!refused.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn its_own_secrets_are_masked_in_what_others_say() {
        let to = receiver("https://user:p%40ssword@h/?token=abcdef%21&v=1&bare-token");
        assert_eq!(
            to.masked("no abcdef! or abcdef%21 for user with p@ssword, bare-token, v 1"),
            "no **** or **** for user with ****, ****, v 1"
        );
        assert_eq!(to.masked(to.authorization().unwrap()), "Basic ****");
    }
}
