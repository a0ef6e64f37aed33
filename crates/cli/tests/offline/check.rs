//! `check`, on the examples among others.

use std::fs;

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
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.ends_with("no errors, no warnings\n"), "{}", ran.stderr);
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
    assert!(ran.stdout.starts_with("warning: [0].stream_uid: "), "{}", ran.stdout);
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
    assert!(text.stderr.contains("source nodes: 0, and 2 wrong\nsupport nodes: 1\n"), "{}", text.stderr);
}

#[test]
fn an_app_config_that_cannot_be_used_has_both_lists_too() {
    let site = Site::new();
    site.write("config.json", "{\"unknown_thing\": 1}");
    let document = site.run("check -o json").ends(3).json();
    assert!(!document["errors"].as_array().unwrap().is_empty());
    assert_eq!(document["warnings"][0]["path"], "unknown_thing");
}
