//! The provider key, the access token, private keys, and what is secret in URLs: every command with every form of
//! output, at its most talkative, while everything goes wrong that can.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Running, Site, with};
use crate::world::{Server, alpha_engine, engines, http, key};

const TOKEN: &str = "tok3n-Zq81xWvu";
const OLD_TOKEN: &str = "0ldtok-Yt55rrEe";
const PROVIDER: &str = "prov1der-Kk29mm";
const OLD_PROVIDER: &str = "0ldprov-Jj77ssdd";
const USER: &str = "us3rname-Cc33";
const PASSWORD: &str = "passw0rd-Bb55";
const SESSION: &str = "sess10n-Aa77";

/// Looks for secrets, and for the beginnings of secrets, in all that is written.
struct Watch<'a> {
    site: &'a Site,
    needles: Vec<String>,
    leaks: Vec<String>,
    runs: usize,
}

impl<'a> Watch<'a> {
    fn new(site: &'a Site) -> Self {
        let words = [TOKEN, OLD_TOKEN, PROVIDER, OLD_PROVIDER, USER, PASSWORD, SESSION];
        let mut needles: Vec<String> = words.iter().map(|word| word[..7].to_owned()).collect();
        // Lines of the keys that controllers send here.
        needles.extend(["KKKKKKKK", "LLLLLLLL", "DDDDDDDD"].map(str::to_owned));
        Watch { site, needles, leaks: Vec::new(), runs: 0 }
    }

    /// From now on, no line of this key may be seen either.
    fn key(&mut self, path: &Path) {
        let text = fs::read_to_string(path).unwrap();
        let body = text.lines().filter(|line| !line.contains("-----") && line.len() > 12);
        self.needles.extend(body.map(|line| line[..12].to_owned()));
    }

    /// Runs the command in both forms of output.
    fn run(&mut self, args: &[&str]) {
        self.run_with(args, &[]);
    }

    fn run_with(&mut self, args: &[&str], env: &[(&str, &str)]) {
        for form in [["-o", "text"], ["-o", "json"]] {
            let mut command = self.site.command(&[args, &["-vvv"], &form].concat());
            command.envs(env.iter().copied());
            self.look(command);
        }
    }

    fn look(&mut self, command: Command) {
        let ran = Running::start(command).wait();
        assert!(ran.code.is_some(), "{ran}");
        self.runs += 1;
        for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            for needle in self.needles.iter().filter(|needle| text.contains(*needle)) {
                let line = text.lines().find(|line| line.contains(needle)).unwrap_or(text);
                self.leaks.push(format!("{needle} on {name} of {}: {line}", ran.line));
            }
        }
    }

    /// Every command.
    fn all(&mut self, port: u16) {
        let port = port.to_string();
        let quick = ["--ready-timeout", "2", "--stop-timeout", "5"];
        let commands: [&[&str]; 20] = [
            &["plan"],
            &["plan", "source", "--detailed-exitcode"],
            &["plan", "--port", &port, "--new-key", "news"],
            &["status"],
            &["check"],
            &["check", "--strict"],
            &["start", "--dry-run"],
            &["start", "--get-remote-metadata", "--dry-run"],
            &[&["start", "--get-remote-metadata", "--force-creating-transport-files"], &quick[..]].concat(),
            &[&["start"], &quick[..]].concat(),
            &["metadata"],
            &["update-metadata", "--timeout", "2"],
            &["update-metadata", "--to", "backup"],
            &["restore-metadata"],
            &["cleanup", "--dry-run"],
            &["stop", &port, "--dry-run"],
            &["stop", &port, "--stop-timeout", "5"],
            &["restore-metadata"],
            &["restore-metadata", "--from", "backup"],
            &["update-metadata", "--replace-key", "news", "--timeout", "2"],
        ];
        for command in commands {
            self.run(command);
        }
    }

    /// Looks through the site's files but the engines' own logs.
    fn files(&mut self) {
        let mut folders = vec![self.site.root()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() && entry.file_name() != "log" {
                    folders.push(entry.path());
                } else if kind.is_file() && entry.metadata().unwrap().permissions().mode() & 0o7777 != 0o600 {
                    let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
                    for needle in self.needles.iter().filter(|needle| text.contains(*needle)) {
                        self.leaks.push(format!("{needle} in {}", entry.path().display()));
                    }
                }
            }
        }
    }

    #[track_caller]
    fn end(mut self, runs: usize) {
        self.files();
        assert!(self.leaks.is_empty(), "{} leaks:\n{}", self.leaks.len(), self.leaks.join("\n"));
        assert!(self.runs >= runs, "only {} runs", self.runs);
    }
}

/// With all kinds of secrets in its URL.
fn secret_url(url: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let glue = if rest.contains('?') { '&' } else { '?' };
    format!("http://{USER}:{PASSWORD}@{rest}{glue}session={SESSION}#{SESSION}")
}

