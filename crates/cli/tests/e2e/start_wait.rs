//! `acecast start --wait`: it ends when what is starting answers, whoever has started it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Site, node, with};

#[test]
fn a_start_may_wait_until_nodes_answer() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.script("stable", json!({"*": {"ready_ms": 1500}}));
    let report = site.json(&["start", "--ready-timeout", "0", "--wait"], 0);
    assert_eq!(node(&report, port)["outcome"], "ready", "{report:#}");
    assert_eq!(node(&site.json(&["status"], 0), port)["state"], "answering");
    // What ran before is not waited for.
    assert!(site.acecast(&["start", "--wait=30s"]).exit(0).took.as_secs() < 10);

    // One that measures answers, and does nothing yet.
    site.script("stable", json!({}));
    let slow = site.port();
    site.sources(&[site.ts("news", port), with(site.ts("slow", slow), json!({"bitrate": 0}))]);
    let ran = site.acecast(&["start", "--ready-timeout", "0", "--wait=1500ms"]).exit(1);
    ran.says(&format!("port {slow} does not answer yet: starting"));
}

/// A program that sees the exit code finds the reason in the document.
#[test]
fn programs_read_what_came_of_each_node_in_the_end() {
    let site = Site::new();
    let [quick, slow, brief] = [site.port(), site.port(), site.port()];
    site.sources(&[
        site.ts("quick", quick),
        with(site.ts("slow", slow), json!({"bitrate": 0})),
        with(site.ts("brief", brief), json!({"bitrate": 0})),
    ]);
    let script = json!({quick.to_string(): {"ready_ms": 1500}, brief.to_string(): {"crash_after_ms": 4000}});
    site.script("stable", script);
    let report = site.json(&["start", "--ready-timeout", "0", "--wait=10s"], 1);
    let result = |port| (&node(&report, port)["outcome"], &node(&report, port)["error"]);
    assert_eq!(result(quick), (&json!("ready"), &Value::Null), "{report:#}");
    assert_eq!(result(slow), (&json!("starting"), &json!("does not answer yet: starting")), "{report:#}");
    assert_eq!(result(brief), (&json!("failed"), &json!("was starting and has ended")), "{report:#}");
    assert_eq!(report["interrupted"], false);
}

/// Who ends the waiting learns how far it came.
#[test]
fn a_waiting_that_is_interrupted_has_its_document_too() {
    let site = Site::new();
    let slow = site.port();
    site.sources(&[with(site.ts("slow", slow), json!({"bitrate": 0}))]);
    site.start();
    let mut command = site.command(&["start", "--wait=50s", "-o", "json"]);
    let mut start = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(start.stderr.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert!(line.contains("waiting up to"), "{line}");
    // It has not been waited for, so the number is still its own.
    kill_process(Pid::from_child(&start), Signal::INT).unwrap();
    let mut document = String::new();
    start.stdout.take().unwrap().read_to_string(&mut document).unwrap();
    assert_eq!(start.wait().unwrap().code(), Some(130), "{document}");
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["interrupted"], true, "{document:#}");
    assert_eq!(node(&document, slow)["outcome"], "starting", "{document:#}");
}

/// Nobody starts it again, so there is nothing to wait for.
#[test]
fn what_has_failed_is_not_waited_for() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.script("stable", json!({"*": {"exit_at_start": 1}}));
    let ran = site.acecast(&["start", "--wait=50s"]).exit(1);
    assert!(ran.took.as_secs() < 30 && !ran.stderr.contains("waiting up to"), "{ran}");
}

/// What another run has begun is waited for, too.
#[test]
fn what_was_starting_before_is_waited_for() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.script("stable", json!({"*": {"ready_ms": 4000}}));
    site.acecast(&["start", "--ready-timeout", "0"]).exit(0).says("starting");
    let ran = site.acecast(&["start", "--wait=50s"]).exit(0).says("kept");
    assert_eq!(node(&site.json(&["status"], 0), port)["state"], "answering", "{ran}");

    // One that measures, for longer than anybody waits here.
    site.script("stable", json!({}));
    let slow = site.port();
    site.sources(&[site.ts("news", port), with(site.ts("slow", slow), json!({"bitrate": 0}))]);
    site.start();
    let ran = site.acecast(&["start", "--wait=500ms"]).exit(1);
    let ran = ran.says("waiting up to 0.5 s").says(&format!("port {slow} does not answer yet: starting"));
    assert!(!ran.stderr.contains(&format!("port {port} ")), "{ran}");
    // It is none of a start's that is of other nodes only.
    site.acecast(&["start", "--port", &port.to_string(), "--wait=50s"]).exit(0).hides("waiting up to");
}

/// It recovers by itself, some day, and every start leaves it alone.
#[test]
fn what_was_left_without_input_is_not_waited_for() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    site.world.switch("ts/news", false);
    site.await_status(port, "its input is gone", |status| status["source_connected"] == false);
    site.acecast(&["start", "--wait=50s"]).exit(0).hides("waiting up to");
}

/// Nobody starts it again, so the rest of the time would be lost.
#[test]
fn what_ends_meanwhile_ends_the_waiting() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[with(site.ts("slow", port), json!({"bitrate": 0}))]);
    site.start();
    let begun = Instant::now();
    let mut command = site.command(&["start", "--wait=55s"]);
    let mut start = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It tells what it did before it waits.
    let mut line = String::new();
    BufReader::new(start.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("kept"), "{line}");
    site.kill(port);
    let code = start.wait().unwrap().code();
    let mut said = String::new();
    start.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("port {port} was starting and has ended")), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(40), "{said}");
}
