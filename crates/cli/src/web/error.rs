//! Why nothing is served.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;

use super::cookie::RANDOM;

/// Why there is no server.
#[derive(Debug)]
pub(crate) enum WebError {
    /// Others could look without a token.
    TokenNeeded(SocketAddr),
    /// A client could not send this token.
    TokenUnusable,
    /// The address cannot be listened on.
    Bind {
        /// The address that was wanted.
        address: SocketAddr,
        /// What the kernel said.
        source: io::Error,
    },
    /// No random key for the cookies.
    Random(io::Error),
    /// No thread for the server.
    Start(io::Error),
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WebError::TokenNeeded(address) => {
                write!(f, "a token is needed to listen on {address}, which others than this host can reach")
            }
            WebError::TokenUnusable => {
                f.write_str("the token is empty, or has characters other than visible ASCII ones")
            }
            WebError::Bind { address, source: _ } => write!(f, "cannot listen on {address}"),
            WebError::Random(_) => write!(f, "cannot read random bytes from {RANDOM}"),
            WebError::Start(_) => f.write_str("cannot start the web server"),
        }
    }
}

impl Error for WebError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            WebError::TokenNeeded(_) | WebError::TokenUnusable => None,
            WebError::Bind { source, .. } | WebError::Random(source) | WebError::Start(source) => {
                Some(source)
            }
        }
    }
}
