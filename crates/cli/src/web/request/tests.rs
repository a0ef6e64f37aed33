use super::*;

/// Gives its bytes in such pieces, and then is at its end.
struct Pieces(Vec<Vec<u8>>);

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some(first) = self.0.first_mut() else { return Ok(0) };
        let n = first.len().min(into.len());
        into[..n].copy_from_slice(&first[..n]);
        first.drain(..n);
        if first.is_empty() {
            self.0.remove(0);
        }
        Ok(n)
    }
}

fn read(bytes: &[u8]) -> Result<Request, Refused> {
    Request::read(&mut &bytes[..])
}

#[track_caller]
fn refused(text: &str, why: Refused) {
    assert_eq!(read(text.as_bytes()), Err(why), "{text:?}");
}

#[test]
fn the_same_in_any_pieces() {
    let text = b"POST /login?x=1#y HTTP/1.1\r\nHost: h\r\nX-A:  b c\t\r\nContent-Length: 5\r\n\r\n12345GET / HTTP/1.1";
    for size in 1..text.len() {
        let mut from = Pieces(text.chunks(size).map(<[u8]>::to_vec).collect());
        let mut request = Request::read(&mut from).unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str(), request.host()),
            ("POST", "/login", Some("h"))
        );
        assert_eq!(request.headers("x-a").collect::<Vec<_>>(), ["b c"]);
        assert_eq!(request.body(&mut from).unwrap(), b"12345", "pieces of {size}");
    }
}

#[test]
fn a_target_in_absolute_form_names_the_host() {
    let request = read(b"GET http://example.com?q HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!((request.host(), request.path.as_str()), (Some("example.com"), "/"));
}

#[test]
fn what_is_not_plainly_http_is_malformed() {
    for line in [
        "GET /",
        "GET / HTTP/2.0",
        "GET  / HTTP/1.1",
        "G(T / HTTP/1.1",
        "GET /\u{e9} HTTP/1.1",
        "GET / HTTP/1.1 x",
        "",
        " ",
    ] {
        refused(&format!("{line}\r\nHost: h\r\n\r\n"), Refused::Malformed);
    }
    for headers in [
        "",
        "Host: a\r\nHost: b\r\n",
        "Host: h\r\nx\r\n",
        "Host: h\r\nA : b\r\n",
        "Host: h\r\n b: c\r\n",
        "Host: h\r\nA: \0\r\n",
        "Host: h\r\nA: x\ry\r\n",
    ] {
        refused(&format!("GET / HTTP/1.1\r\n{headers}\r\n"), Refused::Malformed);
    }
    refused("GET / HTTP/1.1\r\nHost: h\r\n", Refused::Malformed);
    assert_eq!(read(b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n"), Err(Refused::Malformed));
    refused("", Refused::Gone);
    assert!(read(b"GET / HTTP/1.0\r\n\r\n").unwrap().host().is_none());
}

#[test]
fn a_head_may_be_as_long_as_the_limit_and_no_longer() {
    let start = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    let filled = |length: usize| format!("{start}{}\r\n\r\n", "a".repeat(length - start.len()));
    assert!(read(filled(MAX_HEAD).as_bytes()).is_ok());
    refused(&filled(MAX_HEAD + 1), Refused::LongHead);
    // Nor is an endless one read to its end.
    assert_eq!(Request::read(&mut std::io::repeat(b'a')), Err(Refused::LongHead));
}

#[test]
fn only_a_body_of_a_known_and_small_length_is_read() {
    let body = |headers: &str, bytes: &[u8]| {
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\n{headers}\r\n");
        let mut from = Pieces(vec![head.into_bytes(), bytes.to_vec()]);
        Request::read(&mut from).unwrap().body(&mut from)
    };
    let full = vec![b'a'; MAX_BODY];
    assert_eq!(body(&format!("Content-Length: {MAX_BODY}\r\n"), &full), Ok(full.clone()));
    assert_eq!(body(&format!("Content-Length: {}\r\n", MAX_BODY + 1), &full), Err(Refused::LongBody));
    assert_eq!(body("Content-Length: 99999999999999999999999\r\n", b""), Err(Refused::LongBody));
    assert_eq!(body("", b"a"), Err(Refused::NoLength));
    assert_eq!(body("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", b"a"), Err(Refused::NoLength));
    for wrong in ["-1", "+1", "1, 1", "1x"] {
        let headers = format!("Content-Length: {wrong}\r\n");
        assert_eq!(body(&headers, b"a"), Err(Refused::Malformed), "{wrong}");
    }
    assert_eq!(body("Content-Length: 1\r\nContent-Length: 1\r\n", b"a"), Err(Refused::Malformed));
    assert_eq!(body("Content-Length: 2\r\n", b"a"), Err(Refused::Slow));
}
