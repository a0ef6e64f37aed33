//! Real requests to a real server that misbehaves in one way each.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use acecast_config::{Answer, Ask, Fetch, FetchError, RemoteUrl, UreqFetch, load_nodes};

use crate::world::{World, ts};

fn fetch() -> UreqFetch {
    UreqFetch::new(ureq::Agent::config_builder().proxy(None).build().new_agent())
}

/// Hands every connection to `answer`, with the request's head.
fn server(mut answer: impl FnMut(String, &mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                head.push(byte[0]);
            }
            answer(String::from_utf8(head).unwrap(), &mut stream);
        }
    });
    format!("http://{address}")
}

fn get(url: &str, deadline: Duration) -> Result<Answer, FetchError> {
    let url: RemoteUrl = url.parse().unwrap();
    fetch().get(&url, Instant::now() + deadline)
}

fn soon() -> Duration {
    Duration::from_secs(5)
}

#[test]
fn status_headers_and_body_come_back() {
    let (sent, heads) = mpsc::channel();
    let url = server(move |head, stream| {
        sent.send(head).unwrap();
        stream
            .write_all(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n[]")
            .unwrap();
    });
    let answer = get(&url.replace("http://", "http://me:p%40ss@"), soon()).unwrap();
    let mut expected = Answer::new(302, "[]");
    expected.location = Some("/x".to_owned());
    expected.retry_after = Some(Duration::from_secs(7));
    assert_eq!(answer, expected);
    let head = heads.recv().unwrap().to_lowercase();
    assert!(head.contains("authorization: basic bwu6cebzcw=="), "{head}");
    get(&format!("{url}/p?a=1#fragment"), soon()).unwrap();
    let head = heads.recv().unwrap();
    assert!(head.starts_with("GET /p?a=1 HTTP/1.1\r\n"), "{head}");
    assert!(!head.to_lowercase().contains("authorization"), "{head}");
}

#[test]
fn nothing_listens_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(get(&format!("http://{free}/"), soon()), Err(FetchError::Refused));
}

#[test]
fn plain_http_behind_https_is_a_tls_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nthis is no TLS").unwrap();
        let _ = stream.read(&mut [0; 1024]);
    });
    let error = get(&format!("https://{address}/"), soon()).unwrap_err();
    assert!(matches!(error, FetchError::Tls(_)), "{error:?}");
}

#[test]
fn a_server_that_hangs_or_drips_costs_one_deadline() {
    for drip in [false, true] {
        let url = server(move |_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            while drip && stream.write_all(b" ").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
            thread::sleep(Duration::from_secs(30));
        });
        let started = Instant::now();
        let error = get(&url, Duration::from_millis(300)).unwrap_err();
        assert!(matches!(error, FetchError::TimedOut(_)), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[test]
fn a_body_that_is_cut_or_endless() {
    let url =
        server(|_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]").unwrap());
    let error = get(&url, soon()).unwrap_err();
    assert!(matches!(error, FetchError::Cut(_)), "{error:?}");

    let url = server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b' '; 1 << 13]).is_ok() {}
    });
    assert_eq!(get(&url, Duration::from_secs(20)), Err(FetchError::TooLarge));
}

#[test]
fn a_body_may_be_as_large_as_a_file_and_compressed() {
    let url = server(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(&vec![b' '; Answer::MAX_BODY]);
    });
    assert_eq!(get(&url, Duration::from_secs(20)).map(|answer| answer.body.len()), Ok(Answer::MAX_BODY));

    let url = server(|head, stream| {
        assert!(head.to_lowercase().contains("accept-encoding: gzip"), "{head}");
        let body =
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x8b\x8e\x05\x00\x29\xbb\x4c\x0d\x02\x00\x00\x00";
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    });
    assert_eq!(get(&url, soon()).map(|answer| answer.body), Ok(b"[]".to_vec()));
}

#[test]
fn no_http_at_all() {
    let url = server(|_, stream| stream.write_all(b"hello\r\n\r\n").unwrap());
    let error = get(&url, soon()).unwrap_err();
    assert!(matches!(error, FetchError::Other(_) | FetchError::Connection(_)), "{error:?}");
}

#[test]
fn lists_come_over_the_wire_with_redirects_and_metadata() {
    let (sent, heads) = mpsc::channel();
    let body = format!("{{\"result\": [{}]}}", ts(&[]));
    let url = server(move |head, stream| {
        let line = head.lines().next().unwrap().to_owned();
        let answer = if line.starts_with("GET /moved") {
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        } else {
            "HTTP/1.1 307 Go\r\nConnection: close\r\nLocation: moved\r\nContent-Length: 0\r\n\r\n".to_owned()
        };
        sent.send(line).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let world = World::new();
    let app = world.app(&format!("{{\"source_node\": \"{url}/list?host=a\"}}"));
    let lists = load_nodes(&app, Ask::both().with_metadata(), &fetch());
    assert_eq!(world.text(&lists.problems()), "");
    assert_eq!(lists.sources.unwrap().unwrap().nodes.len(), 1);
    let lines: Vec<String> = heads.try_iter().collect();
    assert_eq!(lines, ["GET /list?host=a&get_metadata HTTP/1.1", "GET /moved HTTP/1.1"]);
}

#[test]
fn html_from_a_server_changes_nothing() {
    let url = server(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>").unwrap();
    });
    let world = World::new();
    let app = world.app(&format!("{{\"source_node\": \"{url}/x?token=t\"}}"));
    let lists = load_nodes(&app, Ask::both(), &fetch());
    assert_eq!(
        world.text(&lists.problems()),
        format!("{url}/x?token=****:1:1: found HTML or XML, expected JSON\n")
    );
}
