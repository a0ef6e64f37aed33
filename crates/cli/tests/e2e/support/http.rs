//! One request to a server of the sandbox.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Sends a request without a body and gives the answer's status and body.
pub(crate) fn request(method: &str, url: &str) -> std::io::Result<(u16, String)> {
    let rest = url.strip_prefix("http://").expect("a http URL");
    let (host, path) = rest.split_at(rest.find('/').expect("a URL with a path"));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, body.to_owned()))
}
