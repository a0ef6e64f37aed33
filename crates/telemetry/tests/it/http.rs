//! What is sent over the wire, and servers that misbehave in one way each.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use acecast_telemetry::{Failure, Patience, Post, PostError, Receiver, Reply, send};

use crate::server::{agent, answer, header, listen, post, server, soon};

#[test]
fn a_document_arrives_whole_with_its_headers() {
    let (sent, requests) = mpsc::channel();
    let url = server(move |head, body, stream| {
        sent.send((head, body)).unwrap();
        answer(stream, "201 Created", "", "thanks");
    });
    let document = format!("{{\"a\":\"é{}\"}}", "x".repeat(300_000));
    let with_userinfo = url.replace("http://", "http://me:p%40ss@");
    let reply = post(&format!("{with_userinfo}/in?token=abc#part"), &document, soon()).unwrap();
    assert_eq!((reply.status, reply.retry_after, reply.body.as_slice()), (201, None, &b"thanks"[..]));

    let (head, body) = requests.recv().unwrap();
    assert!(head.starts_with("POST /in?token=abc HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "content-type"), Some("application/json"));
    assert_eq!(header(&head, "accept"), Some("application/json"));
    assert_eq!(header(&head, "authorization"), Some("Basic bWU6cEBzcw=="));
    assert_eq!(header(&head, "host"), url.strip_prefix("http://"));
    assert!(body == document);

    post(&url, "{}", soon()).unwrap();
    let (head, _) = requests.recv().unwrap();
    assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "authorization"), None);
}

#[test]
fn a_redirect_is_not_followed() {
    let (other, other_address) = listen();
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Go", "308 Go"] {
        let location = format!("Location: http://{other_address}/\r\n");
        let url = server(move |_, _, stream| answer(stream, status, &location, ""));
        let to = Receiver::new(&url.replace("http://", "http://me:pw@")).unwrap();
        let patience = Patience::until(Instant::now() + soon());
        let error = send(&agent(), &to, b"{}", &patience, &|_| panic!("no second try")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "status {}: the server redirects to another place; a POST is not sent there",
                &status[..3]
            )
        );
    }
    other.set_nonblocking(true).unwrap();
    let nobody = other.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn statuses_are_replies_and_say_when_to_come_back() {
    let replied = |headers: &'static str| {
        let url = server(move |_, _, stream| answer(stream, "503 Busy", headers, "{\"error\":\"busy\"}"));
        let reply = post(&url, "{}", soon()).unwrap();
        assert_eq!((reply.status, &reply.body[..]), (503, &b"{\"error\":\"busy\"}"[..]));
        reply.retry_after
    };
    assert_eq!(replied(""), None);
    assert_eq!(replied("Retry-After: 7\r\n"), Some(Duration::from_secs(7)));
    assert_eq!(replied("Retry-After: soon\r\n"), None);
    assert_eq!(
        replied("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n"),
        Some(Duration::from_secs(30))
    );
}

#[test]
fn nothing_listens_there() {
    let (listener, address) = listen();
    drop(listener);
    assert_eq!(post(&format!("http://{address}/"), "{}", soon()), Err(PostError::Refused));
}

/// That it fails with a time-out, and does so in time.
#[track_caller]
fn times_out(url: &str, body: &str) {
    let deadline = Duration::from_millis(300);
    let started = Instant::now();
    let error = post(url, body, deadline).unwrap_err();
    assert!(matches!(error, PostError::TimedOut(waited) if waited <= deadline), "{error:?}");
    assert!((deadline..Duration::from_secs(5)).contains(&started.elapsed()), "{:?}", started.elapsed());
}

#[test]
fn a_server_that_is_silent_drips_or_takes_nothing_costs_one_deadline() {
    // Connections wait to be accepted: nobody reads, nobody answers.
    let (_deaf, address) = listen();
    times_out(&format!("http://{address}"), "{}");
    times_out(&format!("http://{address}"), &" ".repeat(32 * 1024 * 1024));

    let (ended, end) = mpsc::channel::<()>();
    let head = server(move |_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = ended.send(());
    });
    times_out(&head, "{}");
    // The connection is given up, too.
    end.recv_timeout(soon()).unwrap();

    let body = server(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    times_out(&body, "{}");
}

