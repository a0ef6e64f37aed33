//! `acecast start --wait` while it cannot be told what runs: that says nothing of any node, and may pass.

use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::process::{Child, Stdio};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};

use crate::support::{Site, node};

/// In the place of the pid dir while it is away.
const BESIDE: &str = "beside";

/// A node that is starting and stays so, and a start that waits for it.
fn waiting(site: &Site, port: u16, wait: &str) -> (Child, impl BufRead) {
    site.sources(&[site.ts("news", port)]);
    site.script("stable", json!({"*": {"starting_forever": true}}));
    site.acecast(&["start", "--ready-timeout", "0"]).exit(0).says("starting");
    fs::write(site.root().join(BESIDE), "").unwrap();
    let mut command = site.command(&["start", wait, "-o", "json", "-vv"]);
    let mut start = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(start.stderr.take().unwrap());
    read_until(&mut said, "waiting up to");
    (start, said)
}

/// Puts a file in the place of the pid dir, or that dir back, so that there is something at any moment.
fn exchange(site: &Site) {
    let (pid_dir, beside) = (site.root().join("run"), site.root().join(BESIDE));
    renameat_with(CWD, &pid_dir, CWD, &beside, RenameFlags::EXCHANGE).unwrap();
}

#[track_caller]
fn read_until(said: &mut impl BufRead, text: &str) {
    let mut all = String::new();
    while !all.contains(text) {
        assert!(said.read_line(&mut all).unwrap() > 0, "expected to read {text:?}\n{all}");
    }
}

/// The exit code, and the one document of a run that ends.
#[track_caller]
fn ended(mut start: Child) -> (Option<i32>, Value) {
    let mut document = String::new();
    start.stdout.take().unwrap().read_to_string(&mut document).unwrap();
    let code = start.wait().unwrap().code();
    (code, serde_json::from_str(&document).unwrap_or_else(|error| panic!("{error}: {document}")))
}

#[test]
fn a_look_that_fails_is_tried_again() {
    let site = Site::new();
    let port = site.port();
    let (start, mut said) = waiting(&site, port, "--wait=50s");
    exchange(&site);
    read_until(&mut said, "cannot tell what runs");
    exchange(&site);
    site.script("stable", json!({}));
    std::io::copy(&mut said, &mut std::io::sink()).unwrap();
    let (code, document) = ended(start);
    assert_eq!((code, &node(&document, port)["outcome"]), (Some(0), &json!("ready")), "{document:#}");
}

#[test]
fn looks_that_fail_to_the_end_are_said_once_and_leave_one_document() {
    let site = Site::new();
    let port = site.port();
    let (start, mut said) = waiting(&site, port, "--wait=3s");
    exchange(&site);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    exchange(&site);
    let (code, document) = ended(start);
    assert_eq!(code, Some(1), "{rest}");
    assert_eq!(rest.matches("it cannot be told whether what was started answers").count(), 1, "{rest}");
    assert!(!rest.contains("nothing was changed"), "{rest}");
    let node = node(&document, port);
    assert_eq!(node["outcome"], "kept", "{document:#}");
    let why = node["error"].as_str().unwrap();
    assert!(why.contains("it cannot be told whether it runs: cannot read the pid dir"), "{why}");
}
