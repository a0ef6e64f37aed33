//! A realm where nothing runs.

use std::fs::{self, File};

use serde_json::json;

use crate::site::{Site, source};

#[test]
fn a_plan_from_nothing_and_its_dry_run_write_nothing() {
    let site = Site::new();
    let before = site.traces();
    let text = "\
+ start  source   8640  news            missing, new key
+ start  support  8641  127.0.0.1:8640  missing
2 to start
";
    for command in ["plan", "start --dry-run", "start --dry-run --get-remote-metadata --clear-logs-on-start"]
    {
        let ran = site.run(command).ends(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (text, ""), "{command}");
    }
    assert_eq!(site.run("plan -o json").stdout, site.run("start --dry-run -o json").stdout);
    for command in ["status", "check", "stop all", "stop all --dry-run", "cleanup", "cleanup --dry-run"] {
        site.run(command);
    }
    assert_eq!(site.traces(), before);
}

#[test]
fn the_plan_is_a_document() {
    let document = Site::new().run("plan support -o json").ends(0).json();
    assert_eq!(
        document,
        json!({
            "schema": 1,
            "changes": 1,
            "nodes": [{
                "action": "start", "role": "support", "port": 8641, "name": "127.0.0.1:8640", "pid": null,
                "reason": "missing", "detail": "", "drift": [], "noted": [], "new_key": false
            }],
            "errors": [],
            "refused": null,
            "warnings": []
        })
    );
}

#[test]
fn pending_changes_have_a_code_of_their_own_if_asked_for() {
    let site = Site::new();
    site.run("plan --detailed-exitcode").ends(6);
    site.write("root/source.json", "[]");
    site.write("root/support.json", "[]");
    assert_eq!(site.run("plan --detailed-exitcode").ends(0).stdout, "nothing to do\n");
    // What is wrong goes first.
    site.write("root/source.json", &json!([source(8640, "news"), {"port": 8650}]).to_string());
    site.run("plan --detailed-exitcode").ends(1);
}

#[test]
fn configured_nodes_that_do_not_run_are_down() {
    let site = Site::new();
    let ran = site.run("status").ends(1);
    assert_eq!(
        ran.stdout,
        "\
PORT  ROLE     NAME            STATE  PID  ENGINE  VERSION  UPTIME  DOWN  UP  PEERS  MEM  NOTE
8640  source   news            down        stable
8641  support  127.0.0.1:8640  down        stable
"
    );
    assert_eq!(ran.stderr, "2 down\n2 changes pending: see `acecast plan`\n");
    let document = site.run("status -o json").ends(1).json();
    assert_eq!(
        document["nodes"][0],
        json!({
            "port": 8640, "role": "source", "name": "news", "state": "down", "listed": true, "pid": null,
            "engine_version": "stable", "version": null, "uptime_s": null, "download_speed": null,
            "upload_speed": null, "peers": null, "rss_bytes": null, "error": null,
            "key_error": null
        })
    );
}

#[test]
fn pid_files_without_a_node_are_told_by_what_they_are() {
    let site = Site::new();
    fs::create_dir(site.path("root/pid")).unwrap();
    for port in [8640, 8660] {
        // No process has this number: it is larger than any.
        site.write(&format!("root/pid/acestreamengine-{port}.pid"), "2147483647");
    }
    let document = site.run("status -o json").ends(1).json();
    let nodes = document["nodes"].as_array().unwrap();
    let states: Vec<String> =
        nodes.iter().map(|node| format!("{} {} {}", node["port"], node["state"], node["listed"])).collect();
    assert_eq!(states, ["8640 \"down\" true", "8641 \"down\" true", "8660 \"stale\" false"]);
}

