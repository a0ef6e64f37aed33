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
        let here = dir.path().join("config/config.json").display().to_string();
        assert_eq!(
            ran.stderr,
            format!(
                "error: no app config found: neither {here} nor /etc/acecast/config.json exists\n  \
                 hint: name it with --config PATH or $ACECAST_CONFIG, or write one with `acecast init DIR`\n"
            )
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
    let [error, cause, hint] = lines[..] else { panic!("{}", ran.stderr) };
    assert!(error.starts_with("error: cannot read the app config ") && error.ends_with("nowhere.json"));
    assert_eq!(cause, "  caused by: No such file or directory");
    assert_eq!(hint, "  hint: name another one with --config PATH, or write one with `acecast init DIR`");
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
    let both = "the config file's folder, which is the current folder, too (holds pid files)";
    let expected = format!("found \"root\", a relative path; expected an absolute one: {root} from {both}");
    assert_eq!(message, expected);
}

#[test]
fn a_ca_file_that_holds_no_certificate_is_named() {
    let site = Site::new();
    site.write("root/ca.pem", "nothing");
    site.app(|app| app["ca_file"] = json!("ca.pem"));
    let ran = site.run("check -o json").ends(3);
    assert_eq!(ran.json()["error"]["code"], "ca_file_wrong");
    let ca_file = site.path("root/ca.pem");
    assert_eq!(
        ran.stderr,
        format!(
            "error: cannot use the certificate authorities in {}\n  \
             caused by: it holds no certificate in PEM form\n  \
             hint: correct --ca-file, or ca_file in the app config\n",
            ca_file.display()
        )
    );
    site.run("plan").ends(0);
    site.app(|app| {
        app["ca_file"] = json!("ca.pem");
        app["controller"]["source_node"] = json!("https://localhost/");
    });
    site.run("plan").ends(3);
    // A certificate that cannot be decoded is not left out in silence.
    site.write("root/ca.pem", "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n");
    let message = site.run("plan -o json").ends(3).json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with("ca.pem: certificate 1 in it cannot be decoded"), "{message}");
}
