//! `acecast logs`: what nodes wrote, whoever they are and whatever they write.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{Running, Site, age, eventually};

fn log(site: &Site, name: &str) -> PathBuf {
    let dir = site.root().join("log");
    fs::create_dir_all(&dir).unwrap();
    dir.join(name)
}

fn append(path: &PathBuf, text: impl AsRef<[u8]>) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_ref()).unwrap();
}

/// A command that goes on, line by line.
struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    fn start(site: &Site, args: &[&str]) -> Following {
        let mut command = site.command(args);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
        });
        Following { child, lines }
    }

    #[track_caller]
    fn next(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(20)).expect("a line is shown")
    }

    /// Ctrl-C; its exit code.
    fn end(mut self) -> Option<i32> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::INT).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn of_one_running_node_without_any_list() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    fs::remove_file(site.path("config/source_node.json")).unwrap();
    let ran = site.acecast(&["logs", &port.to_string()]).exit(0).says("|MainThread|running");
    assert!(!ran.stdout.contains(" | "), "one log needs no names in front: {ran}");
    let doc = site.json(&["logs", &port.to_string(), "-n", "1"], 0);
    let node = &doc["nodes"][0];
    assert_eq!(
        (&node["port"], &node["role"], &node["name"]),
        (&json!(port), &json!("source"), &json!("news"))
    );
    assert_eq!(node["lines"].as_array().unwrap().len(), 1, "{doc:#}");
    assert!(node["path"].as_str().unwrap().ends_with(&format!("log/source_node_{port}.log")));
}

#[test]
fn several_nodes_stand_side_by_side_in_time_and_colour() {
    let site = Site::new();
    append(&log(&site, "source_node_8640.log"), "1700000001|a one\n1700000004|a two\n");
    append(&log(&site, "source_node_8641.log"), "1700000002|b one\nTraceback\n1700000005|b two\n");
    append(&log(&site, "support_node_8641.log"), "1700000003|c one\n");
    let ran = site.acecast(&["logs", "8641", "8640"]).exit(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            " 8640 source  | 1700000001|a one",
            " 8641 source  | 1700000002|b one",
            " 8641 source  | Traceback",
            " 8641 support | 1700000003|c one",
            " 8640 source  | 1700000004|a two",
            " 8641 source  | 1700000005|b two",
        ]
    );
    let coloured = site.acecast(&["logs", "8641", "8640", "--color", "always"]).exit(0).stdout;
    let colour = |line: &str| line.split('m').next().unwrap().to_owned();
    let colours: Vec<String> = coloured.lines().map(colour).collect();
    assert!(colours[0].starts_with('\u{1b}') && colours[0] == colours[4], "{colours:?}");
    assert_ne!(colours[0], colours[1]);
    assert_eq!(colours[1], colours[3], "a port has one colour");
    let again = site.acecast(&["logs", "8640", "8641", "--color", "always"]).exit(0).stdout;
    assert_eq!(again, coloured);
    let never = site.acecast(&["logs", "8641", "8640", "--color", "never"]).exit(0).stdout;
    assert!(!never.contains('\u{1b}'));
}

