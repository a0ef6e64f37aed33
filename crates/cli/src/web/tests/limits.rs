//! What one client may cost.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::world::{Made, ask, connect, get, hear, locked, open, parts, with};
use crate::web::Pages;
use crate::web::slots::PLACES;

/// Pages whose plan takes until it is told to be ready.
struct Slow {
    begun: SyncSender<()>,
    go_on: Mutex<Receiver<()>>,
}

impl Pages for Slow {
    fn status(&self) -> Value {
        json!({})
    }

    fn plan(&self) -> Value {
        self.begun.send(()).unwrap();
        let _ = self.go_on.lock().unwrap().recv();
        json!({"schema": 1})
    }

    fn events(&self) -> Value {
        panic!("these pages have no events")
    }

    fn metrics(&self, _: acecast_telemetry::metrics::Format) -> String {
        "m".repeat(64 * 1024 * 1024)
    }

    fn is_ready(&self) -> bool {
        true
    }
}

fn slow() -> (Slow, Receiver<()>, SyncSender<()>) {
    let (begun, begins) = sync_channel(PLACES);
    let (go, go_on) = sync_channel(PLACES);
    (Slow { begun, go_on: Mutex::new(go_on) }, begins, go)
}

#[test]
fn sixteen_are_served_at_once_and_the_next_one_is_turned_away() {
    let (pages, begins, go) = slow();
    let server = with(Arc::new(pages), None);
    thread::scope(|scope| {
        let served: Vec<_> = (0..PLACES).map(|_| scope.spawn(|| get(&server, "/api/plan").status)).collect();
        for _ in 0..PLACES {
            begins.recv().unwrap();
        }
        // Their requests are complete, so they keep their places.
        let mut next = connect(&server);
        next.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let answer = parts(&hear(&mut next));
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
        for _ in 0..PLACES {
            go.send(()).unwrap();
        }
        assert!(served.into_iter().all(|client| client.join().unwrap() == 200));
    });
    assert_eq!(get(&server, "/healthz").status, 200);
}

#[test]
fn the_silent_make_room_for_those_who_speak() {
    let server = locked("token");
    let mut silent: Vec<TcpStream> = (0..PLACES * 2).map(|_| connect(&server)).collect();
    for half in &mut silent[PLACES..] {
        // One that has lost its place already is as good.
        let _ = half.write_all(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ntok");
    }
    let begun = Instant::now();
    for _ in 0..3 {
        assert_eq!(get(&server, "/healthz").status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(9), "they were not waited for");
    // The oldest one has lost its connection.
    let mut first = silent.swap_remove(0);
    assert_eq!(hear(&mut first), "");
}

#[test]
fn a_client_has_ten_seconds_however_busy_it_seems() {
    let server = open();
    thread::scope(|scope| {
        let silent = scope.spawn(|| {
            let begun = Instant::now();
            assert_eq!(hear(&mut connect(&server)), "");
            begun.elapsed()
        });
        let dripping = scope.spawn(|| {
            let (mut stream, begun) = (connect(&server), Instant::now());
            stream.write_all(b"GET / HTTP/1.1\r\nA: ").unwrap();
            let mut reader = stream.try_clone().unwrap();
            let heard = scope.spawn(move || hear(&mut reader));
            // A byte a moment: no single read takes long.
            while !heard.is_finished() && stream.write_all(b"a").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
            assert_eq!(parts(&heard.join().unwrap()).status, 408);
            begun.elapsed()
        });
        for took in [silent.join().unwrap(), dripping.join().unwrap()] {
            assert!((Duration::from_secs(9)..Duration::from_secs(20)).contains(&took), "{took:?}");
        }
    });
}

#[test]
fn who_does_not_take_an_answer_loses_it_and_keeps_nobody_waiting() {
    let (pages, _begins, _go) = slow();
    let server = with(Arc::new(pages), None);
    let mut stuck = connect(&server);
    stuck.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(get(&server, "/healthz").status, 200);
    let begun = Instant::now();
    server.stop();
    assert!(begun.elapsed() < Duration::from_secs(5), "a stop hangs up");
}

#[test]
fn a_stop_does_not_wait_for_an_answer_that_never_comes() {
    let (pages, begins, go) = slow();
    let server = with(Arc::new(pages), None);
    let address = server.address();
    let mut client = connect(&server);
    client.write_all(b"GET /api/plan HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    begins.recv().unwrap();
    let begun = Instant::now();
    drop(server);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(address).is_err());
    drop(go);
}

#[test]
fn a_panic_costs_one_connection() {
    let (pages, _begins, _go) = slow();
    let server = with(Arc::new(pages), None);
    for _ in 0..PLACES * 2 {
        let mut stream = connect(&server);
        stream.write_all(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        assert_eq!(hear(&mut stream), "");
    }
    assert_eq!(get(&server, "/healthz").status, 200);
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let server = with(Arc::new(Made::default()), None);
    assert_eq!(ask(&server, "GET", "/", &format!("A: {}\r\n", "a".repeat(15_000))).status, 200);
    assert_eq!(ask(&server, "GET", "/", &format!("A: {}\r\n", "a".repeat(17_000))).status, 431);
    assert_eq!(ask(&server, "GET", &format!("/{}", "a".repeat(17_000)), "").status, 431);
}