#[test]
fn a_node_that_is_down_says_what_it_wrote_last() {
    let site = Site::new();
    fs::create_dir(site.path("root/log")).unwrap();
    let log = site.path("root/log/source_node_8640.log");
    fs::write(&log, "begun\ncannot load libfoo\u{1b}[2J (os error 2)\n\n").unwrap();
    let words = "its log ends with: cannot load libfoo\\u{1b}[2J (os error 2)";
    let ran = site.run("status").ends(1);
    let note = format!("{words}; log: {}\n", log.display());
    assert!(ran.stdout.contains(&note), "{}", ran.stdout);
    let document = site.run("status -o json").ends(1).json();
    assert_eq!(
        (&document["nodes"][0]["error"], &document["nodes"][1]["error"]),
        (&json!(words), &json!(null))
    );
    // A row stays one.
    fs::write(&log, "x".repeat(10_000)).unwrap();
    let document = site.run("status -o json").ends(1).json();
    let error = document["nodes"][0]["error"].as_str().unwrap();
    assert!(error.ends_with("xx…") && error.len() < 200, "{error}");
    // Where a start would not start it, that is the reason.
    let mut wrong = source(8640, "news");
    wrong["bitrate"] = json!("fast");
    site.write("root/source.json", &json!([wrong]).to_string());
    let ran = site.run("status").ends(1);
    assert!(
        ran.stdout.contains("config entry wrong: ") && !ran.stdout.contains("log ends"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_cleanup_counts_what_it_removes() {
    let site = Site::new();
    assert_eq!(site.run("cleanup --dry-run").ends(0).stderr, "nothing to remove\n");
    fs::create_dir(site.path("root/log")).unwrap();
    site.write("root/log/source_node_8640.log", "hello");
    let count = "1 file or folder would be removed, 5 B\n";
    assert_eq!(site.run("cleanup --dry-run").ends(0).stderr, count);
    assert_eq!(site.run("cleanup").ends(0).stderr, "1 file or folder removed, 5 B\n");
    assert_eq!(site.run("cleanup").ends(0).stderr, "nothing removed\n");
}

#[test]
fn stopping_what_does_not_run_is_done() {
    let site = Site::new();
    let ran = site.run("stop 8640").ends(0);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("", "no node of this pid dir runs on port 8640\nnothing to do\n")
    );
    let document = site.run("stop 8640 -o json").ends(0).json();
    assert_eq!((&document["changes"], &document["nodes"]), (&json!(0), &json!([])));
    assert_eq!(site.run("stop 8640 -q").ends(0).stderr, "");
}

#[test]
fn another_run_that_holds_the_lock_is_named() {
    let site = Site::new();
    fs::create_dir(site.path("root/pid")).unwrap();
    let lock = File::create(site.path("root/pid/.acecast.lock")).unwrap();
    lock.lock().unwrap();
    fs::write(site.path("root/pid/.acecast.lock"), "4242\n").unwrap();
    for command in
        ["start", "stop all", "cleanup", "stop all --lock-timeout 50ms", "cleanup --lock-timeout 50ms"]
    {
        let document = site.run(&format!("{command} -o json")).ends(5).json();
        assert_eq!(document["error"]["code"], "locked");
        let message = document["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("another run (pid 4242) holds the lock "), "{message}");
    }
    let ran = site.run("stop all").ends(5);
    assert!(ran.stderr.ends_with("\n  hint: wait for it with --lock-timeout 30s\n"), "{}", ran.stderr);
    site.run("plan").ends(0);
}

#[test]
fn no_secret_is_shown_however_much_is_asked_for() {
    let site = Site::new();
    site.app(|app| {
        app["provider_key"] = json!("hunter2-key");
        app["node_access_token"] = json!("hunter2-token");
        app["trackers"] = json!(["http://tracker.example.com/announce?passkey=hunter2"]);
    });
    for command in ["plan", "status", "check", "start --dry-run", "plan -o json", "status -o json"] {
        let ran = site.run(&format!("{command} -vvv"));
        assert!(!format!("{ran:?}").contains("hunter2"), "{ran:?}");
    }
}

#[test]
fn a_node_that_is_held_says_why_it_is_down_and_what_to_look_at() {
    let site = Site::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    site.write("root/source.json", &json!([source(port, "news")]).to_string());
    site.write("root/support.json", "[]");
    let ran = site.run("status").ends(1);
    assert!(ran.stdout.contains(&format!("held: port {port} is taken by ")), "{}", ran.stdout);
    assert_eq!(ran.stderr, "1 down\n");

    let site = Site::new();
    let file = site.path("root/pid/acestreamengine-8640.pid");
    fs::create_dir(site.path("root/pid")).unwrap();
    fs::write(&file, "garbage").unwrap();
    let ran = site.run("start source").ends(1);
    let hint = format!("hint: look at {}; if no node runs there, remove it", file.display());
    assert!(ran.stdout.contains(&hint), "{}", ran.stdout);
}

#[test]
fn an_empty_variable_names_no_config() {
    let site = Site::new();
    fs::create_dir(site.path("config")).unwrap();
    fs::copy(site.path("config.json"), site.path("config/config.json")).unwrap();
    let mut command = crate::site::acecast();
    command.current_dir(site.path("")).env("ACECAST_CONFIG", "").arg("plan");
    crate::site::Ran::of(&mut command).ends(0);
}
