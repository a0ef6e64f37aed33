//! The node's own port: status, control, and what its peers take from it.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;

use crate::engine::exit::Exit;
use crate::engine::node::Node;
use crate::engine::script::Status;
use crate::engine::settings::Kind;
use crate::engine::{status, status_faults};
use crate::http::server::{Answer, Request, accept};
use crate::threads;

/// The engine speaks HTTP/1.0 on its port.
pub(crate) const PROTOCOL: &str = "HTTP/1.0";
/// Requests and peers at the same time.
const CONNECTIONS: usize = 256;
/// A client that takes nothing for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Where a node takes the stream from another one. The vendor's protocol is its own.
pub(crate) const PEER_PATH: &str = "/peer/stream";
pub(crate) const PEER_PORT_HEADER: &str = "X-Peer-Port";

/// An open port.
pub(crate) struct Port(TcpListener);

impl Port {
    /// Binds, and answers on a thread of its own. Loopback only: this is no server for others.
    pub(crate) fn open(node: &Arc<Node>) -> Result<Self, Exit> {
        let listener = bind(node).map_err(|error| Exit::failed(format!("Cannot listen: {error}")))?;
        let port = Self(listener.try_clone().map_err(|error| Exit::failed(error.to_string()))?);
        let node = Arc::clone(node);
        threads::detach("listen", move || {
            accept(&listener, CONNECTIONS, move |stream| {
                let _ = answer(&node, &stream);
            });
        })
        .map_err(|error| Exit::failed(error.to_string()))?;
        Ok(port)
    }

    /// Closes the port, which ends the thread that accepts.
    pub(crate) fn close(self) {
        // A listener is shut down like any socket, but std offers it for streams only.
        let _ = TcpStream::from(OwnedFd::from(self.0)).shutdown(Shutdown::Both);
    }
}

fn bind(node: &Node) -> io::Result<TcpListener> {
    let wanted = node.settings.port;
    let at = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let next = || (wanted.saturating_add(1)..=u16::MAX).find_map(|port| at(port).ok());
    let own = if node.script().listen_elsewhere { Err(io::ErrorKind::AddrInUse.into()) } else { at(wanted) };
    match own {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && node.version.takes_next_port() => {
            next().ok_or(error)
        }
        other => other,
    }
}

fn answer(node: &Arc<Node>, stream: &TcpStream) -> io::Result<()> {
    let script = node.script();
    stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
    if script.status == Status::Refuse {
        // The main thread closes the port; this connection came before it could.
        node.wake.wake();
        return Ok(());
    }
    let request = Request::read(stream)?;
    if request.path == PEER_PATH {
        return feed(node, &request, stream);
    }
    let mut answer = match route(node, &request.path) {
        Route::Monitor if script.status != Status::Ok => {
            return status_faults::answer(node, &script, stream);
        }
        Route::Monitor => Answer::json(&status::text(node, &script.status_extra)),
        Route::TransportFile => transport_file(node, &request),
        Route::Update => update(node, &request),
        Route::Denied => Answer::text(400, "access denied"),
        Route::Unknown => Answer::text(404, "not found"),
    };
    // Seen: a node in support mode repeats the request's headers in its answer.
    if !matches!(node.settings.kind, Kind::Ts(_)) {
        answer.headers = request.header_lines;
    }
    answer.write(PROTOCOL, stream)
}

enum Route {
    Monitor,
    TransportFile,
    Update,
    Denied,
    Unknown,
}

fn route(node: &Node, path: &str) -> Route {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    let action = match (node.settings.token.as_deref(), words.as_slice()) {
        (None, ["app", action]) => *action,
        (Some(token), ["app", given, action]) if *given == token => *action,
        (Some(_), ["app", ..]) => return Route::Denied,
        _ => return Route::Unknown,
    };
    match action {
        "monitor" => Route::Monitor,
        "get_transport_file" => Route::TransportFile,
        "update" => Route::Update,
        _ => Route::Unknown,
    }
}

fn transport_file(node: &Node, request: &Request) -> Answer {
    if !node.phase().running {
        return Answer::text(503, "not ready");
    }
    if request.param("format") != Some("raw") {
        return Answer::text(400, "unknown format");
    }
    Answer::new(200, "application/octet-stream", node.stream.transport.clone())
}

fn update(node: &Node, request: &Request) -> Answer {
    match request.param("max_peers").map(str::parse) {
        Some(Ok(max_peers)) => {
            node.max_peers.store(max_peers, Ordering::Relaxed);
            Answer::json(&json!({ "success": true }))
        }
        Some(Err(_)) => Answer::json(&json!({ "error": "max_peers: not a number" })),
        None => Answer::json(&json!({ "error": "nothing to update" })),
    }
}

/// Passes on what comes in, as long as the peer takes it.
fn feed(node: &Node, request: &Request, mut stream: &TcpStream) -> io::Result<()> {
    if !node.phase().running {
        return Answer::text(503, "not ready").write(PROTOCOL, stream);
    }
    let port = request.header(PEER_PORT_HEADER).and_then(|port| port.parse().ok()).unwrap_or(0);
    let ip = stream.peer_addr()?.ip().to_string();
    node.log.line(&format!("peer {ip}:{port}"));
    let mut subscription = node.relay.subscribe();
    let _presence = node.peers.enter(ip, port);
    stream.write_all(format!("{PROTOCOL} 200 OK\r\nContent-Type: video/mp2t\r\n\r\n").as_bytes())?;
    loop {
        match subscription.next(Duration::from_secs(2)) {
            Some(chunk) => {
                stream.write_all(&chunk)?;
                node.upload.add(chunk.len());
            }
            None if is_gone(stream)? => return Ok(()),
            None => {}
        }
    }
}

/// True if the other side has closed; it has nothing to say meanwhile.
fn is_gone(stream: &TcpStream) -> io::Result<bool> {
    stream.set_read_timeout(Some(Duration::from_millis(1)))?;
    Ok(matches!(stream.peek(&mut [0]), Ok(0)))
}
