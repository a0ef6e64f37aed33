//! The page, the documents and the figures of `acecast run`, over HTTP.
//!
//! One idea: whoever asks can look and change nothing. What is shown comes through [`Pages`], already redacted; this
//! module knows who may see it ([`gate`]), in which form ([`routes`]) and how much one client may cost ([`server`]).
//! The server is small and our own, because what matters here is what a server does with clients that are slow, silent
//! or hostile, and that it leaves no port open when it is stopped.

mod cookie;
mod error;
mod gate;
mod host;
mod page;
mod request;
mod response;
mod routes;
mod server;
mod slots;
mod timed;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;

use acecast_reconcile::Secret;
use acecast_telemetry::metrics::Format;
use serde_json::Value;

pub(crate) use error::WebError;
pub(crate) use server::Server;

use gate::Gate;
use routes::Site;

/// What the pages show, redacted by whoever provides it. Called from several threads.
pub(crate) trait Pages: Send + Sync {
    /// The document of `acecast status -o json`. Each node has in addition `restarts`, `note`, `stream` and `trend`
    /// (`[[seconds_ago, down, up], …]`, oldest first), and the document has `refreshed_s`: seconds since the look.
    fn status(&self) -> Value;
    /// The document of `acecast plan -o json`.
    fn plan(&self) -> Value;
    /// `{"schema":1,"events":[…]}`, newest last.
    fn events(&self) -> Value;
    /// The figures, in this format.
    fn metrics(&self, format: Format) -> String;
    /// The first reconcile has ended.
    fn is_ready(&self) -> bool;
}

/// Where to listen, and what a client must know.
#[derive(Clone, Debug)]
pub(crate) struct Listen {
    /// The address; with port 0 the kernel chooses one.
    pub(crate) address: SocketAddr,
    /// Needed on every address that is not this host's alone.
    pub(crate) token: Option<Secret>,
}

/// Listens before it returns, and answers until the server is stopped or dropped.
pub(crate) fn serve(listen: Listen, pages: Arc<dyn Pages>) -> Result<Server, WebError> {
    let Listen { address, token } = listen;
    if token.is_none() && !address.ip().to_canonical().is_loopback() {
        return Err(WebError::TokenNeeded(address));
    }
    let unusable =
        |token: &Secret| token.reveal().is_empty() || !token.reveal().bytes().all(|b| b.is_ascii_graphic());
    if token.as_ref().is_some_and(unusable) {
        return Err(WebError::TokenUnusable);
    }
    Server::start(address, |bound| Ok(Site::new(Gate::new(bound, token)?, pages)))
}
