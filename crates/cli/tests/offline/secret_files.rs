//! Secrets in files, and what is said where others can read them.

use serde_json::json;

use crate::site::Site;

const SECRET: &str = "hunter2-secret";

/// A site whose provider key is in a file with this mode.
fn with_key_file(mode: u32) -> Site {
    let site = Site::new();
    site.write("root/provider.key", &format!("{SECRET}\n"));
    site.mode("root/provider.key", mode);
    site.app(|app| app["provider_key_file"] = json!("provider.key"));
    site
}

#[test]
fn a_secret_in_a_file_of_its_own_is_fine() {
    let site = with_key_file(0o600);
    site.run("check --strict").ends(0);
    // It is a secret like one in the config: not even a log shows it.
    site.write("root/source.json", "[]");
    let ran = site.run("plan -vvv").ends(0);
    assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
}

#[test]
fn a_file_that_others_can_read_is_a_warning_everywhere() {
    let site = with_key_file(0o644);
    let key = site.path("root/provider.key").display().to_string();
    let advice = format!("other users can read this file (mode 0644): chmod 600 {key}");
    let ran = site.run("check").ends(0);
    assert!(ran.stdout.contains(&format!("warning: provider_key_file: {advice}")), "{}", ran.stdout);
    let document = site.run("check --strict -o json").ends(3).json();
    assert_eq!(document["warnings"][0]["message"], advice.as_str());
    let plan = site.run("plan").ends(0);
    assert!(plan.stderr.contains(&advice), "{}", plan.stderr);
    assert_eq!(site.run("plan -q").ends(0).stderr, "");
}

#[test]
fn configs_and_lists_with_secrets_that_others_can_read_are_warnings() {
    let site = Site::new();
    site.app(|app| app["node_access_token"] = json!(SECRET));
    site.run("check --strict").ends(0);
    site.mode("config.json", 0o640);
    site.mode("root/source.json", 0o644);
    let document = site.run("check --strict -o json").ends(3).json();
    let list = site.path("root/source.json").display().to_string();
    let said = |file: &str, mode: &str| {
        format!("holds a secret, and other users can read this file (mode {mode}): chmod 600 {file}")
    };
    let warnings = document["warnings"].as_array().unwrap();
    let messages: Vec<&str> = warnings.iter().map(|warning| warning["message"].as_str().unwrap()).collect();
    assert_eq!(messages, [said("config.json", "0640"), said(&list, "0644")]);
    assert!(!document.to_string().contains("hunter2"));
}

#[test]
fn a_file_without_a_secret_is_an_error_that_shows_none() {
    let site = with_key_file(0o600);
    site.write("root/provider.key", &format!("{SECRET}\n{SECRET}\n"));
    let ran = site.run("start").ends(3);
    assert!(
        ran.stderr.contains("it has more than one line") && !format!("{ran:?}").contains(SECRET),
        "{ran:?}"
    );
    site.app(|app| {
        app["provider_key_file"] = json!("provider.key");
        app["provider_key"] = json!(SECRET);
    });
    let ran = site.run("check").ends(3);
    assert!(ran.stdout.contains("provider_key is set, too; keep one of the two"), "{}", ran.stdout);
}

#[test]
fn what_is_given_instead_of_a_path_is_not_shown() {
    let site = Site::new();
    let shown_nowhere = |key: &str, value: &str| {
        site.app(|app| app[key] = json!(value));
        for args in ["check", "check -o json", "plan", "plan -o json"] {
            let ran = site.run(args).ends(3);
            assert!(!format!("{ran:?}").contains("hunter2"), "{key} is {value}: {ran:?}");
        }
    };
    for url in
        ["http//me:hunter2@example.com/x", "//me:hunter2@example.com", "http:/example.com/x;token=hunter2"]
    {
        for key in ["root", "ca_file", "provider_key_file"] {
            shown_nowhere(key, url);
        }
    }
    for key in [SECRET, "-----BEGIN PRIVATE KEY-----\nhunter2", "aHVudGVyMg/hunter2=="] {
        shown_nowhere("node_access_token_file", key);
    }
}