fn controller(site: &Site) -> Value {
    let url = |list: &str| secret_url(&format!("{}/{list}", site.world.controller));
    json!({
        "source_node": url("source_node"), "support_node": url("support_node"), "monitor": url("monitor"),
        "metadata_receiver": url("metadata"),
    })
}

fn app(site: &Site, token: &str, provider: &str) {
    site.app(json!({
        "controller": controller(site), "engine_path": engines(site),
        "node_access_token": token, "provider_key": provider,
    }));
}

fn ts(site: &Site, uid: &str, port: u16) -> Value {
    let node = site.ts(uid, port);
    let url = secret_url(node["url"].as_str().unwrap());
    with(node, json!({"url": url}))
}

fn hls(site: &Site, uid: &str, port: u16) -> Value {
    let node = site.hls(uid, port);
    let url = secret_url(node["url"].as_str().unwrap());
    with(node, json!({"url": url}))
}

/// An engine that tells everything, and then a key of which even the end is missing.
const TELLTALE: &str = r#"
echo "started with: $*"
for word in "$@"; do echo "$word"; done
cat METADATA/*.sauth 2>/dev/null
echo "environment: $ACECAST_SPEC"
head -c 500 METADATA/news.sauth
exit 1"#;

#[test]
fn secrets_while_engines_tell_all_they_know() {
    let site = Site::new();
    let [news, tv, support, bad_ts, bad_hls] = site.ports();
    alpha_engine(&site, &TELLTALE.replace("METADATA", &site.path("root/metadata").display().to_string()));
    app(&site, OLD_TOKEN, OLD_PROVIDER);
    let good = [ts(&site, "news", news), hls(&site, "tv", tv)];
    site.sources(&good);
    site.supports(&[site.support(support, news)]);
    let mut watch = Watch::new(&site);
    watch.run(&["start"]);
    assert_eq!(site.pids().len(), 3);
    watch.key(&site.metadata("news.sauth"));

    // Secrets drift, and a channel does not work and shows what it was given.
    app(&site, TOKEN, PROVIDER);
    let alpha = json!({"engine_version": "alpha"});
    let bad = [with(ts(&site, "bad", bad_ts), alpha.clone()), with(hls(&site, "bad_tv", bad_hls), alpha)];
    site.sources(&[&good[..], &bad].concat());
    watch.run(&["plan"]);
    watch.run(&["status"]);
    watch.all(news);

    // Whoever answers on a node's port repeats the token.
    watch.run(&["start"]);
    site.script("stable", json!({news.to_string(): {"status": "refuse"}}));
    crate::support::eventually("the port is closed", || {
        std::net::TcpListener::bind(("127.0.0.1", news)).ok().map(drop)
    });
    let _echo = Server::start(news, |request| http("500 Oops", &format!("no such page: {request}")));
    watch.run(&["status"]);
    watch.run(&["stop", &support.to_string()]);
    watch.run(&["start", "--ready-timeout", "1"]);
    watch.run(&["stop", "all"]);
    watch.end(40);
}

#[test]
fn secrets_while_the_controller_repeats_them() {
    let site = Site::new();
    let [news, other, conflict] = site.ports();
    alpha_engine(&site, "exit 1");
    app(&site, TOKEN, PROVIDER);
    let mut watch = Watch::new(&site);
    let url = secret_url("http://127.0.0.1:9/x");
    let words = format!("the token {TOKEN} of {PROVIDER} is not known at {url}");
    let long = format!("{}{TOKEN} {}", "x".repeat(30), "y".repeat(300));
    let wrong = json!([
        {"stream_uid": TOKEN, "port": PROVIDER, "title": TOKEN, "url": format!("ftp://{USER}:{PASSWORD}@h/?s={SESSION}"), "type": "ts"},
        {"stream_uid": "a b", "port": TOKEN, "title": 5, "url": url, "type": TOKEN, "categories": [TOKEN, PROVIDER],
         "metadata": {"last_seq": "x", "private_key": key('K')}},
        {"stream_uid": "c", "port": news, "provider_key": PROVIDER, "acess_token": TOKEN, "upload_to": [url],
         "metadata": {"last_seq": -1, "private_key": key('L').replace('\n', "\\n"), "x": {"base64": "DDDDDDDDDDDDDDDD"}}},
    ]);
    // There is something to send, and the server may repeat it.
    fs::create_dir_all(site.root().join("metadata")).unwrap();
    fs::write(site.metadata("mine.sauth"), key('D')).unwrap();
    fs::write(site.metadata("mine.restart"), "5").unwrap();
    fs::set_permissions(site.metadata("mine.sauth"), fs::Permissions::from_mode(0o600)).unwrap();
    for fault in [
        json!({"error": words}),
        json!({"error": long}),
        json!({"body": json!({"mine": {"last_seq": 5, "private_key": key('D')}}).to_string()}),
        json!({"status": 400, "error": format!("{} is no key", key('D').lines().nth(1).unwrap())}),
        json!({"error": format!("{}{TOKEN}", "z".repeat(190))}),
        json!({"status": 403, "body": words}),
        json!({"body": words}),
        json!({"body": format!("<html>{words}</html>")}),
        json!({"body": format!("[{{\"title\": \"{words}\" \"provider_key\": \"{PROVIDER}\"}}]")}),
        json!({"body": format!("[{{\"metadata\": {{\"private_key\": \"{}", key('K').replace('\n', "\\n"))}),
        json!({"redirect": secret_url("http://127.0.0.1:9/y")}),
        json!({"body": wrong.to_string()}),
    ] {
        let faults = json!({"source_node": fault, "support_node": {"body": "[]"}, "metadata": fault});
        site.world.faults(&faults);
        for command in [
            &["plan"][..],
            &["status"],
            &["check"],
            &["start", "--get-remote-metadata"],
            &["update-metadata", "--timeout", "2"],
            &["restore-metadata"],
        ] {
            watch.run(command);
        }
    }
    site.world.faults(&json!({}));

    // Keys from the controller: one that is restored, one that is none, and one that is not the local one.
    fs::create_dir_all(site.root().join("metadata")).unwrap();
    fs::write(site.metadata("conflict.sauth"), key('L')).unwrap();
    fs::set_permissions(site.metadata("conflict.sauth"), fs::Permissions::from_mode(0o600)).unwrap();
    let brings = |node, key: &str| with(node, json!({"metadata": {"last_seq": 0, "private_key": key}}));
    site.sources(&[
        brings(ts(&site, "news", news), &key('K')),
        brings(ts(&site, "other", other), &key('D')[..300]),
        brings(ts(&site, "conflict", conflict), &key('K')),
    ]);
    watch.all(news);
    watch.run(&["restore-metadata", "conflict", "other", "--replace-key", "other"]);
    assert_eq!(fs::read_to_string(site.metadata("conflict.sauth")).unwrap(), key('L'));
    watch.run(&["stop", "all"]);
    watch.run(&["update-metadata", "--to", "backup", "--replace-key", "conflict"]);
    watch.run(&["restore-metadata", "conflict", "--replace-key", "conflict"]);
    watch.end(140);
}

#[test]
fn secrets_in_a_config_and_in_arguments_that_are_wrong() {
    let site = Site::new();
    alpha_engine(&site, "exit 1");
    app(&site, TOKEN, PROVIDER);
    let mut watch = Watch::new(&site);
    let path = site.path("config/config.json");
    let good = fs::read_to_string(&path).unwrap();
    let token = format!("\"{TOKEN}\"");
    for (found, instead) in [
        (token.as_str(), format!("\"{TOKEN}\" \"x\"")),
        (&token, format!("\"{TOKEN}")),
        (&token, TOKEN.to_owned()),
        (&token, format!("[\"{TOKEN}\"]")),
        (&token, format!("{{\"a\": \"{TOKEN}\"}}")),
        (&token, format!("\"{TOKEN}\\q\"")),
        (&token, format!("\"{TOKEN}\u{1b}\"")),
        ("\"node_access_token\"", "\"node_acces_token\"".to_owned()),
        ("\"node_access_token\":", "\"node_access_token\"".to_owned()),
        ("\"provider_key\"", "\"provider_kye\"".to_owned()),
        ("\"provider_key\"", "\"node_access_token\"".to_owned()),
        ("\"root\":", "\"root\": 5, \"x\":".to_owned()),
        ("http://", "gopher://".to_owned()),
        ("http://us3r", "http:/us3r".to_owned()),
    ] {
        assert!(good.contains(found), "{found}");
        fs::write(&path, good.replacen(found, &instead, 1)).unwrap();
        for command in [&["check"][..], &["plan"], &["status"], &["start"], &["stop", "all"], &["cleanup"]] {
            watch.run(command);
        }
    }
    for end in [good.len() / 2, good.find(TOKEN).unwrap() + 5, good.find(PASSWORD).unwrap() + 7] {
        fs::write(&path, &good[..end]).unwrap();
        watch.run(&["check"]);
    }
    fs::write(&path, &good).unwrap();

    let url = secret_url("http://127.0.0.1:9/x");
    let key = key('K');
    for args in [
        &["start", &url][..],
        &["start", "--port", &url],
        &["start", "--new-key", &url],
        &["start", "--parallel", &url],
        &["stop", &url],
        &["stop", "all", "--stop-timeout", &url],
        &["plan", "--bogus", &url],
        &["--color", &url, "status"],
        &["bogus", &url],
        &[&url],
        &["status", &key],
        &["status", "--config", &url],
    ] {
        watch.run(args);
    }
    for (name, value) in [
        ("HTTP_PROXY", url.as_str()),
        ("HTTP_PROXY", "http://us3rname-Cc33:passw0rd-Bb55@[x/"),
        ("ACECAST_CONFIG", &url),
    ] {
        watch.run_with(&["plan"], &[(name, value)]);
    }
    watch.end(150);
}
