//! A port that something else has.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::json;

use crate::support::{Site, decision, eventually, node, with};

#[test]
fn another_program_on_a_wanted_port_is_named_and_delays_nobody() {
    let site = Site::new();
    let [taken, free] = site.ports();
    let holder = TcpListener::bind(("127.0.0.1", taken)).unwrap();
    site.sources(&[site.ts("taken", taken), site.ts("free", free)]);
    let report = site.json(&["start"], 1);
    let held = node(&report, taken);
    assert_eq!(held["reason"], "port_taken", "{report:#}");
    let detail = held["detail"].as_str().unwrap();
    assert!(detail.contains(&std::process::id().to_string()), "names the holder: {detail}");
    assert_eq!(node(&report, free)["outcome"], "ready");
    drop(holder);
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn an_engine_that_takes_the_next_port_is_stopped_again() {
    let site = Site::new();
    let [wanted, next] = site.ports();
    site.script("stable", json!({wanted.to_string(): {"ready_ms": 700}}));
    site.sources(&[site.ts("news", wanted)]);
    let start = site.begin(&["start", "-o", "json"]);
    eventually("the engine is about to listen", || site.pids().contains_key(&wanted).then_some(()));
    // Another program is quicker, and even answers as a node would.
    let holder = Answering::on(wanted);
    let report = start.wait().exit(1).doc();
    let failed = node(&report, wanted);
    assert_eq!(failed["outcome"], "failed", "{report:#}");
    assert!(failed["error"].as_str().unwrap().contains(&format!("took port {next}")), "{report:#}");
    site.await_quiet();
    drop(holder);
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn an_old_node_that_took_the_next_port_is_held() {
    let site = Site::new();
    let [wanted, next] = site.ports();
    let holder = TcpListener::bind(("127.0.0.1", wanted)).unwrap();
    let news = site.ts("news", wanted);
    site.start_as_before(&news, None);
    drop(holder);
    let before = site.pids();
    site.sources(&[news]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, wanted)["reason"], "wrong_port", "{report:#}");
    assert!(node(&report, wanted)["detail"].as_str().unwrap().contains(&next.to_string()));
    assert_eq!(site.pids(), before);

    // The port that it took in silence is not free for another node.
    site.sources(&[site.ts("news", wanted), site.ts("more", next)]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, next)["outcome"], "held", "{report:#}");
    assert_eq!(site.pids(), before);

    site.acecast(&["stop", &wanted.to_string()]).exit(0);
    site.start();
    site.assert_nothing_to_do();
}

#[test]
fn of_two_nodes_on_a_port_the_one_that_listens_there_stays() {
    let site = Site::new();
    let [port, _next] = site.ports();
    let news = site.ts("news", port);
    site.sources(std::slice::from_ref(&news));
    site.start();
    let first = site.pid(port);
    // Started by hand in spite of it; it takes the next port, and even the pid file.
    site.start_as_before(&news, None);
    eventually("the pid file names the second engine", || {
        let text = std::fs::read_to_string(site.pid_file(port)).ok()?;
        (!text.is_empty() && text != first.to_string()).then_some(())
    });

    let report = site.json(&["start"], 0);
    assert_eq!(decision(&report, port, "stop")["reason"], "duplicate", "{report:#}");
    assert_eq!(decision(&report, port, "keep")["pid"], first, "{report:#}");
    assert_eq!(site.pids(), [(port, first)].into());
    site.assert_nothing_to_do();
}

#[test]
fn an_engine_of_another_pid_dir_is_never_touched() {
    let site = Site::new();
    let [port, other] = site.ports();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();

    site.app(json!({"dirs": {"pid": "other_run"}}));
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["reason"], "other_realm", "{report:#}");
    // On another port it would still use the same key.
    site.sources(&[site.ts("news", other)]);
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, other)["reason"], "other_realm", "{report:#}");
    site.acecast(&["stop", "all"]).exit(0);
    assert_eq!(site.pids(), before);

    let url = format!("{}/ts/more?rate=50000", site.world.streams);
    site.sources(&[with(site.ts("more", other), json!({"url": url}))]);
    site.start();
    site.assert_nothing_to_do();
}

/// A program that answers every request as a running node does.
struct Answering {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Answering {
    fn on(port: u16) -> Answering {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let ends = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ends);
        let answer =
            format!("HTTP/1.0 200 OK\r\n\r\n{{\"status\":\"running\",\"pid\":{}}}", std::process::id());
        let thread = thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                if let Ok((mut stream, _)) = listener.accept() {
                    let _ = stream.read(&mut [0; 1024]);
                    let _ = stream.write_all(answer.as_bytes());
                }
                thread::sleep(Duration::from_millis(2));
            }
        });
        Answering { ends, thread: Some(thread) }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.take().map(JoinHandle::join);
    }
}
