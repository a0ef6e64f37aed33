//! A stream's URL, split by what identifies the stream and what only grants access to it.
//!
//! Controllers hand out URLs with fresh session tokens in the query at every poll. The identity of the stream is
//! the rest, so that a new token is never a reason to restart a node.

use std::fmt;
use std::str::FromStr;

use crate::Secret;

/// An http or https URL. `Display` and `Debug` leave userinfo out and mask the values of the query.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamUrl {
    raw: String,
    /// Where userinfo begins (behind `://`); the same as `host` if there is none.
    userinfo: usize,
    /// Where the host begins.
    host: usize,
    /// Where the query or the fragment begins, or the end.
    path_end: usize,
}

/// Why a text is no stream URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// Neither `http://` nor `https://`.
    Scheme,
    /// Nothing between `://` and the path.
    NoHost,
    /// The part behind the last colon of the authority is no port.
    Port,
    /// White space, a control character, or `<>"\^` and their like, which a URL has to escape.
    Character(char),
}

impl StreamUrl {
    /// The whole URL, session tokens and credentials included: for argument lists and requests only.
    pub fn reveal(&self) -> &str {
        &self.raw
    }

    /// The URL without query and fragment. Credentials stay: this is what a HLS stream's infohash follows
    /// (engine documentation, `--base-url`).
    pub fn reveal_base(&self) -> &str {
        &self.raw[..self.path_end]
    }

    /// What identifies the stream and may be shown: no userinfo, no query, no fragment.
    pub fn identity(&self) -> String {
        format!("{}{}", &self.raw[..self.userinfo], &self.raw[self.host..self.path_end])
    }

    /// Both URLs have the same [identity](Self::identity).
    pub fn is_same_stream(&self, other: &StreamUrl) -> bool {
        self.raw[..self.userinfo] == other.raw[..other.userinfo]
            && self.raw[self.host..self.path_end] == other.raw[other.host..other.path_end]
    }

    /// The credentials in front of the host, without the `@`.
    pub fn userinfo(&self) -> Option<&str> {
        self.raw[self.userinfo..self.host].strip_suffix('@')
    }

    /// Query and fragment, with their `?` and `#`; empty if there is neither.
    pub fn reveal_session(&self) -> &str {
        &self.raw[self.path_end..]
    }
}

