//! Lists that are wrong or cannot be read, and what may be done all the same.

use std::net::TcpListener;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::site::{Site, source};

/// A URL where nobody listens.
fn nowhere() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}/list?token=hunter2")
}

#[test]
fn without_a_list_nothing_is_touched() {
    let site = Site::new();
    site.app(|app| app["controller"]["source_node"] = json!(nowhere()));
    for command in ["plan", "start", "start --dry-run", "start source"] {
        let before = site.traces();
        let ran = site.run(&format!("{command} -o json")).ends(3);
        let document = ran.json();
        assert_eq!(document["error"]["code"], "config_unreachable");
        let error = &document["errors"][0];
        assert_eq!([&error["line"], &error["column"]], [&Value::Null, &Value::Null]);
        assert_eq!(error["message"], "the connection was refused");
        assert!(!format!("{ran:?}").contains("hunter2"));
        assert_eq!(site.traces(), before);
    }
}

#[test]
fn a_list_that_cannot_be_read_is_said_with_what_to_do() {
    let site = Site::new();
    let url = nowhere().replace("?token=hunter2", "");
    site.app(|app| app["controller"]["source_node"] = json!(url));
    let why = |note: &str| {
        format!(
            "error: cannot read the list of source nodes\n  caused by: cannot get {url}\n  \
             caused by: the connection was refused\n{note}  \
             hint: check that the controller answers: `curl {url}`\n"
        )
    };
    // What changes nothing in any case need not say so.
    assert_eq!(site.run("plan").ends(3).stderr, why(""));
    assert_eq!(site.run("start").ends(3).stderr, why("  note: nothing was changed\n"));
    let status = site.run("status source").ends(3);
    let missing = "nodes that are down are missing here while their list cannot be read\n";
    assert_eq!(status.stderr, format!("no node runs\n{missing}{}", why("")));
    site.app(|app| app["controller"]["source_node"] = json!("nowhere.json"));
    let ran = site.run("start").ends(3);
    let hint =
        "  hint: correct controller.source_node in the app config; a relative path is relative to root\n";
    assert!(ran.stderr.ends_with(hint), "{}", ran.stderr);
}

#[test]
fn a_status_without_a_list_is_a_status_all_the_same() {
    let site = Site::new();
    site.app(|app| app["controller"]["source_node"] = json!(nowhere()));
    let document = site.run("status -o json").ends(3).json();
    assert_eq!(document["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(document["nodes"][0]["port"], 8641);
    assert_eq!(document["errors"][0]["message"], "the connection was refused");
    assert!(document.get("error").is_none());
}

#[test]
fn a_scoped_command_and_a_stop_do_not_mind_another_list() {
    let site = Site::new();
    site.app(|app| app["controller"]["source_node"] = json!(nowhere()));
    assert_eq!(site.run("plan support -o json").ends(0).json()["changes"], 1);
    site.run("stop all").ends(0);
}

#[test]
fn an_endpoint_that_is_needed_has_to_be_set() {
    let site = Site::new();
    site.app(|app| app["controller"] = json!({"support_node": "support.json"}));
    site.run("plan").ends(0);
    let ran = site.run("plan source -o json").ends(3);
    assert_eq!(
        ran.json(),
        json!({
            "schema": 1,
            "error": {"code": "endpoint_not_set", "message": "controller.source_node is not set in the app config"},
            "errors": []
        })
    );
    site.app(|app| app["controller"] = json!({}));
    let ran = site.run("start").ends(3);
    let neither =
        "error: neither controller.source_node nor controller.support_node is set in the app config\n";
    assert!(ran.stderr.starts_with(neither), "{}", ran.stderr);
    let ran = site.run("start support").ends(3);
    let not = "error: controller.support_node is not set in the app config\n";
    assert!(ran.stderr.starts_with(not), "{}", ran.stderr);
    assert_eq!(site.run("status -o json").ends(0).json(), json!({"schema": 1, "nodes": []}));
}

#[test]
fn a_port_that_is_not_in_the_config_is_answered_with_the_nearest() {
    let site = Site::new();
    let ran = site.run("start support --port 8640").ends(3);
    assert_eq!(
        ran.stderr,
        "error: port 8640 is a source node's, and only support nodes are asked for\n  \
         hint: use the role source, or leave it out\n"
    );
    let ran = site.run("start support --port 8650").ends(3);
    assert_eq!(
        ran.stderr,
        "error: port 8650 is not in the support list: the nearest are 8641\n  \
         hint: see `acecast status` for all nodes\n"
    );
    assert_eq!(site.run("plan --port 1 -o json").ends(3).json()["error"]["code"], "port_not_in_config");
    site.run("plan --port 8641").ends(1);
}

#[test]
fn a_wrong_entry_is_drawn_and_the_others_go_on() {
    let site = Site::new();
    let mut wrong = source(8640, "news");
    wrong["bitrate"] = json!("fast");
    site.write("root/source.json", &json!([wrong, source(8650, "tv")]).to_string());
    let ran = site.run("plan source").ends(1);
    assert!(
        ran.stdout.contains("! held   source  8640  news")
            && ran.stdout.contains("+ start  source  8650  tv")
    );
    assert!(ran.stderr.starts_with("error: [0].bitrate (news, port 8640): found \"fast\""), "{}", ran.stderr);
    assert!(ran.stdout.ends_with("1 to start, 1 held\n"), "{}", ran.stdout);
    let document = site.run("plan source -o json").ends(1).json();
    assert_eq!(document["errors"][0]["path"], "[0].bitrate");
    assert_eq!(site.run("status").ends(1).stdout.lines().count(), 4);
}

#[test]
fn a_signal_ends_the_waiting_for_a_controller() {
    let controller = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = Site::new();
    let url = format!("http://{}/list", controller.local_addr().unwrap());
    site.app(|app| app["controller"]["source_node"] = json!(url));
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let child =
            site.command("start -o json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The request has come, so the signals are taken over; it is never answered.
        let _request = controller.accept().unwrap();
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: interrupted; nothing was changed\n");
        assert!(output.stdout.is_empty());
        assert!(!site.path("root/pid").exists());
    }
}
