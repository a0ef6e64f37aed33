use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use acecast_reconcile::{Port, Secret};

use super::{AskNode, NodeClient, Silence};

/// A node that serves one connection: it reads the request and does as told. Gives its port and the request.
fn node(serve: impl FnOnce(&mut TcpStream) + Send + 'static) -> (Port, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = Port::try_from(u64::from(listener.local_addr().unwrap().port())).unwrap();
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
            request.push(byte[0]);
        }
        send.send(String::from_utf8(request).unwrap()).unwrap();
        serve(&mut stream);
    });
    (port, receive)
}

fn answers(text: &str) -> (Port, mpsc::Receiver<String>) {
    let text = text.to_owned();
    node(move |stream| stream.write_all(text.as_bytes()).unwrap())
}

fn ask(port: Port) -> Result<crate::Answer, Silence> {
    NodeClient::with_deadline(Duration::from_secs(30)).ask(port, None)
}

const OK: &str = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n";

#[test]
fn an_answer_with_repeated_headers_is_an_answer() {
    // A support node repeats the request's headers in its answer (seen on 3.2.3).
    let body = r#"{"status": "running"}"#;
    let (port, request) = answers(&format!("{OK}Host: 127.0.0.1\r\nhost: 127.0.0.1\r\n\r\n{body}"));
    assert_eq!(ask(port).unwrap().status(), Some("running"));
    let request = request.recv().unwrap();
    assert!(request.starts_with("GET /app/monitor HTTP/1.1\r\n"), "{request}");
    assert_eq!(
        request.lines().filter(|line| line.contains(':')).count(),
        1,
        "as few headers as possible: {request}"
    );
}

#[test]
fn the_token_is_part_of_the_path() {
    let (port, request) = answers(&format!("{OK}\r\n{{}}"));
    NodeClient::new().ask(port, Some(&Secret::new("s3cret"))).unwrap();
    assert!(request.recv().unwrap().starts_with("GET /app/s3cret/monitor "));
}

#[test]
fn a_node_that_hangs_or_drips_costs_one_deadline() {
    for text in ["", "HTTP/1.0 200 OK\r\n\r\n{"] {
        let (done, wait) = mpsc::channel::<()>();
        let (port, _request) = node(move |stream| {
            stream.write_all(text.as_bytes()).unwrap();
            // One byte now and then never lets a timeout for a single read pass.
            while wait.recv_timeout(Duration::from_millis(50)) == Err(mpsc::RecvTimeoutError::Timeout) {
                if !text.is_empty() && stream.write_all(b" ").is_err() {
                    break;
                }
            }
        });
        let began = Instant::now();
        let deadline = Duration::from_millis(300);
        let silence = NodeClient::with_deadline(deadline).ask(port, None).unwrap_err();
        assert!(matches!(silence, Silence::TimedOut(_)), "{silence:?}");
        assert!(began.elapsed() >= deadline);
        drop(done);
    }
}

#[test]
fn whatever_is_no_status_is_silence_with_its_reason() {
    let silence = |text: &str| ask(answers(text).0).unwrap_err().to_string();
    assert_eq!(silence("HTTP/1.0 500 Oops\r\n\r\nsorry\n"), "answered HTTP 500: sorry");
    assert_eq!(silence("HTTP/1.0 400 Bad\r\n\r\naccess denied"), "answered HTTP 400: access denied");
    assert_eq!(silence(&format!("{OK}\r\n<html>\u{1b}[2J")), "answered no JSON object: <html>\\u{1b}[2J");
    assert_eq!(
        silence(&format!("{OK}\r\n{{\"status\": \"run")),
        "answered no JSON object: {\"status\": \"run"
    );
    assert_eq!(silence(&format!("{OK}\r\n[]")), "answered no JSON object: []");
    assert_eq!(silence(&format!("{OK}\r\n")), "answered no JSON object");
    assert_eq!(silence("HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n"), "answered HTTP 302");
    assert!(matches!(ask(answers("SSH-2.0-x\r\n").0), Err(Silence::Request(_))));
}

#[test]
fn an_endless_answer_ends_at_the_cap() {
    let (port, _request) = node(|stream| {
        stream.write_all(format!("{OK}\r\n").as_bytes()).unwrap();
        while stream.write_all(&vec![b' '; 65_536]).is_ok() {}
    });
    assert!(matches!(ask(port), Err(Silence::TooLarge)));
}

#[test]
fn a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = Port::try_from(u64::from(listener.local_addr().unwrap().port())).unwrap();
    drop(listener);
    assert!(matches!(ask(port), Err(Silence::Refused)));
}