impl FromStr for StreamUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let scheme_end = text.find("://").ok_or(UrlError::Scheme)?;
        let scheme = &text[..scheme_end];
        if !(scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")) {
            return Err(UrlError::Scheme);
        }
        let bad =
            |c: &char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`');
        if let Some(bad) = text.chars().find(bad) {
            return Err(UrlError::Character(bad));
        }
        let userinfo = scheme_end + "://".len();
        let end_of =
            |from: usize, stops: &[char]| text[from..].find(stops).map_or(text.len(), |at| from + at);
        let authority_end = end_of(userinfo, &['/', '?', '#']);
        let host = text[userinfo..authority_end].rfind('@').map_or(userinfo, |at| userinfo + at + 1);
        check_host(&text[host..authority_end])?;
        let path_end = end_of(authority_end, &['?', '#']);
        Ok(StreamUrl { raw: text.to_owned(), userinfo, host, path_end })
    }
}

impl StreamUrl {
    /// What must not be shown of it, wherever somebody repeats it: user and password together, the password, and the
    /// values of the query. Short words are none: they would be found in ordinary text.
    pub fn secrets(&self) -> Vec<Secret> {
        let userinfo = self.userinfo().unwrap_or_default();
        let password = userinfo.split_once(':').map_or("", |(_, password)| password);
        let session = self.reveal_session().trim_start_matches('?');
        let pairs = session.split(['&', '#']).map(|pair| pair.split_once('=').unwrap_or(("", pair)));
        let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
        let is_secret =
            |name: &str, value: &str| value.len() >= SHORTEST_TOKEN && (has_digit(value) || tells(name));
        let tokens = pairs.filter(|(name, value)| is_secret(name, value)).map(|(_, value)| value);
        let said = [userinfo, password].into_iter().filter(|text| text.len() >= SHORTEST_PASSWORD);
        said.chain(tokens).map(Secret::new).collect()
    }
}

/// A shorter password betrays nothing that a guess would not.
const SHORTEST_PASSWORD: usize = 4;

/// A query has ordinary words, too; tokens are longer, and have digits in them or a name that tells.
const SHORTEST_TOKEN: usize = 6;

/// What is called so is a secret.
fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["token", "key", "secret", "pass", "sig", "auth"].iter().any(|word| name.contains(word))
}

fn check_host(authority: &str) -> Result<(), UrlError> {
    let (host, port) = match authority.rsplit_once(']') {
        Some((v6, rest)) => (v6.strip_prefix('[').unwrap_or_default(), rest.strip_prefix(':')),
        None => match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err(UrlError::NoHost);
    }
    match port {
        Some(port) if port.parse::<crate::Port>().is_err() => Err(UrlError::Port),
        _ => Ok(()),
    }
}

impl fmt::Display for StreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.identity())?;
        let session = self.reveal_session();
        let (query, fragment) = session.split_once('#').unwrap_or((session, ""));
        if let Some(query) = query.strip_prefix('?') {
            for (i, pair) in query.split('&').enumerate() {
                f.write_str(if i == 0 { "?" } else { "&" })?;
                // A query without `=` may be a bare token, so it is a value, not a name.
                match pair.split_once('=') {
                    Some((name, _)) => write!(f, "{name}=****")?,
                    None if pair.is_empty() => {}
                    None => f.write_str("****")?,
                }
            }
        }
        if fragment.is_empty() { Ok(()) } else { f.write_str("#****") }
    }
}

impl fmt::Debug for StreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::Scheme => f.write_str("starts neither with http:// nor with https://"),
            UrlError::NoHost => f.write_str("names no host"),
            UrlError::Port => f.write_str("has a port that is not from 1 to 65535"),
            UrlError::Character(c) => write!(f, "holds {c:?}, which a URL must escape"),
        }
    }
}

impl std::error::Error for UrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> StreamUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_session_token_is_the_same_stream() {
        let (a, b) = (url("http://h/x.m3u8?token=1"), url("http://h/x.m3u8?token=2#f"));
        assert_eq!(a.identity(), b.identity());
        assert!(a.is_same_stream(&b) && !a.is_same_stream(&url("http://h/y.m3u8?token=1")));
        assert_eq!(a.reveal_base(), "http://h/x.m3u8");
        assert_eq!(b.reveal_session(), "?token=2#f");
    }

    #[test]
    fn credentials_and_query_values_are_never_shown() {
        let shown = url("https://me:pw@h:8443/x?token=abc&bare&e=#frag").to_string();
        assert_eq!(shown, "https://h:8443/x?token=****&****&e=****#****");
        assert_eq!(url("http://me:pw@h/").userinfo(), Some("me:pw"));
        assert_eq!(url("http://h?tok").to_string(), "http://h?****");
    }

    #[test]
    fn what_a_server_may_repeat_is_known() {
        let secrets = |text: &str| -> Vec<String> {
            url(text).secrets().iter().map(|secret| secret.reveal().to_owned()).collect()
        };
        assert_eq!(
            secrets("https://me:hunter2@h/x?format=raw&n=1&token=ab12cd#f"),
            ["me:hunter2", "hunter2", "ab12cd"]
        );
        assert!(secrets("http://h/x?get_metadata").is_empty());
        // A name that tells needs no digits.
        assert_eq!(secrets("http://h/x?access_token=sesame&format=mpegts"), ["sesame"]);
    }

    #[test]
    fn only_http_urls_with_a_host() {
        let error = |text: &str| text.parse::<StreamUrl>().unwrap_err();
        assert_eq!(error("rtmp://h/x"), UrlError::Scheme);
        assert_eq!(error("/local/file"), UrlError::Scheme);
        assert_eq!(error("http://"), UrlError::NoHost);
        assert_eq!(error("http://u@/x"), UrlError::NoHost);
        assert_eq!(error("http://h:0/x"), UrlError::Port);
        assert_eq!(error("http://h/a b"), UrlError::Character(' '));
        assert_eq!(error("http://h/\u{1b}[2J"), UrlError::Character('\u{1b}'));
        assert_eq!(url("http://[2001:db8::1]:80/x").identity(), "http://[2001:db8::1]:80/x");
    }
}
