//! The asking side: GET, and a body that may never end.

use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use crate::http::server::{header, read_line};

/// What is read at once from a stream, and so what an idle one costs.
const BUFFER: usize = 32 * 1024;

/// The start of an answer; its body is still to be read.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Body<TcpStream>,
}

/// Asks for `url`; every read and write may take `timeout`.
pub(crate) fn get(url: &str, headers: &[String], timeout: Duration) -> io::Result<Response> {
    let Url { authority, target } = Url::parse(url)?;
    let with_port = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "no address");
    for address in with_port.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => return ask(stream, authority, &target, headers, timeout),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The whole body of `url`, which must answer 200 with at most `limit` bytes.
pub(crate) fn fetch(url: &str, timeout: Duration, limit: u64) -> io::Result<Vec<u8>> {
    let response = get(url, &[], timeout)?;
    if response.status != 200 {
        return Err(io::Error::other(format!("answered {}", response.status)));
    }
    let mut bytes = Vec::new();
    response.body.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn ask(
    mut stream: TcpStream,
    authority: &str,
    target: &str,
    headers: &[String],
    timeout: Duration,
) -> io::Result<Response> {
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    let mut request = format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
    for line in headers {
        request.push_str(line);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes())?;
    let mut reader = BufReader::with_capacity(BUFFER, stream);
    let first = read_line(&mut reader)?;
    let status = first.split_ascii_whitespace().nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no HTTP answer"))?;
    let mut lines = Vec::new();
    loop {
        match read_line(&mut reader)? {
            line if line.is_empty() => break,
            line => lines.push(line),
        }
    }
    Ok(Response { status, body: Body::framed(reader, &lines) })
}

/// A body by its framing: a length, chunks, or all until the connection closes.
pub(crate) struct Body<S> {
    reader: BufReader<S>,
    framing: Framing,
    drained: bool,
}

enum Framing {
    Length(u64),
    /// Bytes left of the current chunk; nothing before the first one.
    Chunks(Option<u64>),
    UntilClose,
}

impl<S: Read> Body<S> {
    pub(crate) fn framed(reader: BufReader<S>, header_lines: &[String]) -> Self {
        let chunked = header(header_lines, "transfer-encoding").is_some_and(|v| v.contains("chunked"));
        let length = header(header_lines, "content-length").and_then(|v| v.parse().ok());
        let framing = match length {
            _ if chunked => Framing::Chunks(None),
            Some(length) => Framing::Length(length),
            None => Framing::UntilClose,
        };
        Self { reader, framing, drained: false }
    }

    /// True if all that had arrived was taken: a good moment to pause.
    pub(crate) fn drained(&self) -> bool {
        self.drained && self.reader.buffer().is_empty()
    }

    /// What has arrived, at most a buffer; empty at the end. To be followed by `consume`.
    fn arrived(&mut self) -> io::Result<&[u8]> {
        let left = match &mut self.framing {
            Framing::UntilClose => u64::MAX,
            Framing::Length(left) => *left,
            Framing::Chunks(left) => {
                if left.is_none_or(|left| left == 0) {
                    *left = Some(next_chunk(&mut self.reader, left.is_some())?);
                }
                left.unwrap_or(0)
            }
        };
        if left == 0 {
            return Ok(&[]);
        }
        if self.reader.buffer().is_empty() {
            self.drained = self.reader.fill_buf()?.len() < BUFFER;
        }
        let bytes = self.reader.buffer();
        if bytes.is_empty() && !matches!(self.framing, Framing::UntilClose) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(&bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))])
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        if let Framing::Length(left) | Framing::Chunks(Some(left)) = &mut self.framing {
            *left -= count as u64;
        }
    }

    /// Hands what has arrived to `take`; false at the end.
    pub(crate) fn pull(&mut self, take: impl FnOnce(&[u8])) -> io::Result<bool> {
        let bytes = self.arrived()?;
        let count = bytes.len();
        if count > 0 {
            take(bytes);
            self.consume(count);
        }
        Ok(count > 0)
    }
}

impl<S: Read> Read for Body<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.arrived()?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// The next chunk's size; the last one is 0. The line end after a chunk's bytes belongs to the framing.
fn next_chunk(reader: &mut impl BufRead, after_bytes: bool) -> io::Result<u64> {
    if after_bytes {
        read_line(reader)?;
    }
    let line = read_line(reader)?;
    let digits = line.split(';').next().unwrap_or_default().trim();
    u64::from_str_radix(digits, 16).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "bad chunk"))
}

struct Url<'a> {
    authority: &'a str,
    target: String,
}

impl<'a> Url<'a> {
    fn parse(url: &'a str) -> io::Result<Self> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "only http:// URLs can be asked");
        let rest = url.strip_prefix("http://").ok_or_else(invalid)?;
        let rest = rest.split('#').next().unwrap_or_default();
        let cut = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(cut);
        let host = authority.rsplit('@').next().unwrap_or_default();
        if host.is_empty() {
            return Err(invalid());
        }
        let slash = if target.starts_with('/') { "" } else { "/" };
        Ok(Self { authority: host, target: format!("{slash}{target}") })
    }
}

/// `reference` as seen from the document at `base`.
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    if reference.contains("://") {
        return reference.to_owned();
    }
    let base = base.split(['?', '#']).next().unwrap_or_default();
    let path_at = base.find("://").and_then(|at| base[at + 3..].find('/').map(|slash| at + 3 + slash));
    let root = path_at.map_or(base, |at| &base[..at]);
    if reference.starts_with('/') {
        return format!("{root}{reference}");
    }
    let folder = path_at.and_then(|_| base.rfind('/')).map_or("", |slash| &base[root.len()..slash]);
    format!("{root}{folder}/{reference}")
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read as _};

    use super::{Body, Url, resolve};

    #[track_caller]
    fn body(wire: &str, header: &str) -> std::io::Result<String> {
        let mut text = String::new();
        Body::framed(BufReader::new(wire.as_bytes()), &[header.to_owned()]).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn each_framing_ends_where_it_says() {
        assert_eq!(
            body("4\r\nfour\r\n2;x\r\n!!\r\n0\r\n\r\n", "Transfer-Encoding: chunked").unwrap(),
            "four!!"
        );
        assert_eq!(body("four!!rest", "content-length: 6").unwrap(), "four!!");
        assert_eq!(body("until close", "Server: x").unwrap(), "until close");
    }

    #[test]
    fn a_cut_body_is_an_error() {
        assert!(body("four", "Content-Length: 6").is_err());
        assert!(body("9\r\nfour", "Transfer-Encoding: chunked").is_err());
    }

    #[test]
    fn urls_have_an_authority_and_a_target() {
        let url = Url::parse("http://user:pw@host:81?token=1#x").unwrap();
        assert_eq!((url.authority, url.target.as_str()), ("host:81", "/?token=1"));
        assert_eq!(Url::parse("http://host").unwrap().target, "/");
        assert!(Url::parse("https://host/").is_err());
    }

    #[test]
    fn references_resolve_against_their_document() {
        let base = "http://h:1/hls/a/index.m3u8?token=x/y";
        assert_eq!(resolve(base, "7.ts?a=1"), "http://h:1/hls/a/7.ts?a=1");
        assert_eq!(resolve(base, "/7.ts"), "http://h:1/7.ts");
        assert_eq!(resolve(base, "http://o/7.ts"), "http://o/7.ts");
        assert_eq!(resolve("http://h:1", "7.ts"), "http://h:1/7.ts");
    }
}
