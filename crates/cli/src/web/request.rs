//! A request, read strictly: what is not plainly HTTP/1.x is refused, because two readings of one request are how
//! checks are got around.

use std::io::Read;

/// Longer heads are refused.
pub(super) const MAX_HEAD: usize = 16 * 1024;

/// Longer bodies are refused: the only one that is read is a token's.
pub(super) const MAX_BODY: usize = 4 * 1024;

/// The line, the headers and, where it is wanted, the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// Without the query, which has no effect.
    pub(super) path: String,
    /// The host of a target in absolute form, which counts more than the header.
    authority: Option<String>,
    /// In lower case and in order, values without spaces around them.
    headers: Vec<(String, String)>,
    /// What came after the head by chance.
    begun: Vec<u8>,
}

/// Why a request is not answered as it was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The client is gone, too slow, or said nothing: there is nobody to answer.
    Gone,
    /// It began and did not end in time.
    Slow,
    /// Not HTTP/1.x.
    Malformed,
    /// The head is too long.
    LongHead,
    /// The body is too long.
    LongBody,
    /// A body without a length.
    NoLength,
}

impl Request {
    /// Reads the head.
    pub(super) fn read(from: &mut dyn Read) -> Result<Request, Refused> {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 2048]);
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) if bytes.is_empty() => return Err(Refused::Gone),
                Ok(0) => return Err(Refused::Malformed),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) if bytes.is_empty() => return Err(Refused::Gone),
                Err(_) => return Err(Refused::Slow),
            };
            // The end may lie across two reads.
            let seen = bytes.len().saturating_sub(3);
            bytes.extend_from_slice(&buffer[..read]);
            let end = bytes[seen..].windows(4).position(|four| four == b"\r\n\r\n").map(|at| seen + at);
            if end.unwrap_or(bytes.len()) > MAX_HEAD {
                return Err(Refused::LongHead);
            }
            if let Some(end) = end {
                let begun = bytes.split_off(end + 4);
                bytes.truncate(end);
                return parse(&bytes, begun).ok_or(Refused::Malformed);
            }
        }
    }

    /// The values of a header, whose name is given in lower case.
    pub(super) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The host that it names.
    pub(super) fn host(&self) -> Option<&str> {
        self.authority.as_deref().or_else(|| self.headers("host").next())
    }

    /// Reads the body.
    pub(super) fn body(&mut self, from: &mut dyn Read) -> Result<Vec<u8>, Refused> {
        if self.headers("transfer-encoding").next().is_some() {
            return Err(Refused::NoLength);
        }
        let mut lengths = self.headers("content-length");
        let length = match (lengths.next(), lengths.next()) {
            (Some(length), None) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                length.parse().unwrap_or(usize::MAX)
            }
            (None, _) => return Err(Refused::NoLength),
            _ => return Err(Refused::Malformed),
        };
        drop(lengths);
        if length > MAX_BODY {
            return Err(Refused::LongBody);
        }
        let mut body = std::mem::take(&mut self.begun);
        body.truncate(length);
        let begun = body.len();
        body.resize(length, 0);
        from.read_exact(&mut body[begun..]).map_err(|_| Refused::Slow)?;
        Ok(body)
    }
}

fn parse(head: &[u8], begun: Vec<u8>) -> Option<Request> {
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !is_token(method) || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let needs_host = match version {
        "HTTP/1.1" => true,
        "HTTP/1.0" => false,
        _ => return None,
    };
    let headers = lines.map(header).collect::<Option<Vec<_>>>()?;
    let hosts = headers.iter().filter(|(name, _)| name == "host").count();
    if hosts > 1 || hosts == 0 && needs_host {
        return None;
    }
    let (authority, path) = match target.strip_prefix("http://") {
        Some(absolute) => {
            let end = absolute.find(['/', '?']).unwrap_or(absolute.len());
            (Some(absolute[..end].to_owned()), &absolute[end..])
        }
        None => (None, target),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = if path.is_empty() && authority.is_some() { "/" } else { path };
    Some(Request { method: method.to_owned(), path: path.to_owned(), authority, headers, begun })
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let value = value.trim_matches([' ', '\t']);
    let is_fine = is_token(name) && !value.chars().any(|c| c.is_control() && c != '\t');
    is_fine.then(|| (name.to_ascii_lowercase(), value.to_owned()))
}

/// RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

#[cfg(test)]
mod tests;
