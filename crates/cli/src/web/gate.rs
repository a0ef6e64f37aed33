//! Who may look.
//!
//! Without a token everybody on this host may, and nobody who comes by another host's name. With one, a request
//! carries it as a bearer or has the cookie of a login. Wrong tokens wait a little before they hear so; only a few
//! wait at once, so that they do not take the places of others. What protects is a token that cannot be guessed.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use acecast_reconcile::Secret;

use super::WebError;
use super::cookie::{Cookie, is_same};
use super::host;
use super::request::Request;

/// How long a wrong token waits for its answer.
const WAIT: Duration = Duration::from_millis(500);

/// So many wrong tokens wait at once: a quarter of the connections.
const WAITING: usize = 4;

/// The checks of one server.
pub(super) struct Gate {
    listen: SocketAddr,
    lock: Option<Lock>,
    waiting: AtomicUsize,
}

struct Lock {
    token: Secret,
    cookie: Cookie,
}

/// What came of a token or its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// May look.
    Open,
    /// Brought nothing.
    Anonymous,
    /// Brought something wrong, and has waited for it.
    Wrong,
    /// Brought something wrong while others waited already.
    TooMany,
}

impl Gate {
    /// The gate of the address that was bound.
    pub(super) fn new(listen: SocketAddr, token: Option<Secret>) -> Result<Self, WebError> {
        let lock = |token: Secret| {
            Cookie::new(listen.port(), &token).map(|cookie| Lock { token, cookie }).map_err(WebError::Random)
        };
        Ok(Gate { listen, lock: token.map(lock).transpose()?, waiting: AtomicUsize::new(0) })
    }

    /// There is a token, and so a login.
    pub(super) fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// The request names a host under which it may come. With a token any will do: another name's page has no cookie.
    /// A request without one is not from a browser.
    pub(super) fn knows_host(&self, request: &Request) -> bool {
        self.is_locked() || request.host().is_none_or(|host| host::is_own(host, self.listen))
    }

    /// Whether the request may look.
    pub(super) fn entry(&self, request: &Request) -> Entry {
        let Some(lock) = &self.lock else { return Entry::Open };
        if request.headers("cookie").any(|cookies| lock.cookie.is_in(cookies)) {
            return Entry::Open;
        }
        match request.headers("authorization").find_map(bearer) {
            Some(token) if lock.fits(token) => Entry::Open,
            Some(_) => self.refuse(),
            // A cookie of another process is no guess, it is from before a restart.
            None => Entry::Anonymous,
        }
    }

    /// Whether the token of the login form is right, and then the cookie to set.
    pub(super) fn login(&self, token: &str) -> Result<String, Entry> {
        match &self.lock {
            Some(lock) if lock.fits(token) => Ok(lock.cookie.set()),
            Some(_) => Err(self.refuse()),
            None => Err(Entry::Open),
        }
    }

    fn refuse(&self) -> Entry {
        let others = self.waiting.fetch_add(1, Ordering::SeqCst);
        let entry = if others < WAITING {
            sleep(WAIT);
            Entry::Wrong
        } else {
            Entry::TooMany
        };
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        entry
    }
}

impl Lock {
    fn fits(&self, token: &str) -> bool {
        is_same(token, self.token.reveal())
    }
}

/// The token of an `Authorization` header.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
