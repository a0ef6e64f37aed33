//! An answer, with the headers that every one has.

use std::io::{self, Write};

/// What a document may do where a browser shows it: nothing.
const NOTHING_ALLOWED: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Status, headers and body.
#[derive(Clone, Debug)]
pub(super) struct Response {
    status: u16,
    kind: &'static str,
    policy: String,
    more: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A body of this kind.
    pub(super) fn new(status: u16, kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Response { status, kind, policy: NOTHING_ALLOWED.to_owned(), more: Vec::new(), body: body.into() }
    }

    /// One line for people.
    pub(super) fn text(status: u16, line: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{line}\n"))
    }

    /// Go there.
    pub(super) fn see(place: &'static str) -> Self {
        Self::text(303, "see the other page").with("Location", place)
    }

    /// With a header more. Its value has no line breaks: none is made of what a client sent.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// A browser may do what this policy says.
    pub(super) fn allowing(mut self, policy: &str) -> Self {
        policy.clone_into(&mut self.policy);
        self
    }

    /// Sends it; of an answer to HEAD only the head.
    pub(super) fn send(&self, to: &mut dyn Write, is_head: bool) -> io::Result<()> {
        let Response { status, kind, policy, more, body } = self;
        let mut bytes = format!(
            "HTTP/1.1 {status} {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\
             Content-Security-Policy: {policy}\r\nX-Content-Type-Options: nosniff\r\n\
             Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n\
             Cache-Control: no-store\r\n",
            phrase(*status),
            body.len(),
        );
        for (name, value) in more {
            bytes.extend([name, ": ", value, "\r\n"]);
        }
        let mut bytes = (bytes + "\r\n").into_bytes();
        if !is_head {
            bytes.extend_from_slice(body);
        }
        to.write_all(&bytes)
    }
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
