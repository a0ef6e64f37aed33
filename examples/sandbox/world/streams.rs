//! The stream server: endless MPEG-TS over HTTP, and live HLS, for any name that is asked for.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http::server::{Answer, Request};
use crate::world::playlist::{self, SEGMENT_MS};
use crate::world::ts::{PACKET, Packets};

const PROTOCOL: &str = "HTTP/1.1";
/// Bytes a second, if the URL does not say: a modest SD stream.
const RATE: u64 = 50_000;
/// Between two writes to a client: few wakeups, and smooth enough.
const PACE: Duration = Duration::from_millis(200);

/// All streams there are; those that are switched off answer 503.
pub(crate) struct Streams {
    began: Instant,
    down: Mutex<BTreeSet<String>>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { began: Instant::now(), down: Mutex::default() }
    }
}

impl Streams {
    pub(crate) fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        let request = Request::read(stream)?;
        let words: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let stream_name = |kind, name| format!("{kind}/{name}");
        match (request.method.as_str(), words.as_slice()) {
            ("GET", ["ts" | "hls", name, ..]) if self.is_down(&stream_name(words[0], name)) => {
                Answer::text(503, "this stream is switched off").write(PROTOCOL, stream)
            }
            ("GET", ["ts", name]) => self.ts(&stream_name("ts", name), &request, stream),
            ("GET", ["hls", _, "index.m3u8"]) => {
                let text = playlist::at(self.elapsed_ms(), &request.query);
                Answer::new(200, "application/vnd.apple.mpegurl", text).write(PROTOCOL, stream)
            }
            ("GET", ["hls", _, segment]) => {
                let number = segment.strip_suffix(".ts").and_then(|number| number.parse().ok());
                match number {
                    Some(number) => Answer::new(200, "video/mp2t", self::segment(number, rate(&request))),
                    None => Answer::text(404, "no such segment"),
                }
                .write(PROTOCOL, stream)
            }
            ("POST", ["control", kind @ ("ts" | "hls"), name]) => {
                self.switch(stream_name(kind, name), request.param("up")).write(PROTOCOL, stream)
            }
            _ => Answer::text(404, "try /ts/NAME or /hls/NAME/index.m3u8").write(PROTOCOL, stream),
        }
    }

    fn switch(&self, name: String, up: Option<&str>) -> Answer {
        match up {
            Some("1") => self.lock().remove(&name),
            Some("0") => self.lock().insert(name),
            _ => return Answer::text(400, "up=0 or up=1"),
        };
        Answer::json(&json!({ "down": *self.lock() }))
    }

    /// Packets at the rate that was asked for, until the client goes or the stream is switched off.
    fn ts(&self, name: &str, request: &Request, mut stream: &TcpStream) -> io::Result<()> {
        let chunked = request.param("chunked") == Some("1");
        let framing = if chunked { "Transfer-Encoding: chunked\r\n" } else { "" };
        let head =
            format!("{PROTOCOL} 200 OK\r\nContent-Type: video/mp2t\r\n{framing}Connection: close\r\n\r\n");
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(head.as_bytes())?;
        let rate = rate(request);
        let mut packets = Packets::new(rate);
        let mut buffer = Vec::new();
        let (began, mut sent) = (Instant::now(), 0);
        while !self.is_down(name) {
            // One pace ahead, so that the first bytes come at once.
            let due = millis(began.elapsed() + PACE) * rate / 1000;
            buffer.clear();
            while sent < due {
                packets.append(&mut buffer);
                sent += PACKET as u64;
            }
            if chunked && !buffer.is_empty() {
                stream.write_all(format!("{:x}\r\n", buffer.len()).as_bytes())?;
                buffer.extend_from_slice(b"\r\n");
            }
            stream.write_all(&buffer)?;
            sleep(PACE);
        }
        Ok(())
    }

    fn is_down(&self, name: &str) -> bool {
        self.lock().contains(name)
    }

    fn elapsed_ms(&self) -> u64 {
        millis(self.began.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A segment is always the same bytes, and follows the one before it.
fn segment(number: u32, rate: u64) -> Vec<u8> {
    let count = (rate * SEGMENT_MS / 1000 / PACKET as u64).max(2);
    let mut packets = Packets::segment(rate, number, count);
    let mut bytes = Vec::new();
    (0..count).for_each(|_| packets.append(&mut bytes));
    bytes
}

fn rate(request: &Request) -> u64 {
    request.param("rate").and_then(|rate| rate.parse().ok()).unwrap_or(RATE).clamp(188, 10_000_000)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{PACKET, segment};

    #[test]
    fn a_segment_is_whole_packets_and_always_the_same() {
        let bytes = segment(7, 50_000);
        assert_eq!(bytes.len() % PACKET, 0);
        assert!((49_000..=50_000).contains(&bytes.len()));
        assert_eq!(bytes, segment(7, 50_000));
    }
}
