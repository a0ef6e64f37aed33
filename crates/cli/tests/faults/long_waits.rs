//! Long waits: each has a deadline, says what is being waited for, and answers SIGINT with exit 130. Nodes stay.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Running, Site, eventually, node};

/// Well below every deadline that is given here.
const PROMPT: Duration = Duration::from_secs(10);

/// A run that can be waited for to hold the lock.
fn holds_the_lock(site: &Site, run: &Running) {
    eventually("the run holds the lock", || {
        let holder = fs::read_to_string(site.root().join("run/.acecast.lock")).ok()?;
        (holder.trim() == run.pid().to_string()).then_some(())
    });
}

/// Interrupts the run, which must end soon.
#[track_caller]
fn interrupted(run: Running) -> crate::support::Ran {
    let at = Instant::now();
    run.signal(Signal::INT);
    let ran = run.wait().exit(130);
    assert!(at.elapsed() < PROMPT, "it took {:?}\n{ran}", at.elapsed());
    ran.says("interrupted")
}

/// The wait for the lock.
#[test]
fn waiting_for_the_lock() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"ignore_term": true}}));
    site.sources(&[site.ts("deaf", port)]);
    site.start();
    let before = site.pids();
    let holder = site.begin(&["stop", "all", "--stop-timeout", "60"]);
    holds_the_lock(&site, &holder);

    let began = Instant::now();
    let waited = site.acecast(&["start", "--lock-timeout", "700ms"]).exit(5);
    let waited = waited.says("waiting for another run").says(&holder.pid().to_string());
    assert!(began.elapsed() >= Duration::from_millis(700), "{waited}");
    assert!(began.elapsed() < PROMPT, "{waited}");

    let mut waiting = site.begin(&["start", "--lock-timeout", "60"]);
    sleep(Duration::from_millis(300));
    assert!(waiting.goes_on());
    let _ = interrupted(waiting);

    holder.signal(Signal::KILL);
    holder.wait();
    assert_eq!(site.pids(), before);
}

/// The wait until a node is ready.
#[test]
fn waiting_until_a_node_is_ready() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"starting_forever": true}}));
    site.sources(&[site.ts("slow", port)]);
    let began = Instant::now();
    let report = site.json(&["start", "--ready-timeout", "700ms"], 0);
    assert_eq!(node(&report, port)["outcome"], "starting", "{report:#}");
    assert!((Duration::from_millis(700)..PROMPT).contains(&began.elapsed()), "{:?}", began.elapsed());
    site.acecast(&["stop", "all"]).exit(0);

    let run = site.begin(&["start", "-v", "--ready-timeout", "60"]);
    eventually("the engine is started", || site.pids().contains_key(&port).then_some(()));
    let _ = interrupted(run).says(&format!("{port} slow: waiting until it answers"));
    assert!(site.pids().contains_key(&port), "nodes stay");
}

/// The wait for the end of a node: the first signal lets the step in hand end, which is bounded; the second one ends
/// acecast at once.
#[test]
fn waiting_for_the_end_of_a_node() {
    let site = Site::new();
    let [deaf, next] = site.ports();
    site.script("stable", json!({"*": {"ignore_term": true}}));
    site.sources(&[site.ts("deaf", deaf), site.ts("next", next)]);
    site.start();
    let before = site.pids();
    let run = site.begin(&["stop", &deaf.to_string(), "-v", "--stop-timeout", "60"]);
    holds_the_lock(&site, &run);
    sleep(Duration::from_millis(300));
    run.signal(Signal::INT);
    sleep(Duration::from_millis(300));
    let run = interrupted(run).says("finishing what is in hand").says(&format!("{deaf} deaf: stopping"));
    assert!(run.took < PROMPT, "{run}");
    assert_eq!(site.pids(), before);

    let run = site.begin(&["stop", &deaf.to_string(), "--stop-timeout", "2", "-o", "json"]);
    holds_the_lock(&site, &run);
    sleep(Duration::from_millis(300));
    let report = interrupted(run).doc();
    assert_eq!(node(&report, deaf)["outcome"], "killed", "the step in hand ended: {report:#}");
    assert_eq!(site.pids().keys().collect::<Vec<_>>(), [&next]);
}

/// The wait for the source of a support node: its deadline is the one of being ready.
#[test]
fn waiting_for_a_source() {
    let site = Site::new();
    let [source, support] = site.ports();
    site.script("stable", json!({source.to_string(): {"starting_forever": true}}));
    site.sources(&[site.ts("news", source)]);
    site.acecast(&["start", "source", "--ready-timeout", "300ms"]).exit(0);
    let before = site.pids();
    site.supports(&[site.support(support, source)]);

    let began = Instant::now();
    let report = site.json(&["start", "--ready-timeout", "700ms"], 1);
    let skipped = node(&report, support);
    assert_eq!(skipped["outcome"], "skipped", "{report:#}");
    assert!(skipped["error"].as_str().unwrap().contains(&format!("source on port {source} is not ready")));
    assert!(began.elapsed() < PROMPT);

    let run = site.begin(&["start", "-v", "--ready-timeout", "60"]);
    holds_the_lock(&site, &run);
    sleep(Duration::from_millis(500));
    let _ = interrupted(run).says("waiting for its source");
    assert_eq!(site.pids(), before);
}

/// The making of transport files.
#[test]
fn waiting_for_transport_files() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"transport_ms": 20_000}}));
    site.sources(&[site.hls("tv", port)]);
    let run = site.begin(&["start", "-v"]);
    eventually("they are being made", || {
        let makes = |args: &[String]| args.iter().any(|arg| arg == "--create-hls-transport");
        site.procs().iter().any(|proc| makes(&proc.args)).then_some(())
    });
    let _ = interrupted(run).says(&format!("{port} tv: preparing"));
    site.await_quiet();
}

/// The fetch of a list: nothing has begun, so the first signal ends acecast.
#[test]
fn waiting_for_the_controller() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    site.use_controller();
    site.world.faults(&json!({"source_node": {"hang_ms": 60_000}}));
    for args in [&["start"] as &[&str], &["plan"], &["status"]] {
        let asked = site.world.requests("source_node");
        let run = site.begin(args);
        eventually("the controller is asked", || (site.world.requests("source_node") > asked).then_some(()));
        let _ = interrupted(run);
    }
    assert_eq!(site.pids(), before);
    // Its deadline is ten seconds, retries included.
    let ran = site.acecast(&["start"]).exit(3).says("source_node");
    assert!(ran.took < Duration::from_secs(15), "{ran}");
    assert_eq!(site.pids(), before);
}
