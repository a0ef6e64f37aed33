//! A stream's URL, split by what identifies the stream and what only grants access to it.
//!
//! Controllers hand out URLs with fresh session tokens in the query at every poll. The identity of the stream is
//! the rest, so that a new token is never a reason to restart a node.

mod decoded;
pub(crate) mod hidden;

use std::fmt;
use std::str::FromStr;

use crate::Secret;

pub use decoded::Decoded;

/// An http or https URL. `Display` and `Debug` leave userinfo out and mask the values of the query, and what of the path
/// only grants access: parameters like `;token=…` and `&token=…`, and the userinfo of a URL within the URL.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamUrl {
    raw: String,
    /// Where userinfo begins (behind `://`); the same as `host` if there is none.
    userinfo: usize,
    /// Where the host begins.
    host: usize,
    /// Where the path begins.
    path: usize,
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

    /// The URL without userinfo, which a request has in a header, and without its fragment, which is not sent.
    pub fn reveal_request(&self) -> String {
        let whole = self.raw.split('#').next().unwrap_or_default();
        [&whole[..self.userinfo], &whole[self.host..]].concat()
    }

    /// What identifies the stream: no userinfo, no query, no fragment, and `****` for what of the path
    /// only grants access. People get [`StreamUrl::shown_base`], which hides more.
    pub fn identity(&self) -> String {
        let path = &self.raw[self.path..self.path_end];
        let path = hidden::masked(path, hidden::hidden(path));
        [&self.raw[..self.userinfo], &self.raw[self.host..self.path], &path].concat()
    }

    /// The URL without userinfo, query and fragment, for people: `****` also for what may be a secret in a path that was
    /// mistyped, as in `/x&token=…`.
    pub fn shown_base(&self) -> String {
        [&self.raw[..self.userinfo], &hidden::shown(&self.raw[self.host..self.path_end])].concat()
    }

    /// Both URLs have the same [identity](Self::identity).
    pub fn is_same_stream(&self, other: &StreamUrl) -> bool {
        self.identity() == other.identity()
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
        Ok(StreamUrl { raw: text.to_owned(), userinfo, host, path: authority_end, path_end })
    }
}

impl StreamUrl {
    /// What must not be shown of it, wherever somebody repeats it: user and password together, the password, the values
    /// of the query, and what is hidden of the path. Short words are none: they would be found in ordinary text.
    pub fn secrets(&self) -> Vec<Secret> {
        let base = &self.raw[self.host..self.path_end];
        let in_base = hidden::suspicious(base).into_iter().map(|place| &base[place]);
        let said = self.userinfo().into_iter().chain(in_base);
        let said = said.flat_map(|text| [text, text.split_once(':').map_or("", |(_, password)| password)]);
        let session = self.reveal_session().trim_start_matches('?');
        let pairs = session.split(['&', '#']).map(|pair| pair.split_once('=').unwrap_or(("", pair)));
        let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
        let is_secret =
            |name: &str, value: &str| value.len() >= SHORTEST_TOKEN && (has_digit(value) || tells(name));
        let tokens = pairs.filter(|(name, value)| is_secret(name, value)).map(|(_, value)| value);
        said.filter(|text| text.len() >= SHORTEST_PASSWORD).chain(tokens).map(Secret::new).collect()
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
        f.write_str(&self.shown_base())?;
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
mod tests;
