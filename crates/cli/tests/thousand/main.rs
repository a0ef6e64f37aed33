//! A thousand nodes, with no more than 1,024 descriptors, soft and hard.
//!
//! It has a program of its own so that the two thousand processes disturb no other test.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

#[allow(dead_code, unused_imports, reason = "made for the stories, which need more")]
#[path = "../e2e/support/mod.rs"]
mod support;

use std::process::Command;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};

use support::{Running, Site, outcomes, ports_with, with};

/// So many support nodes take the stream of each source node.
const PER_SOURCE: usize = 9;
const SOURCES: usize = 100;
const NODES: usize = SOURCES * (1 + PER_SOURCE);

#[test]
fn a_thousand_nodes_work_with_1024_descriptors() {
    // This test holds a socket for each port, and may need more than acecast.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let site = Site::new();
    list_nodes(&site);

    assert_eq!(outcomes(&run(&site, &["start"])), [("ready", NODES)].into());
    let pids = site.pids();
    assert_eq!(pids.len(), NODES);
    assert_eq!(ports_with(&run(&site, &["status"]), "state", "answering").len(), NODES);
    assert_eq!(outcomes(&run(&site, &["start"])), [("kept", NODES)].into());
    assert_eq!(site.pids(), pids);
    assert_eq!(outcomes(&run(&site, &["stop", "all"])), [("stopped", NODES)].into());
    site.await_quiet();
}

fn list_nodes(site: &Site) {
    let ports: Vec<u16> = (0..NODES / 50).flat_map(|_| site.ports::<50>()).collect();
    let (sources, supports) = ports.split_at(SOURCES);
    let source = |port: &u16| {
        let uid = format!("stream_{port}");
        let url = format!("{}/ts/{uid}?rate=2000", site.world.streams);
        with(site.ts(&uid, *port), json!({"url": url}))
    };
    site.sources(&sources.iter().map(source).collect::<Vec<Value>>());
    let pairs = supports.iter().zip(sources.iter().cycle());
    site.supports(&pairs.map(|(port, source)| site.support(*port, *source)).collect::<Vec<Value>>());
}

/// Runs acecast with few descriptors, for its document.
#[track_caller]
fn run(site: &Site, args: &[&str]) -> Value {
    let command = site.command(args);
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(r#"ulimit -n 1024 && exec "$@""#).arg("sh").arg(command.get_program());
    limited.args(command.get_args()).args(["-o", "json"]).current_dir(site.root().parent().unwrap());
    Running::start(limited).wait().exit(0).doc()
}
