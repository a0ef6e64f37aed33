//! A server that answers every connection in a way of the test's own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use acecast_telemetry::{Post, PostError, Receiver, Reply, UreqPost};

/// Hands every connection to `answer`, with the request's head and body. The URL has no slash at its end.
pub(crate) fn server(mut answer: impl FnMut(String, String, &mut TcpStream) + Send + 'static) -> String {
    let (listener, address) = listen();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (head, body) = request(&mut stream);
            answer(head, body, &mut stream);
        }
    });
    format!("http://{address}")
}

pub(crate) fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// Reads one request: its head in lower case but for the first line, and as much of a body as it announces.
pub(crate) fn request(stream: &mut impl Read) -> (String, String) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap_or_default();
    let names = headers.split("\r\n").map(|header| match header.split_once(':') {
        Some((name, value)) => format!("{}:{value}", name.to_ascii_lowercase()),
        None => header.to_owned(),
    });
    let head = format!("{line}\r\n{}", names.collect::<Vec<_>>().join("\r\n"));
    let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// The value of a header of such a head.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// An answer after which the connection ends.
pub(crate) fn answer(stream: &mut impl Write, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let text =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).unwrap();
    stream.flush().unwrap();
}

pub(crate) fn agent() -> UreqPost {
    UreqPost::new(ureq::Agent::config_builder().proxy(None).build().new_agent())
}

pub(crate) fn post(url: &str, body: &str, deadline: Duration) -> Result<Reply, PostError> {
    let to = Receiver::new(url).unwrap();
    agent().post(&to, body.as_bytes(), Instant::now() + deadline)
}

/// Longer than anything takes that works.
pub(crate) fn soon() -> Duration {
    Duration::from_secs(20)
}
