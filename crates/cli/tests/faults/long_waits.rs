//! Long waits: each has a deadline, says what is being waited for, and answers SIGINT with exit 130. Nodes stay.

use std::fs;
use std::process::Command;
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
    ran
}

/// A run that tells with `-v` what it waits for, once it has said so.
fn waits(site: &Site, args: &[&str], what: &str) -> Running {
    let told = site.path("told");
    let _ = fs::remove_file(&told);
    let command = site.command(args);
    let mut shell = Command::new("sh");
    shell.args(["-c", "told=$1; shift; exec \"$@\" -v 2>\"$told\"", "sh"]).arg(&told);
    shell.arg(command.get_program()).args(command.get_args());
    let run = Running::start(shell);
    eventually(&format!("it says {what:?}"), || {
        fs::read_to_string(&told).is_ok_and(|text| text.contains(what)).then_some(())
    });
    run
}

/// What it said.
fn told(site: &Site) -> String {
    fs::read_to_string(site.path("told")).unwrap()
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
    let _ = interrupted(waiting).says("interrupted");

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

    let run =
        waits(&site, &["start", "--ready-timeout", "60"], &format!("{port} slow: waiting until it answers"));
    let _ = interrupted(run);
    assert!(told(&site).contains("nodes keep running"));
    // It may be its wrapper still.
    eventually("the node that was begun is there", || site.pids().contains_key(&port).then_some(()));
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
    let asked = format!("{deaf} deaf: stopping");
    let run = waits(&site, &["stop", &deaf.to_string(), "--stop-timeout", "60"], &asked);
    run.signal(Signal::INT);
    eventually("it says that it has heard", || {
        told(&site).contains("finishing the step in hand; a second signal ends at once").then_some(())
    });
    let run = interrupted(run);
    assert!(run.took < PROMPT, "{run}");
    assert_eq!(site.pids(), before);

    let run = waits(&site, &["stop", &deaf.to_string(), "--stop-timeout", "2", "-o", "json"], &asked);
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
    assert_eq!(skipped["error"], format!("its source on port {source} is still starting"), "{report:#}");
    assert!(began.elapsed() < PROMPT);

    let asked = format!("{support} 127.0.0.1:{source}: waiting for its source");
    let _ = interrupted(waits(&site, &["start", "--ready-timeout", "60"], &asked));
    assert_eq!(site.pids(), before);
}

/// The making of transport files.
#[test]
fn waiting_for_transport_files() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"transport_ms": 20_000}}));
    site.sources(&[site.hls("tv", port)]);
    let run = waits(&site, &["start"], &format!("{port} tv: preparing"));
    eventually("they are being made", || {
        let makes = |args: &[String]| args.iter().any(|arg| arg == "--create-hls-transport");
        site.procs().iter().any(|proc| makes(&proc.args)).then_some(())
    });
    let _ = interrupted(run);
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
        let _ = interrupted(run).says("interrupted");
    }
    assert_eq!(site.pids(), before);
    // Its deadline is ten seconds, retries included.
    let ran = site.acecast(&["start"]).exit(3).says("source_node");
    assert!(ran.took < Duration::from_secs(15), "{ran}");
    assert_eq!(site.pids(), before);
}