#[test]
fn a_port_without_a_log_is_named_and_the_others_go_on() {
    let site = Site::new();
    append(&log(&site, "source_node_8640.log"), "a line\n");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        log(&site, "source_node_8642.log"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    fs::create_dir(log(&site, "source_node_8643.log")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", log(&site, "source_node_8644.log")).unwrap();
    let ran = site.acecast(&["logs", "8640,8641,8642,8643,8644"]).exit(1).says("a line");
    let ran = ran.says("port 8641 has no log in").says("is a FIFO").says("is a folder").says("is a link");
    ran.hides("root:");
    let doc = site.json(&["logs", "8640", "8641"], 1);
    assert_eq!(
        (&doc["errors"][0]["port"], doc["nodes"].as_array().unwrap().len()),
        (&json!(8641), 1),
        "{doc:#}"
    );
    site.acecast(&["logs"]).exit(2);
}

/// Which are the ports that other commands end with 3 for. A list that cannot be read may have them.
#[test]
fn a_port_that_nothing_knows_of_is_a_slip() {
    let site = Site::new();
    let [listed, free] = site.ports();
    site.sources(&[site.ts("news", listed)]);
    let [listed, free] = [listed, free].map(|port: u16| port.to_string());
    for args in [&["logs", &free][..], &["logs", &free, "-f"], &["explain", &free], &["restart", &free]] {
        let doc = site.json(args, 3);
        assert_eq!(doc["error"]["code"], "port_not_in_config", "{args:?} {doc:#}");
    }
    site.acecast(&["logs", &free]).exit(3).says("has no log in").says("see `acecast status`");
    for ports in [&listed, &format!("{listed},{free}")] {
        let doc = site.json(&["logs", ports], 1);
        assert_eq!(doc["nodes"], json!([]), "{doc:#}");
        assert!(doc["errors"][0]["message"].as_str().unwrap().contains("has no log in"), "{doc:#}");
    }
    fs::remove_file(site.path("config/support_node.json")).unwrap();
    site.json(&["logs", &free], 1);
}

#[test]
fn hostile_lines_control_nothing_and_secrets_are_never_shown() {
    let site = Site::new();
    site.app(json!({"node_access_token": "hunter2hunter2", "provider_key": "provider-key-1"}));
    let path = log(&site, "source_node_8640.log");
    let key: Vec<String> = (0..10).map(|n| format!("MIICXAIBAAKBgQC7{n:0>40}")).collect();
    append(&path, b"bytes \xff\x1b[2J\x1b]0;title\x07 \xe2\x80\xae end\n");
    append(&path, "asked with hunter2hunter2 and provider-key-1\n");
    append(&path, "input http://user:pass@example.com/live?session=abcdef\n");
    append(
        &path,
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", key.join("\n")),
    );
    append(&path, format!("long {}\n", "x".repeat(1 << 20)));
    append(&path, "the end\n");
    for args in [&["logs", "8640"][..], &["logs", "8640", "-o", "json"]] {
        let ran = site.acecast(args).exit(0).says("the end").says("****");
        for secret in [
            "hunter2hunter2",
            "provider-key-1",
            "user:pass",
            "abcdef",
            "MIICX",
            "\u{1b}",
            "\u{7}",
            "\u{202e}",
        ] {
            assert!(!ran.all().contains(secret), "{secret:?}");
        }
        assert!(ran.stdout.len() < 20_000, "a line of a MiB is cut: {}", ran.stdout.len());
    }
    // In the middle of the key.
    site.acecast(&["logs", "8640", "-n", "6"]).exit(0).hides("MIICX").says("the end");
}

#[test]
fn lines_are_followed_through_rotation_and_truncation() {
    let site = Site::new();
    let path = log(&site, "source_node_8640.log");
    append(&path, "old\nfirst\n");
    let following = Following::start(&site, &["logs", "8640", "-f", "-n", "1"]);
    assert_eq!(following.next(), "first");
    append(&path, "second\nthi");
    assert_eq!(following.next(), "second");
    append(&path, "rd\n");
    assert_eq!(following.next(), "third");
    append(&path, "before the rotation\n");
    fs::rename(&path, path.with_extension("log.1")).unwrap();
    append(&path, "after the rotation\n");
    assert_eq!(following.next(), "before the rotation");
    assert_eq!(following.next(), "after the rotation");
    fs::write(&path, "emptied\n").unwrap();
    assert_eq!(following.next(), "emptied");
    fs::remove_file(&path).unwrap();
    append(&path, "anew\n");
    assert_eq!(following.next(), "anew");
    assert_eq!(following.end(), Some(130));
}

#[test]
fn programs_that_follow_get_one_document_a_line() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    site.start();
    let ports = [one.to_string(), two.to_string()];
    let following = Following::start(&site, &["logs", &ports[0], &ports[1], "-f", "-n", "0", "-o", "json"]);
    site.json(&["restart", &ports[1]], 0);
    let doc: Value = eventually("the restarted node is heard", || {
        let doc: Value = serde_json::from_str(&following.next()).unwrap();
        assert_eq!(
            (&doc["schema"], &doc["port"], &doc["name"]),
            (&json!(1), &json!(two), &json!("two")),
            "{doc:#}"
        );
        doc["line"].as_str().unwrap().ends_with("|running").then_some(doc)
    });
    assert_eq!(doc["role"], "source");
    assert_eq!(following.end(), Some(130));
}

#[test]
fn since_a_moment() {
    let site = Site::new();
    let path = log(&site, "source_node_8640.log");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    append(&path.with_extension("log.1"), format!("{}|day ago\n", now - 86_400));
    append(&path, format!("{}|hour ago\n{}|minute ago\nits trace\n{now}|now\n", now - 3600, now - 60));
    let shown = |args: &[&str]| {
        let ran = site.acecast(&[&["logs", "8640"][..], args].concat()).exit(0);
        ran.stdout.lines().map(|line| line.split('|').next_back().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&["--since", "10m"]), ["minute ago", "its trace", "now"]);
    assert_eq!(shown(&["--since", "2h", "-n", "2"]), ["its trace", "now"]);
    assert_eq!(shown(&["--since", "2d"]).len(), 5);
    assert_eq!(shown(&["--since", "2001-01-01"]).len(), 5);
    assert_eq!(shown(&[]).len(), 5);
    site.acecast(&["logs", "8640", "--since", "yesterday"]).exit(2).says("expected how long ago");

    // No line is from then, whatever zone was meant.
    for (text, understood) in
        [("2999-01-01T00:00:00Z", "2999-01-01 02:00:00 +02:00"), ("2999-01-01", "2999-01-01 00:00:00 +02:00")]
    {
        let mut command = site.command(&["logs", "8640", "--since", text, "-o", "json"]);
        command.env("TZ", "XYZ-2");
        let ran = Running::start(command).wait().exit(2);
        let said = format!("--since is understood as {understood}, which is in the future");
        assert_eq!(ran.doc()["error"]["message"], json!(said), "{ran}");
    }

    // Without times it is the file's that counts.
    let timeless = log(&site, "source_node_8641.log");
    append(&timeless, "Cannot load file\n");
    site.acecast(&["logs", "8641", "--since", "30s"])
        .exit(0)
        .says("Cannot load file")
        .says("its lines have no times");
    age(&timeless);
    site.acecast(&["logs", "8641", "--since", "30s"]).exit(0).hides("Cannot load file");
}
