//! Text that is made to be obeyed: by a terminal, by a shell, by a file system or by an engine.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Ran, Site, eventually, node, with};
use crate::world::{Server, alpha_engine, engines, http};

const ESCAPES: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\r";

/// Nothing that it wrote controls a terminal or makes a line read otherwise.
#[track_caller]
fn is_tame(ran: Ran) -> Ran {
    let wild = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
    };
    for text in [&ran.stdout, &ran.stderr] {
        let at = text.find(wild);
        assert!(
            at.is_none(),
            "{:?} in the output\n{ran}",
            at.map(|at| &text[at..]).and_then(|rest| rest.chars().next())
        );
        assert!(text.len() < 400_000, "{} bytes of output of {}", text.len(), ran.line);
    }
    ran
}

/// Every command, in both forms.
#[track_caller]
fn all_tame(site: &Site, port: u16) -> String {
    let port = port.to_string();
    let mut said = String::new();
    for args in [
        &["plan"][..],
        &["check"],
        &["start", "--dry-run"],
        &["start", "--ready-timeout", "2"],
        &["status"],
        &["plan", "--port", &port],
        &["stop", &port],
        &["cleanup", "--dry-run"],
    ] {
        for form in ["text", "json"] {
            let ran = is_tame(site.acecast(&[args, &["-vvv", "--color", "never", "-o", form]].concat()));
            assert!(ran.code.is_some_and(|code| code != 101), "{ran}");
            said += &ran.all();
        }
    }
    said
}

/// Everything in the site's root, as text.
fn files(site: &Site) -> Vec<String> {
    crate::support::listing(&site.path("root")).into_keys().map(|path| path.display().to_string()).collect()
}

#[test]
fn hostile_text_in_a_list_is_rejected() {
    let site = Site::new();
    let [good, port] = site.ports();
    let entry = |changes: Value| with(site.ts("bad", port), changes);
    fs::create_dir_all(site.root()).unwrap();
    for wrong in [
        json!({"stream_uid": "../../etc/x"}),
        json!({"stream_uid": "a/b"}),
        json!({"stream_uid": "-x"}),
        json!({"stream_uid": ".."}),
        json!({"stream_uid": "a\u{0}b"}),
        json!({"stream_uid": format!("a{ESCAPES}")}),
        json!({"stream_uid": "x".repeat(1 << 20)}),
        json!({"title": "a\nb"}),
        json!({"title": format!("a{ESCAPES}")}),
        json!({"title": "a\u{0}b"}),
        json!({"url": "http://127.0.0.1/a\nb"}),
        json!({"url": format!("http://127.0.0.1/{ESCAPES}")}),
        json!({"url": "--port=1"}),
        json!({"url": "file:///etc/passwd"}),
        json!({"quality": "--port=1"}),
        json!({"type": format!("ts{ESCAPES}")}),
        json!({"engine_version": "../../alpha"}),
        json!({"upload_to": ["--port=1"]}),
        json!({"upload_to": [format!("192.0.2.1:1{ESCAPES}")]}),
        json!({"bitrate": format!("1{ESCAPES}")}),
    ] {
        site.sources(&[site.ts("good", good), entry(wrong.clone())]);
        for form in ["text", "json"] {
            let shown: String = wrong.to_string().chars().take(100).collect();
            for command in ["plan", "check"] {
                let ran = is_tame(site.acecast(&[command, "-vvv", "--color", "never", "-o", form]));
                assert!(matches!(ran.code, Some(1 | 3)), "{shown}: {ran}");
            }
        }
    }
    assert_eq!(files(&site).len(), 1, "something was written: {:?}", files(&site));
    all_tame(&site, good);
}

#[test]
fn hostile_text_that_is_taken_is_one_argument() {
    let site = Site::new();
    let [dash, quotes, option, huge] = site.ports();
    let title = |uid: &str, port, title: &str| with(site.ts(uid, port), json!({"title": title}));
    let shell = "$(touch /tmp/x) `id`; 'a' \"b\" \\ && * ../..";
    site.sources(&[
        title("dash", dash, "-x"),
        with(title("quotes", quotes, shell), json!({"categories": ["sport", "--port=1", "../x", "мяч"]})),
        title("option", option, "--port=1 --title=y"),
        title("huge", huge, &"x".repeat(1 << 20)),
    ]);
    let ran = is_tame(site.acecast(&["start", "-o", "json"]).exit(1));
    let report = ran.doc();
    for (port, text) in [(dash, "-x"), (quotes, shell), (option, "--port=1 --title=y")] {
        assert_eq!(node(&report, port)["outcome"], "ready", "{report:#}");
        let engine = site.engine(port);
        assert_eq!(
            engine.args.iter().filter(|arg| arg.ends_with(text)).collect::<Vec<_>>(),
            [&format!("--title={text}")]
        );
        assert_eq!(
            engine.args.iter().filter(|arg| arg.starts_with("--port")).collect::<Vec<_>>(),
            [&format!("--port={port}")]
        );
        assert!(!engine.args.iter().any(|arg| arg.contains("--category=-")), "{:?}", engine.args);
    }
    let huge = node(&report, huge);
    assert_eq!((&huge["outcome"], &huge["reason"]), (&json!("held"), &json!("config_entry_wrong")));
    assert_eq!(site.pids().len(), 3);
    all_tame(&site, dash);
    site.acecast(&["stop", "all"]).exit(0);
}

