//! What the program offers to shells.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::host::Host;

#[test]
fn commands_and_options() {
    let host = Host::new();
    assert_eq!(host.offers("acecast star"), ["start"]);
    assert_eq!(host.offers("acecast start --dry"), ["--dry-run"]);
    assert_eq!(host.offers("acecast --color a"), ["auto", "always"]);
    assert_eq!(host.offers("acecast completions f"), ["fish"]);
    assert_eq!(host.offers("acecast help ex"), ["explain", "exit-codes"]);
}

#[test]
fn ports_where_a_port_is_asked_for() {
    let host = Host::new();
    let values = host.offers("acecast stop ").into_iter().filter(|value| !value.starts_with('-'));
    assert_eq!(values.collect::<Vec<_>>(), ["all", "18640", "18641", "18650"]);
    assert_eq!(host.offers("acecast stop 1865"), ["18650"]);
    assert_eq!(host.offers("acecast stop 18640,1865"), ["18640,18650"]);
    for line in ["start --port 1865", "plan --port 1865", "events --port 1865", "logs 1865", "explain 1865"] {
        assert_eq!(host.offers(&format!("acecast {line}")), ["18650"], "{line}");
    }
}

#[test]
fn streams_where_a_stream_is_asked_for() {
    let host = Host::new();
    host.write("metadata/old.sauth", "");
    host.write("metadata/.odd name.sauth", "");
    assert_eq!(host.offers("acecast start --new-key "), ["nature", "news", "old"]);
    assert_eq!(host.offers("acecast restore-metadata na"), ["nature"]);
    assert_eq!(host.offers("acecast update-metadata --replace-key o"), ["old"]);
    assert_eq!(host.offers("acecast transport n"), ["nature", "news"]);
}

#[test]
fn what_runs_is_known_without_a_config_entry() {
    let host = Host::new();
    host.write("run/acestreamengine-18700.pid", "12345\n");
    let node = host.node(18699);
    assert_eq!(host.offers("acecast stop 18"), ["18640", "18641", "18650", "18699", "18700"]);
    drop(node);
    assert_eq!(host.offers("acecast stop 186"), ["18640", "18641", "18650"]);
}

#[test]
fn the_config_is_the_one_that_the_line_names() {
    let host = Host::new();
    fs::rename(host.path("config/config.json"), host.path("other.json")).unwrap();
    assert_eq!(host.offers("acecast stop 1865"), <[String; 0]>::default());
    let expected = ["18650"];
    assert_eq!(host.offers("acecast -c other.json stop 1865"), expected);
    assert_eq!(host.offers("acecast stop --config=other.json 1865"), expected);
    assert_eq!(host.offers("acecast -c ~/other.json stop 1865"), expected, "as a shell leaves it");
}

#[test]
fn no_server_is_asked_and_what_it_said_last_is_known() {
    let host = Host::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let url = format!("http://{}/list?token=x", server.local_addr().unwrap());
    host.app(&json!({"source_node": url}));
    assert_eq!(host.offers("acecast stop 18"), ["18641"]);
    let body = fs::read_to_string(host.path("source.json")).unwrap();
    let kept = json!({url: {"status": 200, "location": null, "body": body}});
    host.write("state/acecast-last-lists.json", &kept.to_string());
    assert_eq!(host.offers("acecast stop 18"), ["18640", "18641", "18650"]);
    assert_eq!(server.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "the server was asked");
}

#[test]
fn whatever_is_wrong_is_not_said() {
    let host = Host::new();
    let none = <[String; 0]>::default();
    let config = host.path("config/config.json");
    let text = fs::read_to_string(&config).unwrap();
    host.write("config/config.json", &text[..text.len() / 2]);
    assert_eq!(host.offers("acecast stop 1"), none);
    // The lists are known although the rest cannot be used.
    host.write("config/config.json", &text.replace("udp://", "udp:"));
    assert_eq!(host.offers("acecast stop 1865"), ["18650"]);
    host.write("config/config.json", &text);
    host.write("source.json", r#"[{"port": 18650}, 5, {"port": "x"}"#);
    assert_eq!(host.offers("acecast stop 18"), ["18641"]);
    host.write("source.json", r#"[{"port": 18650}, 5, {"port": "x"}]"#);
    assert_eq!(
        host.offers("acecast stop 18"),
        ["18641", "18650"],
        "an entry that is wrong is one to look at"
    );
    fs::remove_file(&config).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&config).status().unwrap();
    assert!(made.success());
    assert_eq!(host.offers("acecast stop 1"), none);
    let nothing = Host::run(host.command(crate::host::ACECAST).arg("--").env("ACECAST_COMPLETE", "tcsh"));
    assert_eq!((nothing.code, nothing.stdout.as_str(), nothing.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn a_variable_that_is_set_by_chance_changes_nothing() {
    let host = Host::new();
    let ran = Host::run(host.command(crate::host::ACECAST).arg("-V").env("ACECAST_COMPLETE", "bash"));
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), concat!("acecast ", env!("CARGO_PKG_VERSION"), "\n"))
    );
}

#[test]
fn it_answers_at_once() {
    let host = Host::new();
    let time = |_| {
        let begun = Instant::now();
        assert_eq!(host.offers("acecast stop 1865"), ["18650"]);
        begun.elapsed()
    };
    // The quickest of some: others work on this machine, too.
    let quickest = (0..10).map(time).min().unwrap();
    assert!(quickest < Duration::from_millis(100), "{quickest:?}");
}
