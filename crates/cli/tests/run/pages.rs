//! The page answers whatever the loop is busy with, and is served only where it may be.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::keeper::{self, Keeper, await_ports};
use crate::support::{Running, Site, node, with};

const ALL: [&str; 5] = ["/api/status", "/api/plan", "/api/events", "/metrics", "/healthz"];

/// An answer waits for one look at the host at most, with a node that hangs.
fn all_answer(keeper: &Keeper) {
    for path in ALL {
        let began = Instant::now();
        let (status, body) = keeper.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        assert!(began.elapsed() < Duration::from_secs(4), "{path} took {:?}", began.elapsed());
    }
}

#[test]
fn the_page_answers_while_an_apply_goes_on_and_while_a_node_hangs() {
    let site = Site::new();
    let [news, slow] = site.ports();
    site.sources(&[site.ts("news", news)]);
    let keeper = Keeper::start(&site, "300ms", &[]);
    await_ports(&keeper, &site, &[news]);
    site.script(
        "stable",
        json!({slow.to_string(): {"ready_ms": 10_000}, news.to_string(): {"status": "hang"}}),
    );
    let before = site.pids();
    let changed = with(site.ts("news", news), json!({"engine_version": "stable"}));
    site.sources(&[changed, site.ts("slow", slow)]);
    keeper.eventually("the apply goes on", || site.pids().contains_key(&slow).then_some(()));
    all_answer(&keeper);
    // What was seen within the last second may be older than the apply.
    let status = keeper.eventually("the page shows that it starts", || {
        Some(keeper.doc("/api/status")).filter(|status| node(status, slow)["state"] == "starting")
    });
    assert_ne!(node(&status, news)["state"], "answering", "{status:#}");
    assert_eq!(site.pid(news), before[&news]);
    let (_, figures) = keeper.get("/metrics");
    assert!(figures.contains("acecast_"), "{figures}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let site = Site::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = Running::start(keeper::command(&site, "1h", &["--listen", &address])).wait().exit(1);
    let ran = ran.says(&format!("error: cannot listen on {address}\n"));
    let ran = ran.says("hint: use another address with --listen 127.0.0.1:PORT, or none with --listen off");
    assert!(ran.stdout.is_empty(), "{ran}");
}

#[test]
fn others_must_know_a_token() {
    let site = Site::new();
    let ran = Running::start(keeper::command(&site, "1h", &["--listen", "0.0.0.0:9"])).wait().exit(2);
    let ran =
        ran.says("error: a token is needed to listen on 0.0.0.0:9, which others than this host can reach\n");
    ran.says("set ACECAST_LISTEN_TOKEN or --listen-token-file, or use --listen 127.0.0.1:9\n");
    let missing = ["--listen", "127.0.0.1:0", "--listen-token-file", "nowhere"];
    let ran = Running::start(keeper::command(&site, "1h", &missing)).wait().exit(2);
    let ran = ran.says("error: cannot read the token in nowhere\n  caused by: it does not exist\n");
    ran.says("  hint: correct --listen-token-file\n");
    let token = site.path("token");
    std::fs::write(&token, "open-sesame\n").unwrap();
    let args = ["--listen", "127.0.0.1:0", "--listen-token-file", token.to_str().unwrap()];
    let keeper = Keeper::start(&site, "1h", &args);
    assert_eq!(keeper.get("/api/status").0, 401);
    assert_eq!(keeper.get("/healthz").0, 200);
    assert_eq!(keeper.says("open-sesame"), 0, "{keeper}");
}
