//! What programs rely on: exit codes, documents, streams.

use std::collections::BTreeSet;
use std::fs::File;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Site, node, with};

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap_or_else(|| panic!("an object: {value}")).keys().map(String::as_str).collect()
}

#[test]
fn documents_have_exactly_the_keys_of_the_contract() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.sources(&[site.ts("one", one)]);
    site.start();
    site.sources(&[with(site.ts("one", one), json!({"quality": "SD"})), site.ts("two", two)]);

    let plan = site.plan();
    assert_eq!(keys(&plan), ["schema", "changes", "nodes", "errors", "refused", "warnings"].into());
    let decided = ["action", "role", "port", "name", "pid", "reason", "detail", "drift", "noted", "new_key"];
    for port in [one, two] {
        assert_eq!(keys(node(&plan, port)), decided.into());
    }
    assert_eq!(keys(&node(&plan, one)["drift"][0]), ["field", "from", "to"].into());
    assert_eq!(node(&plan, two)["pid"], Value::Null);

    let report = site.start();
    let mut reported = BTreeSet::from(decided);
    reported.extend(["outcome", "error"]);
    for port in [one, two] {
        assert!(reported.is_subset(&keys(node(&report, port))), "{report:#}");
    }
    let status = site.json(&["status"], 0);
    assert_eq!(keys(&status), ["schema", "nodes"].into());
    let shown = [
        "port",
        "role",
        "name",
        "state",
        "listed",
        "pid",
        "engine_version",
        "version",
        "uptime_s",
        "download_speed",
        "upload_speed",
        "peers",
        "rss_bytes",
        "error",
        "key_error",
    ];
    assert_eq!(keys(node(&status, one)), shown.into());
    let report = site.json(&["stop", &one.to_string()], 0);
    assert!(reported.is_subset(&keys(node(&report, one))), "{report:#}");
    assert_eq!(report["nodes"].as_array().unwrap().len(), 1, "only those asked for");

    let usage = site.json(&["start", "--no-such-option"], 2);
    assert_eq!(keys(&usage["error"]), ["code", "message"].into());
    std::fs::write(site.path("config/source_node.json"), "[{\"port\": }]").unwrap();
    let wrong = site.json(&["start"], 3);
    assert_eq!(keys(&wrong["error"]), ["code", "message"].into());
    assert_eq!(keys(&wrong["errors"][0]), ["source", "line", "column", "path", "message"].into());
}

#[test]
fn exit_codes_tell_what_happened() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.acecast(&["status"]).exit(1);
    site.acecast(&["plan", "--detailed-exitcode"]).exit(6);
    site.acecast(&["start", "source"]).exit(0);
    site.acecast(&["plan", "--detailed-exitcode"]).exit(0);
    site.acecast(&["status"]).exit(0);
    site.acecast(&["start", "both"]).exit(2);
    site.acecast(&["start", "--port", "70000"]).exit(2);
    site.acecast(&["start", "--stop-timeout", "soon"]).exit(2);
    site.acecast(&[]).exit(2);
    site.acecast(&["--help"]).exit(0);
    std::fs::remove_file(site.path("config/source_node.json")).unwrap();
    site.acecast(&["start"]).exit(3).says("source_node.json");
    std::fs::remove_file(site.path("config/config.json")).unwrap();
    site.acecast(&["start"]).exit(3).says("config.json");
    assert_eq!(site.pids().len(), 1);
}

#[test]
fn data_goes_to_stdout_and_messages_to_stderr() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[with(site.ts("news", port), json!({"categories": ["sports"]}))]);
    let plan = site.acecast(&["plan"]).exit(0);
    let line = format!("+ start  source  {port}  news  missing, new key\n");
    assert_eq!(plan.stdout, format!("{line}1 to start\n"), "{plan}");
    assert!(plan.stderr.contains("sports"), "{plan}");
    let quiet = site.acecast(&["-q", "plan"]).exit(0);
    assert_eq!((quiet.stdout, quiet.stderr), (line, String::new()));
    let colours = site.acecast(&["--color", "always", "plan"]).exit(0);
    assert!(colours.all().contains('\u{1b}'), "{colours}");
}

#[test]
fn a_reader_that_goes_early_is_no_error() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    for args in [&["status"][..], &["plan"], &["start"], &["status", "-o", "json"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = site.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("Broken pipe"), "{args:?}: {stderr}");
    }
    // A full disk is another matter.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = site.command(&["status"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}
