//! Help, version and wrong arguments.

use std::process::Stdio;

use serde_json::json;

use crate::site::{Ran, Site, acecast};

fn run(args: &str) -> Ran {
    Ran::of(acecast().args(args.split_whitespace()))
}

#[test]
fn help_and_version_go_to_stdout() {
    let help = run("--help").ends(0);
    assert!(help.stdout.contains("130  interrupted") && help.stderr.is_empty(), "{help:?}");
    for command in ["start", "stop", "plan", "status", "check", "cleanup"] {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command}");
        run(&format!("{command} --help")).ends(0);
    }
    assert_eq!(run("-V").ends(0).stdout, format!("acecast {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_goes_to_stderr() {
    for args in
        ["", "frob", "start --port 0", "start --parallel 0", "stop", "stop all 8640", "plan --dry-run"]
    {
        let ran = run(args).ends(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{ran:?}");
    }
}

#[test]
fn wrong_usage_is_a_document_for_programs() {
    let ran = run("start --port x -o json").ends(2);
    let message = "invalid value 'x' for '--port <PORT>': expected a port from 1 to 65535";
    assert_eq!(ran.json(), json!({"schema": 1, "error": {"code": "usage", "message": message}}));
    assert!(ran.stderr.contains(message));
    assert_eq!(run("--output=json").ends(2).json()["error"]["code"], "usage");
}

#[test]
fn what_cannot_be_used_together_is_said_with_the_usage_of_the_command() {
    for (args, error, usage) in [
        ("stop all 8640", "`all` cannot be used together with ports", "acecast stop [OPTIONS] <all|PORT>..."),
        (
            "restart 8640 all",
            "`all` cannot be used together with ports",
            "acecast restart [OPTIONS] <all|PORT>...",
        ),
        (
            "status --watch -o json",
            "--watch shows a table and cannot be used with -o json",
            "acecast status [OPTIONS] [ROLE]",
        ),
    ] {
        let ran = run(args).ends(2);
        let expected = format!("error: {error}\n\nUsage: {usage}\n");
        assert!(ran.stderr.starts_with(&expected), "{}", ran.stderr);
    }
}

#[test]
fn a_usage_text_does_not_ask_for_the_config_that_the_environment_names() {
    let ran = Ran::of(acecast().env("ACECAST_CONFIG", "x.json").args(["start", "--parallel", "0"])).ends(2);
    assert!(ran.stderr.contains("at least 1") && !ran.stderr.contains("--config"), "{}", ran.stderr);
}

#[test]
fn nobody_reading_is_no_reason_to_complain() {
    let site = Site::new();
    for (args, code) in [("plan", 0), ("status", 1), ("status -o json", 1), ("check", 0)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = site.command(args).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked") && !stderr.contains("error:"), "{args}: {stderr}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Site::new().command("plan").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("error: cannot write to stdout\n  caused by: No space left on device\n")
    );
}

#[test]
fn colours_are_a_matter_of_taste() {
    let site = Site::new();
    assert!(!site.run("plan").stdout.contains('\u{1b}'));
    assert!(site.run("plan --color always").stdout.contains('\u{1b}'));
    let mut no_color = site.command("plan --color auto");
    assert!(!Ran::of(no_color.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1")).stdout.contains('\u{1b}'));
}
