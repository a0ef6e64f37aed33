//! `check`, on the examples among others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::site::{Site, examples, source};

#[test]
fn the_examples_are_right() {
    let site = Site::new();
    fs::create_dir(site.path("root/config")).unwrap();
    for name in ["source_node.json", "support_node.json"] {
        fs::copy(examples().join(name), site.path("root/config").join(name)).unwrap();
    }
    let app = fs::read_to_string(examples().join("config.json")).unwrap();
    let engine = site.path("engine").display().to_string();
    let app = app
        .replace("/opt/acestream-stable/start-engine", &engine)
        .replace("/opt/acestream-beta/start-engine", &engine)
        .replace("\"/opt/acecast\"", &format!("\"{}\"", site.path("root").display()));
    site.write("config.json", &app);
    let ran = site.run("check --strict").ends(0);
    assert!(ran.stdout.ends_with("\nno errors, no warnings\n"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_clean_config_has_two_empty_lists() {
    assert_eq!(
        Site::new().run("check -o json").ends(0).json(),
        json!({"schema": 1, "errors": [], "warnings": []})
    );
}

#[test]
fn warnings_are_errors_only_if_asked_for() {
    let site = Site::new();
    site.write("root/source.json", &json!([source(8640, "news-hd")]).to_string());
    let ran = site.run("check").ends(0);
    assert!(ran.stdout.starts_with("warning: [0].stream_uid (news-hd, port 8640): "), "{}", ran.stdout);
    let document = site.run("check --strict -o json").ends(3).json();
    assert_eq!((&document["error"]["code"], &document["errors"]), (&json!("config_wrong"), &json!([])));
    assert_eq!(document["warnings"][0]["path"], "[0].stream_uid");
}

#[test]
fn errors_in_the_lists_and_in_the_app_config_are_all_told() {
    let site = Site::new();
    site.write("root/source.json", "[{\n\"port\": 0}, 5]");
    site.app(|app| {
        app["require_https"] = json!(true);
        app["controller"]["metadata_receiver"] = json!("http://user:hunter2@example.com/x?key=hunter2");
    });
    let ran = site.run("check -o json").ends(3);
    let paths: Vec<String> = ran.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].as_str().unwrap().to_owned())
        .collect();
    for path in ["controller.metadata_receiver", "[0].port", "[1]"] {
        assert!(paths.iter().any(|found| found == path), "{path} in {paths:?}");
    }
    let text = site.run("check").ends(3);
    assert!(!format!("{ran:?}{text:?}").contains("hunter2"));
    assert!(text.stdout.contains("source nodes: 0, and 2 wrong\nsupport nodes: 1\n"), "{}", text.stdout);
}

#[test]
fn an_app_config_that_cannot_be_used_has_both_lists_too() {
    let site = Site::new();
    site.write("config.json", "{\"unknown_thing\": 1}");
    let document = site.run("check -o json").ends(3).json();
    assert!(!document["errors"].as_array().unwrap().is_empty());
    assert_eq!(document["warnings"][0]["path"], "unknown_thing");
}

#[test]
fn what_is_no_json_has_the_same_form_as_what_is_wrong() {
    let site = Site::new();
    site.write("config.json", "{\"root\" 1}");
    let ran = site.run("check").ends(3);
    let lines = "app config: cannot be used\n\
                 source nodes: not looked at, the app config does not tell where they are\n\
                 support nodes: not looked at, the app config does not tell where they are\n\
                 1 error, no warnings\n";
    assert!(ran.stdout.starts_with("error: ") && ran.stdout.ends_with(lines), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    let document = site.run("check -o json").ends(3).json();
    assert_eq!(document["error"]["message"], "the app config cannot be used: 1 error");
    assert_eq!(document["errors"].as_array().unwrap().len(), 1);
    // What cannot be read at all has no place to draw.
    fs::remove_file(site.path("config.json")).unwrap();
    let ran = site.run("check").ends(3);
    let hint = "hint: name another one with --config PATH, or write one with `acecast init DIR`\n";
    assert!(ran.stdout.is_empty() && ran.stderr.ends_with(hint), "{ran:?}");
}

#[test]
fn an_app_config_that_cannot_be_used_does_not_hide_what_is_wrong_with_the_lists() {
    let site = Site::new();
    site.app(|app| app["trackers"] = json!([]));
    site.write("root/source.json", &json!([source(8640, "news"), source(8640, "news")]).to_string());
    let ran = site.run("check").ends(3);
    for part in [
        "error: trackers: the list is empty",
        "error: [1].port (news, port 8640): found 8640, which [0].port has, too;",
        "app config: cannot be used\n\
         source nodes: not usable as a whole: port 8640 and stream_uid \"news\" are used twice\n\
         support nodes: 1\n\
         3 errors, no warnings\n",
    ] {
        assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
    }
    let document = site.run("check -o json").ends(3).json();
    assert_eq!(document["errors"].as_array().unwrap().len(), 3);
    assert_eq!(document["error"]["message"], "the app config cannot be used: 1 error");
}

#[test]
fn a_list_that_repeats_itself_does_not_hide_a_missing_engine() {
    let site = Site::new();
    fs::remove_file(site.path("engine")).unwrap();
    site.write("root/source.json", &json!([source(8640, "news"), source(8641, "news")]).to_string());
    let ran = site.run("check").ends(3);
    for part in [
        "error: engine_path.stable: no engine at ",
        "source nodes: not usable as a whole: stream_uid \"news\" is used twice\n",
        "support nodes: not usable as a whole: port 8641 is used by source nodes, too\n",
    ] {
        assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
    }
}

#[test]
fn a_missing_engine_is_one_problem_and_its_nodes_say_what_to_do() {
    let site = Site::new();
    fs::remove_file(site.path("engine")).unwrap();
    let ran = site.run("plan").ends(1);
    assert_eq!(ran.stderr.matches("error: ").count(), 1, "{}", ran.stderr);
    let engine = site.path("engine").display().to_string();
    let detail = format!("engine stable: no engine at {engine} (engine_path.stable)");
    assert_eq!(ran.stdout.matches(&detail).count(), 2, "{}", ran.stdout);
    let ran = site.run("start").ends(1);
    assert_eq!(
        ran.stdout
            .matches("    hint: correct engine_path.stable in the app config, or install the engine there\n")
            .count(),
        2
    );
}

#[test]
fn folders_and_engines_are_looked_at_too() {
    let site = Site::new();
    site.app(|app| {
        app["dirs"]["cache"] = json!("metadata");
        app["dirs"]["log"] = json!("source.json");
        app["dirs"]["pid"] = json!("source.json/pid");
    });
    fs::set_permissions(site.path("engine"), fs::Permissions::from_mode(0o644)).unwrap();
    let before = site.traces();
    let document = site.run("check -o json").ends(3).json();
    let found = |list: &str| -> Vec<String> {
        let list = document[list].as_array().unwrap().iter();
        list.map(|one| one["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found("errors"), ["engine_path.stable", "dirs.log", "dirs.pid"], "{document:#}");
    assert_eq!(found("warnings"), ["dirs.metadata"], "{document:#}");
    assert_eq!(site.traces(), before);
}

#[test]
fn a_config_of_which_nothing_can_be_read_without_waiting_is_refused() {
    let site = Site::new();
    fs::remove_file(site.path("config.json")).unwrap();
    // Reading it would wait for the kernel's next message. Not everybody may open it.
    std::os::unix::fs::symlink("/proc/kmsg", site.path("config.json")).unwrap();
    site.run("check").ends(3);
    fs::remove_file(site.path("config.json")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(site.path("config.json")).status().unwrap().success());
    let ran = site.run("check").ends(3);
    assert!(ran.stderr.contains("it is a FIFO, not a regular file"), "{ran:?}");
}