#[test]
fn a_deadline_that_has_passed_sends_nothing() {
    let (listener, address) = listen();
    let error = post(&format!("http://{address}"), "{}", Duration::ZERO).unwrap_err();
    assert_eq!(error, PostError::TimedOut(Duration::ZERO));
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err());
}

#[test]
fn answers_are_bounded() {
    let endless = server(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b' '; 1 << 13]).is_ok() {}
    });
    assert_eq!(post(&endless, "{}", soon()), Err(PostError::TooLarge));
    let largest = server(|_, _, stream| answer(stream, "200 OK", "", &" ".repeat(Reply::MAX_BODY)));
    assert_eq!(post(&largest, "{}", soon()).map(|reply| reply.body.len()), Ok(Reply::MAX_BODY));
    let larger = server(|_, _, stream| {
        let _ = stream
            .write_all(format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(Reply::MAX_BODY + 1)).as_bytes());
    });
    assert_eq!(post(&larger, "{}", soon()), Err(PostError::TooLarge));
    let head = server(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").is_ok() {}
    });
    let error = post(&head, "{}", soon()).unwrap_err();
    assert!(matches!(error, PostError::Other(_)), "{error:?}");
}

#[test]
fn answers_that_end_too_soon() {
    let none = server(|_, _, _| {});
    let error = post(&none, "{}", soon()).unwrap_err();
    assert!(matches!(error, PostError::Connection(_)), "{error:?}");
    for cut in ["Content-Length: 9\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"] {
        let url = server(move |_, _, stream| {
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{cut}").as_bytes()).unwrap();
        });
        let error = post(&url, "{}", soon()).unwrap_err();
        assert!(matches!(error, PostError::Cut(_)), "{error:?}");
    }
}

#[test]
fn what_is_no_http_is_no_answer() {
    let url = server(|_, _, stream| stream.write_all(b"hello \x1b[2J\r\n\r\n").unwrap());
    let error = post(&url, "{}", soon()).unwrap_err();
    assert!(matches!(error, PostError::Other(_)), "{error:?}");
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn a_document_arrives_at_the_third_try() {
    let mut tries = 0;
    let url = server(move |_, body, stream| {
        assert_eq!(body, "{}");
        tries += 1;
        match tries {
            1 => {}
            2 => answer(stream, "429 Slow down", "Retry-After: 9\r\n", ""),
            _ => answer(stream, "200 OK", "", "thanks"),
        }
    });
    let to = Receiver::new(&url).unwrap();
    let waits = RefCell::new(Vec::new());
    let wait = |pause| {
        waits.borrow_mut().push(pause);
        true
    };
    let patience = Patience::until(Instant::now() + Duration::from_secs(60));
    let sent = send(&agent(), &to, b"{}", &patience, &wait).unwrap();
    assert_eq!((sent.attempts, sent.status, &sent.body[..]), (3, 200, &b"thanks"[..]));
    let waits = waits.into_inner();
    assert!(waits.len() == 2 && waits[1] >= Duration::from_secs(9), "{waits:?}");
}

#[test]
fn a_dead_server_costs_the_patience_and_no_more() {
    let (_deaf, address) = listen();
    let to = Receiver::new(&format!("http://{address}")).unwrap();
    let (started, deadline) = (Instant::now(), Duration::from_millis(600));
    let mut patience = Patience::until(started + deadline);
    patience.attempt = Duration::from_millis(100);
    patience.first_wait = Duration::from_millis(10);
    let error = send(&agent(), &to, b"{}", &patience, &|pause| {
        thread::sleep(pause);
        true
    })
    .unwrap_err();
    assert!(matches!(error.last, Failure::Post(PostError::TimedOut(_))), "{error:?}");
    assert!((2..=6).contains(&error.attempts), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn connections_are_used_again() {
    let (listener, address) = listen();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for _ in 0..3 {
            crate::server::request(&mut stream);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        }
        // Whoever opened a second connection would wait for an answer without end.
        let _ = stream.read(&mut [0]);
    });
    let (to, agent) = (Receiver::new(&format!("http://{address}")).unwrap(), agent());
    for _ in 0..3 {
        agent.post(&to, b"{}", Instant::now() + soon()).unwrap();
    }
    drop(agent);
    server.join().unwrap();
}
