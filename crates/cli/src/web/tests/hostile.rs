//! Requests that were made to hurt: each gets an answer or a closed connection, and the next one is served.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use super::world::{connect, get, hear, locked, open, parts, say};

const GOOD: &[u8] = b"GET /api/status HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";

/// A small generator of numbers that are the same in every run.
fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    }
}

#[test]
fn cut_anywhere() {
    let server = open();
    for length in 0..GOOD.len() {
        let mut stream = connect(&server);
        stream.write_all(&GOOD[..length]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = hear(&mut stream);
        assert!(
            if length == 0 { answer.is_empty() } else { parts(&answer).status == 400 },
            "{length}: {answer}"
        );
    }
    assert_eq!(get(&server, "/api/status").status, 200);
}

#[test]
fn disturbed_anywhere() {
    let server = locked("token");
    let mut next = numbers(0x5eed_0001);
    for round in 0..600 {
        let mut bytes = if round % 2 == 0 {
            GOOD.to_vec()
        } else {
            b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\ntoken=token".to_vec()
        };
        for _ in 0..=next() % 4 {
            let at = usize::try_from(next()).unwrap() % bytes.len();
            bytes[at] = u8::try_from(next() & 255).unwrap();
        }
        let mut stream = connect(&server);
        // The server may hang up before it has read everything.
        let _ = stream.write_all(&bytes).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 "), "round {round}: {bytes:?}");
        assert!(
            !answer.starts_with(b"HTTP/1.1 200") || !bytes.starts_with(b"GET /api/status "),
            "round {round}"
        );
    }
    assert_eq!(get(&server, "/healthz").status, 200);
}

#[test]
fn of_another_protocol() {
    let server = open();
    let hello: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";
    for bytes in [
        hello,
        b"SSH-2.0-x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        assert_eq!(parts(&say(&server, bytes)).status, 400, "{bytes:?}");
    }
}

#[test]
fn pipelined_or_with_a_body_only_the_first_is_answered() {
    let server = open();
    let answer = say(&server, &GOOD.repeat(50));
    assert_eq!((parts(&answer).status, answer.matches("HTTP/1.1").count()), (200, 1));
    let smuggled = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = say(&server, smuggled);
    assert_eq!((parts(&answer).body.as_str(), answer.matches("HTTP/1.1").count()), ("ok\n", 1));
}

#[test]
fn nothing_of_a_request_comes_back() {
    let server = locked("token");
    let path = "/<script>alert(1)</script>";
    for answer in [get(&server, path), super::world::log_in(&server, "token=<script>alert(1)</script>")] {
        assert!(!answer.body.contains("alert(1)") && !answer.head.contains("alert(1)"));
    }
}
