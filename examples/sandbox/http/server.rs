//! The serving side: one request a connection, read whole, answered, closed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::http::client::Body;
use crate::threads;

/// How long a client may take to send its request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_HEAD: u64 = 64 * 1024;
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// A request, read whole.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The header lines as they came, without line ends.
    pub(crate) header_lines: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn read(stream: &TcpStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(REQUEST_TIMEOUT))?;
        let mut reader = BufReader::with_capacity(4096, stream);
        let mut head = (&mut reader).take(MAX_HEAD);
        let first = read_line(&mut head)?;
        let mut header_lines = Vec::new();
        loop {
            let line = read_line(&mut head)?;
            if line.is_empty() {
                break;
            }
            header_lines.push(line);
        }
        let mut words = first.split_ascii_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request =
            Self { method, path: path.to_owned(), query: query.to_owned(), header_lines, body: Vec::new() };
        request.read_body(reader, stream)?;
        Ok(request)
    }

    /// The value of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.header_lines, name)
    }

    /// The value of a query parameter; an empty one if it stands there without a value.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then_some(value)
        })
    }

    fn read_body(&mut self, reader: BufReader<&TcpStream>, mut stream: &TcpStream) -> io::Result<()> {
        if self.header("expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if self.header("content-length").is_some() || self.header("transfer-encoding").is_some() {
            Body::framed(reader, &self.header_lines).take(MAX_BODY).read_to_end(&mut self.body)?;
        }
        Ok(())
    }
}

/// An answer that fits in memory.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    /// More header lines, without line ends.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/plain", body)
    }

    pub(crate) fn json(body: &impl ToString) -> Self {
        Self::new(200, "application/json", body.to_string())
    }

    /// Everything up to and with the empty line.
    pub(crate) fn head(&self, protocol: &str) -> String {
        let Self { status, content_type, headers, body } = self;
        let reason = reason(*status);
        let length = body.len();
        let mut head = format!(
            "{protocol} {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n"
        );
        for line in headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("Connection: close\r\n\r\n");
        head
    }

    pub(crate) fn write(&self, protocol: &str, mut stream: &TcpStream) -> io::Result<()> {
        let mut text = self.head(protocol).into_bytes();
        text.extend_from_slice(&self.body);
        stream.write_all(&text)
    }
}

/// Accepts until the listener is shut down; each connection has a short-lived thread, at most `limit`.
pub(crate) fn accept(
    listener: &TcpListener,
    limit: usize,
    answer: impl Fn(TcpStream) + Send + Sync + 'static,
) {
    let answer = Arc::new(answer);
    let busy = Arc::new(AtomicUsize::new(0));
    loop {
        match listener.accept() {
            Ok((stream, _)) if busy.load(Ordering::Relaxed) < limit => {
                let (answer, busy) = (Arc::clone(&answer), Busy::enter(&busy));
                let _ = threads::detach("request", move || {
                    answer(stream);
                    drop(busy);
                });
            }
            // Over the limit: closed at once, which is an answer too.
            Ok(_) => {}
            // What a listener says after its shutdown.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return,
            // Out of descriptors, or a connection that was gone before it was taken.
            Err(_) => sleep(Duration::from_millis(50)),
        }
    }
}

/// Counts one connection as long as it lives, even if its thread could not be made.
struct Busy(Arc<AtomicUsize>);

impl Busy {
    fn enter(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A header's value among lines.
pub(crate) fn header<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// One line without its end; a connection that ends before it is an error.
pub(crate) fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
