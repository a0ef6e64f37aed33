//! Provider key, access token, private keys and session tokens are shown nowhere.

use std::fs;

use serde_json::json;

use crate::support::{Site, mode_of, with};

const KEY: &str = "s3cret-provider-key";
const TOKEN: &str = "s3cret-access-token";
const SESSION: &str = "s3cret-session";
const PASSWORD: &str = "s3cret-password";

#[test]
fn in_no_output_however_much_is_said() {
    let site = Site::new();
    let [ts, hls, support, broken] = site.ports();
    site.app(json!({"provider_key": KEY, "node_access_token": TOKEN}));
    // An engine that is indiscreet.
    let indiscreet = |key: &str, token: &str| {
        let message = format!("cannot use {key} with token {token} at http://u:{PASSWORD}@h/?s={SESSION}");
        site.script("beta", json!({"*": {"exit_at_start": 1, "exit_message": message}}));
    };
    indiscreet(KEY, TOKEN);
    let host = site.world.streams.strip_prefix("http://").unwrap().to_owned();
    let url = |path: &str| format!("http://user:{PASSWORD}@{host}/{path}?rate=50000&session={SESSION}");
    let nodes = [
        with(site.ts("news", ts), json!({"url": url("ts/news")})),
        with(site.hls("kids", hls), json!({"url": url("hls/kids/index.m3u8")})),
        with(site.ts("broken", broken), json!({"url": url("ts/broken"), "engine_version": "beta"})),
    ];
    site.sources(&nodes);
    site.supports(&[site.support(support, ts)]);

    let mut said = String::new();
    let mut run = |args: &[&str]| {
        for output in ["text", "json"] {
            said += &site.acecast(&[args, &["-vvv", "-o", output]].concat()).all();
        }
    };
    run(&["check"]);
    run(&["plan"]);
    run(&["start", "--dry-run"]);
    run(&["start"]);
    run(&["status"]);
    let (key, token) = (KEY.to_uppercase(), TOKEN.to_uppercase());
    indiscreet(&key, &token);
    site.app(json!({"provider_key": key, "node_access_token": token}));
    run(&["plan"]);
    run(&["start"]);
    site.sources(&[with(nodes[0].clone(), json!({"bitrate": "x", "title": "\u{1b}[31m"})), nodes[1].clone()]);
    run(&["check"]);
    run(&["plan"]);
    run(&["stop", "all"]);

    let pem = fs::read_to_string(site.metadata("news.sauth")).unwrap();
    let pem_line = pem.lines().nth(1).unwrap();
    for secret in [KEY, TOKEN, &*key, &*token, SESSION, PASSWORD, pem_line] {
        let at =
            said.find(secret).map(|at| said[at.saturating_sub(300)..(at + 100).min(said.len())].to_owned());
        assert_eq!(at, None, "{secret} is shown");
    }
    assert!(said.contains("news") && said.len() > 2_000, "something was said: {said}");
    // What must hold secrets is its user's alone.
    for file in fs::read_dir(site.root().join("private")).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode_of(&path), 0o600, "{}", path.display());
    }
    let map = fs::read_to_string(site.root().join("public/port_map.json")).unwrap();
    assert!(!map.contains("s3cret"), "{map}");
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    let site = Site::new();
    let port = site.port();
    let escape = "\u{1b}]0;owned\u{7}";
    site.script("stable", json!({"*": {"exit_at_start": 1, "exit_message": format!("Traceback {escape}")}}));
    site.sources(&[with(
        site.ts("news", port),
        json!({"title": "--port=1 \u{202e}", "categories": ["\u{9b}31m"]}),
    )]);
    for args in [&["plan"][..], &["start"], &["check"]] {
        let run = site.acecast(args);
        assert!(!run.all().contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{:?}\n{run}", run.all());
    }
}
