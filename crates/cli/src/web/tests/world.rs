//! Made-up pages, and a client that says exactly what it is told to say.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acecast_reconcile::Secret;
use acecast_telemetry::metrics::Format;
use serde_json::{Value, json};

use crate::web::{Listen, Pages, Server, serve};

/// What the tests show.
#[derive(Default)]
pub(super) struct Made {
    pub(super) ready: AtomicBool,
}

impl Pages for Made {
    fn status(&self) -> Value {
        json!({"schema": 1, "nodes": [], "refreshed_s": 0.5, "evil": "\u{9b}\u{202e}"})
    }

    fn plan(&self) -> Value {
        json!({"schema": 1, "changes": 0, "nodes": [], "errors": [], "refused": null})
    }

    fn events(&self) -> Value {
        json!({"schema": 1, "events": []})
    }

    fn metrics(&self, format: Format) -> String {
        match format {
            Format::OpenMetrics => "acecast_up 1\n# EOF\n".to_owned(),
            Format::Text => "acecast_up 1\n".to_owned(),
        }
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }
}

/// Any free port of this host.
pub(super) fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A server for everybody on this host.
pub(super) fn open() -> Server {
    with(Arc::new(Made::default()), None)
}

/// A server that wants this token.
pub(super) fn locked(token: &str) -> Server {
    with(Arc::new(Made::default()), Some(token))
}

/// A server of these pages.
pub(super) fn with(pages: Arc<dyn Pages>, token: Option<&str>) -> Server {
    serve(Listen { address: loopback(), token: token.map(Secret::new) }, pages).unwrap()
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A connection that does not wait for ever.
pub(super) fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Sends these bytes and reads until the server hangs up.
pub(super) fn say(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes).unwrap();
    hear(&mut stream)
}

/// Everything until the end.
pub(super) fn hear(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// The parts of an answer.
#[track_caller]
pub(super) fn parts(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("an answer, not {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A request with more headers, each ended by a line break.
#[track_caller]
pub(super) fn ask(server: &Server, method: &str, path: &str, headers: &str) -> Answer {
    parts(&say(server, format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").as_bytes()))
}

/// A GET.
#[track_caller]
pub(super) fn get(server: &Server, path: &str) -> Answer {
    ask(server, "GET", path, "")
}

/// The login form, filled in.
#[track_caller]
pub(super) fn log_in(server: &Server, form: &str) -> Answer {
    let request =
        format!("POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{form}", form.len());
    parts(&say(server, request.as_bytes()))
}
