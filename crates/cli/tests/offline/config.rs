//! App configs that are missing or wrong: nothing is touched, and the message says what to change.

use serde_json::json;

use crate::site::{Ran, Site, acecast};

#[test]
fn a_config_is_looked_for_in_the_usual_places() {
    let dir = tempfile::tempdir().unwrap();
    let run = || Ran::of(acecast().current_dir(dir.path()).args(["status", "-o", "json"]));
    // A host may have one in /etc; then there is nothing to see here.
    if !std::path::Path::new("/etc/acecast/config.json").exists() {
        let ran = run().ends(3);
        assert_eq!(ran.json()["error"]["code"], "config_not_found");
        assert!(
            ran.stderr.contains("config/config.json") && ran.stderr.contains("hint: name it with --config")
        );
    }
    let site = Site::new();
    std::fs::create_dir(dir.path().join("config")).unwrap();
    std::fs::copy(site.path("config.json"), dir.path().join("config/config.json")).unwrap();
    run().ends(1);
}

#[test]
fn the_option_wins_over_the_environment() {
    let site = Site::new();
    let status = |config: &str, args: &str| {
        let mut command = acecast();
        command.current_dir(site.path("")).env("ACECAST_CONFIG", config).args(args.split_whitespace());
        Ran::of(&mut command)
    };
    status("config.json", "status").ends(1);
    status("nowhere.json", "status -c config.json").ends(1);
    let ran = status("nowhere.json", "status").ends(3);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "error: the app config cannot be had"), "{}", ran.stderr);
    assert!(
        lines[1].starts_with("  caused by: read ") && lines[1].ends_with("nowhere.json"),
        "{}",
        ran.stderr
    );
    assert_eq!(lines[2], "  caused by: No such file or directory (os error 2)");
    assert!(ran.stdout.is_empty());
}

#[test]
fn everything_wrong_is_drawn_with_its_place() {
    let site = Site::new();
    site.write("config.json", "{\n  \"root\": 7,\n  \"trackers\": [],\n}\n");
    let ran = site.run("plan").ends(3);
    let expected = "\
error: root: found 7, expected an absolute path
 --> config.json:2:11
  |
2 | \"root\": 7,
  |         ^
error: trackers: the list is empty, expected at least one tracker
 --> config.json:3:15
  |
3 | \"trackers\": [],
  |             ^^
";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("\nerror: the app config cannot be used: 4 errors\n"), "{}", ran.stderr);
    let document = site.run("plan -o json").ends(3).json();
    assert_eq!(
        document["error"],
        json!({"code": "config_wrong", "message": "the app config cannot be used: 4 errors"})
    );
    assert_eq!(
        document["errors"].as_array().unwrap()[2],
        json!({
            "source": "config.json", "line": 2, "column": 11, "path": "root",
            "message": "found 7, expected an absolute path"
        })
    );
}

#[test]
fn a_relative_root_is_answered_with_what_it_could_mean() {
    let site = Site::new();
    site.app(|app| app["root"] = json!("root"));
    std::fs::create_dir_all(site.path("root/pid")).unwrap();
    site.write("root/pid/acestreamengine-8640.pid", "4242");
    let ran = site.run("status -o json").ends(3);
    let message = ran.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    let root = site.path("root").display().to_string();
    let both = "the config file's folder and from the current folder, which are the same (holds pid files)";
    assert!(message.contains(&format!("it would be {root} from {both}; ")), "{message}");
}

#[test]
fn a_ca_file_that_holds_no_certificate_is_named() {
    let site = Site::new();
    site.write("root/ca.pem", "nothing");
    site.app(|app| app["ca_file"] = json!("ca.pem"));
    let ran = site.run("check -o json").ends(3);
    assert_eq!(ran.json()["error"]["code"], "ca_file_wrong");
    site.run("plan").ends(0);
    site.app(|app| {
        app["ca_file"] = json!("ca.pem");
        app["controller"]["source_node"] = json!("https://localhost/");
    });
    site.run("plan").ends(3);
    assert!(ran.stderr.contains("ca.pem holds no certificate"), "{}", ran.stderr);
}
