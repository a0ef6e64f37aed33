//! Asking a node how it is, over HTTP on its own port.

use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use acecast_reconcile::{Port, Secret};
use thiserror::Error;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ArrayVec, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::answer::{Answer, NotAnAnswer};
use crate::args::api_path;
use crate::redact::{RawText, Redactor};

/// One deadline for one request, from connect to the last byte.
pub const DEADLINE: Duration = Duration::from_secs(2);

/// The most of an answer that is read, bytes. A busy node with a thousand peers answers with some hundred KiB.
const BODY_LIMIT: u64 = 4 * 1024 * 1024;

/// Asks a node for its status.
pub trait AskNode: Sync {
    /// The node's answer, or why there is none. Bounded by one deadline.
    fn ask(&self, port: Port, token: Option<&Secret>) -> Result<Answer, Silence>;
}

/// Asks nobody: for a look that must not wait for nodes that hang. What runs is told by processes and sockets.
#[derive(Clone, Copy, Debug)]
pub struct Unasked;

impl AskNode for Unasked {
    fn ask(&self, _port: Port, _token: Option<&Secret>) -> Result<Answer, Silence> {
        Err(Silence::Unasked)
    }
}

/// Why a node gave no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Silence {
    /// It was not asked.
    #[error("not asked")]
    Unasked,
    /// Nothing listens.
    #[error("connection refused")]
    Refused,
    /// The deadline passed.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// Another HTTP status than 200.
    #[error("answered HTTP {status}{}", excerpt(.body))]
    Status {
        /// The status.
        status: u16,
        /// The body without the node's token. Other secrets may be in it.
        body: RawText,
    },
    /// Not a JSON object.
    #[error("answered no JSON object{}", excerpt(.body))]
    NotJson {
        /// The body without the node's token. Other secrets may be in it.
        body: RawText,
        /// What the parser stumbled over.
        #[source]
        source: NotAnAnswer,
    },
    /// More than 4 MiB.
    #[error("answered more than {} MiB", BODY_LIMIT >> 20)]
    TooLarge,
    /// Another process than the node's answered.
    #[error("another process answers on its port{}", .0.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    Stranger(Option<i64>),
    /// Anything else.
    #[error("request failed")]
    Request(#[source] io::Error),
}

/// How much of an answer a message shows, in characters.
const EXCERPT: usize = 60;

/// How the body begins. It does not end within a word: half of a secret could not be known for one.
fn excerpt(body: &RawText) -> String {
    let body = body.reveal().trim();
    let shown = match body.char_indices().nth(EXCERPT) {
        None => body,
        Some((end, next)) => {
            let cut = &body[..end];
            if is_word(next) { cut.trim_end_matches(is_word) } else { cut }
        }
    };
    if shown.is_empty() { String::new() } else { format!(": {}", acecast_reconcile::escape(shown)) }
}

/// What tokens and keys are made of.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '/' | '=' | '.' | '%' | '~' | '*')
}

/// Asks nodes over loopback.
#[derive(Clone, Debug)]
pub struct NodeClient {
    agent: Agent,
    deadline: Duration,
}

impl NodeClient {
    /// A client with its own agent: no proxy, no redirect (it would leak the token), no kept connection (with
    /// hundreds of ports the pool costs more than it saves), and as few headers as possible (an engine's support
    /// node repeats them in its answer).
    pub fn new() -> Self {
        NodeClient::with_deadline(DEADLINE)
    }

    /// The same with another deadline.
    pub fn with_deadline(deadline: Duration) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .input_buffer_size(16 * 1024)
            .output_buffer_size(4 * 1024)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .timeout_global(Some(deadline))
            .build();
        NodeClient { agent: Agent::with_parts(config, DefaultConnector::default(), Loopback), deadline }
    }
}

impl Default for NodeClient {
    fn default() -> Self {
        NodeClient::new()
    }
}

impl AskNode for NodeClient {
    fn ask(&self, port: Port, token: Option<&Secret>) -> Result<Answer, Silence> {
        let failed = |error: ureq::Error| match error {
            ureq::Error::Timeout(_) => Silence::TimedOut(self.deadline),
            ureq::Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused => Silence::Refused,
            ureq::Error::Io(io)
                if matches!(io.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) =>
            {
                Silence::TimedOut(self.deadline)
            }
            ureq::Error::ConnectionFailed => Silence::Refused,
            ureq::Error::BodyExceedsLimit(_) => Silence::TooLarge,
            other => Silence::Request(other.into_io()),
        };
        let url = format!("http://127.0.0.1:{port}{}", api_path(token, "monitor"));
        let mut response = self.agent.get(url).call().map_err(failed)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        let mut reader = response.body_mut().with_config().limit(BODY_LIMIT + 1).reader();
        reader.by_ref().take(BODY_LIMIT + 1).read_to_end(&mut body).map_err(|error| failed(error.into()))?;
        if body.len() as u64 > BODY_LIMIT {
            return Err(Silence::TooLarge);
        }
        let body = String::from_utf8_lossy(&body);
        // Whoever answers may repeat the request, and so the token that is a part of its path.
        let cleaned = || RawText::new(Redactor::new(token).clean(body.trim()));
        if status != 200 {
            return Err(Silence::Status { status, body: cleaned() });
        }
        Answer::parse(&body).map_err(|source| Silence::NotJson { body: cleaned(), source })
    }
}

/// Nodes are asked on loopback by address. The default resolver would start a thread for every request that has
/// a deadline, to look up a name that there is not.
#[derive(Debug)]
struct Loopback;

impl Resolver for Loopback {
    fn resolve(
        &self,
        uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let port = uri.port_u16().ok_or(ureq::Error::HostNotFound)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut addresses = ArrayVec::from_fn(|_| address);
        addresses.push(address);
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests;