#[test]
fn hostile_text_of_engines_and_logs_is_escaped() {
    let site = Site::new();
    let [noisy, answers] = site.ports();
    let noise = format!("printf '%s' '{ESCAPES} ../../x --port 1'; printf '\\000\\033[1m\\377'");
    alpha_engine(
        &site,
        &format!("{noise}; echo; head -c 1048576 /dev/zero | tr '\\000' 'x'; echo; {noise} >&2; exit 7"),
    );
    site.app(json!({"engine_path": engines(&site)}));
    let alpha = json!({"engine_version": "alpha"});
    site.sources(&[with(site.ts("noisy", noisy), alpha.clone()), site.ts("answers", answers)]);
    let said = all_tame(&site, noisy);
    assert!(said.contains("\\u{1b}[2J") && said.contains("exit code 7"), "{said}");
    site.sources(&[with(site.hls("noisy", noisy), alpha), site.ts("answers", answers)]);
    assert!(all_tame(&site, noisy).contains("\\u{1b}[2J"));

    // Another program answers in the name of a node.
    let pid = site.pid(answers);
    site.script("stable", json!({answers.to_string(): {"status": "refuse"}}));
    eventually("the node has closed its port", || {
        std::net::TcpListener::bind(("127.0.0.1", answers)).ok().map(drop)
    });
    let says = json!({"status": format!("running{ESCAPES}"), "version": format!("3{ESCAPES}\nx"), "pid": pid, "upload_speed": 1e300});
    let _server = Server::start(answers, move |_| http("200 OK", &says.to_string()));
    let said = all_tame(&site, noisy);
    assert!(said.contains("3\\u{1b}[2J"), "{said}");
}

#[test]
fn hostile_text_of_controllers_and_arguments_is_escaped() {
    let site = Site::new();
    let port = site.port();
    site.use_controller();
    for fault in [
        json!({"error": format!("no{ESCAPES}\nsecond line")}),
        json!({"body": format!("{ESCAPES}<html>")}),
        json!({"body": format!("[{{\"port{ESCAPES}\": 1, \"title\": \"{}\"}}]", "x".repeat(1 << 20))}),
        json!({"body": format!("[{}]", "{\"x\": \"\\u001b[2J\\u202e\"},".repeat(3000))}),
        json!({"redirect": "http://127.0.0.1:9/\u{9b}2J"}),
        json!({"body": format!("{{\"result\": \"{ESCAPES}\"}}")}),
    ] {
        site.world.faults(&json!({"source_node": fault}));
        for command in ["plan", "status", "check", "start"] {
            for form in ["text", "json"] {
                is_tame(site.acecast(&[command, "-vvv", "--color", "never", "-o", form]));
            }
        }
    }
    let config = format!("/tmp/{ESCAPES}/config.json");
    for args in [
        &["start", ESCAPES][..],
        &["stop", ESCAPES],
        &["--bogus\u{1b}[2J"],
        &["\u{1b}]0;x\u{7}"],
        &["status", "--color", ESCAPES],
        &["start", "--port", "1\u{1b}[2J"],
        &["start", "--new-key", ESCAPES],
    ] {
        for form in ["text", "json"] {
            is_tame(site.acecast(&[args, &["-o", form]].concat()).exit(2));
        }
    }
    is_tame(site.acecast(&["plan", "--port", &port.to_string()]));
    let mut command = site.command(&[]);
    command = {
        let mut plain = std::process::Command::new(command.get_program());
        plain.args(["status", "-vvv", "--color", "never", "--config", &config]);
        plain
    };
    is_tame(crate::support::Running::start(command).wait().exit(3));
}

#[test]
fn hostile_names_of_files_are_escaped() {
    let site = Site::new();
    let port = site.port();
    let name = "log\u{1b}[2J\u{202e}";
    site.app(json!({"dirs": {"log": name, "cache": "../out"}, "engine_path": {"stable": format!("/nowhere/{ESCAPES}")}}));
    site.sources(&[site.ts("news", port)]);
    for form in ["text", "json"] {
        for command in ["plan", "check", "start", "status", "cleanup"] {
            is_tame(site.acecast(&[command, "-vvv", "--color", "never", "-o", form]));
        }
    }
    site.app(json!({}));
    let run = site.root().join("run");
    fs::create_dir_all(&run).unwrap();
    fs::write(run.join("acestreamengine-\u{1b}[2J.pid"), "5").unwrap();
    fs::write(run.join(format!("acestreamengine-{port}.pid")), ESCAPES).unwrap();
    all_tame(&site, port);
}
