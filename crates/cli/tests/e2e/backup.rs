//! Backing up to the controller: what is sent, and what is never overwritten.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Proxy, Running, Site, all_outcomes, eventually, key, stream, ts_metadata};

#[test]
fn one_post_holds_all_streams() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("news", &key('A'), 12);
    site.keep_ts("sport", &key('B'), 0);
    let run = site.acecast(&["update-metadata"]).exit(0).says("2 sent");
    let posts = site.world.posts("metadata");
    assert_eq!(posts.len(), 1, "{run}");
    assert_eq!(
        posts[0].doc(),
        json!({"news": ts_metadata(&key('A'), 12), "sport": ts_metadata(&key('B'), 0)})
    );
    assert_eq!(posts[0].header("content-type"), ["application/json"]);

    let doc = site.json(&["update-metadata"], 0);
    let news = stream(&doc, "news");
    assert_eq!((&news["kind"], &news["sequence"], &news["error"]), (&json!("ts"), &json!(12), &Value::Null));
    assert_eq!(news["key_sha256"].as_str().map(str::len), Some(64), "{doc:#}");
    assert_eq!(doc["answer"], "{\"result\":\"ok\"}");
    let quiet = site.acecast(&["update-metadata", "-q"]).exit(0);
    assert_eq!(quiet.all(), "", "{quiet}");
}

#[test]
fn no_node_config_is_needed() {
    let site = Site::new();
    site.use_backups(json!({}));
    let config = site.path("config/config.json");
    let mut app: Value = serde_json::from_str(&fs::read_to_string(&config).unwrap()).unwrap();
    let controller = app["controller"].as_object_mut().unwrap();
    controller.retain(|key, _| key == "metadata_receiver");
    fs::write(&config, app.to_string()).unwrap();
    site.acecast(&["update-metadata"]).exit(0).says("there is no metadata here");
    assert_eq!(site.world.requests("metadata"), 0);
    site.keep_ts("news", &key('A'), 12);
    site.acecast(&["update-metadata"])
        .exit(0)
        .says("controller.source_node is not set, so the controller cannot be asked which keys it has\n");
    assert!(site.sent("news").is_some());

    // The lists are away: that is said, and the backup is made.
    site.use_backups(json!({}));
    site.world.forget();
    site.world.faults(&json!({"source_node": {"status": 404}, "support_node": {"status": 404}}));
    let run =
        site.acecast(&["update-metadata"]).exit(0).says("status 404; what is here is sent all the same");
    // No error, as it is made all the same, and yet nothing that -q may hide.
    assert!(run.stderr.starts_with("warning: cannot ask the controller which keys it has: "), "{run}");
    let quiet = site.acecast(&["-q", "update-metadata"]).exit(0);
    quiet.says("and a backup with another key may be overwritten").hides("error:");
    assert!(site.sent("news").is_some());

    site.app(json!({}));
    let doc = site.json(&["update-metadata"], 3);
    assert_eq!(doc["error"]["code"], "endpoint_not_set", "{doc:#}");
    // A folder needs no server at all.
    site.acecast(&["update-metadata", "--to", "backup"]).exit(0);
}

#[test]
fn a_key_that_is_no_text_goes_and_comes_back_as_it_is() {
    let site = Site::new();
    site.use_backups(json!({}));
    let der = [&[0x30, 0x82, 0x01, 0x00][..], &[0xfe; 256]].concat();
    site.keep_ts("news", "", 3);
    fs::write(site.metadata("news.sauth"), &der).unwrap();
    site.sources(&[site.ts("news", 9)]);
    site.acecast(&["update-metadata"]).exit(0);
    assert!(site.sent("news").unwrap()["private_key"]["base64"].as_str().unwrap().starts_with("MIIBAP7+"));
    fs::remove_dir_all(site.root().join("metadata")).unwrap();
    site.acecast(&["restore-metadata"]).exit(0);
    assert_eq!(fs::read(site.metadata("news.sauth")).unwrap(), der);
    // Echoed, it is hidden as it was sent.
    let body = format!("got {}", site.sent("news").unwrap());
    site.world.faults(&json!({"metadata": {"body": body}}));
    site.acecast(&["update-metadata"]).exit(0).says("server: got").hides("/v7+/v7+");
}

#[test]
fn another_key_is_not_overwritten_at_the_controller() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("news", &key('A'), 12);
    site.keep_ts("sport", &key('B'), 5);
    site.hand_out_metadata(&[("news", ts_metadata(&key('C'), 12)), ("sport", ts_metadata(&key('B'), 3))]);
    let doc = site.json(&["update-metadata"], 1);
    assert_eq!(all_outcomes(&doc), ["news refused", "sport sent"], "the others go: {doc:#}");
    let error = stream(&doc, "news")["error"].as_str().unwrap();
    assert_eq!(error.matches("SHA-256").count(), 2, "{error}");
    assert!(error.contains("--replace-key news") && error.contains("the controller's backup"), "{error}");
    assert!(error.contains(stream(&doc, "news")["key_sha256"].as_str().unwrap()), "{error}");
    assert!(site.sent("news").is_none());
    let run = site.acecast(&["update-metadata"]).exit(1).says("1 refused, 1 sent");
    run.hides("CCCCCCCCCCCC").hides("AAAAAAAAAAAA");

    // The name of another stream does not help.
    let run = site.acecast(&["update-metadata", "--replace-key", "sport", "--replace-key", "nobody"]).exit(1);
    run.says("--replace-key nobody: there is no metadata of this stream here");
    assert!(site.sent("news").is_none());
    site.acecast(&["update-metadata", "--replace-key", "news"]).exit(0);
    assert_eq!(site.sent("news").unwrap(), ts_metadata(&key('A'), 12));
}

#[test]
fn nothing_is_sent_unattended_to_a_controller_that_cannot_be_asked() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("news", &key('A'), 12);
    site.hand_out_metadata(&[("news", ts_metadata(&key('C'), 12))]);
    site.world.faults(&json!({"source_node": {"status": 404}}));
    let sending = ["--interval", "1h", "--monitor-every", "0", "--metadata-every", "100ms"];
    let run = site.begin(&[&["run", "--listen", "127.0.0.1:0"], &sending[..]].concat());
    // Once for the lists, and then for the backups.
    eventually("the controller is asked what it has", || {
        (site.world.requests("source_node") > 5).then_some(())
    });
    assert_eq!(site.world.posts("metadata").len(), 0, "it has another key");
    // The same key: now it is sent.
    site.hand_out_metadata(&[("news", ts_metadata(&key('A'), 3))]);
    site.world.faults(&json!({}));
    eventually("it is backed up", || site.sent("news"));
    run.signal(Signal::TERM);
    let ended = run.wait().exit(0);
    ended.says("cannot ask the controller which keys it has: cannot get ").says("; nothing was sent");
}

#[test]
fn a_backup_that_cannot_be_judged_is_not_overwritten_at_the_controller() {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("news", &key('A'), 12);
    for wrong in
        [json!({"last_seq": "x", "private_key": key('C')}), json!({"private_key": key('C')}), json!("x")]
    {
        site.hand_out_metadata(&[("news", wrong.clone())]);
        let run = site.acecast(&["update-metadata"]).exit(1);
        run.says("refused")
            .says("it is not known whose key it has")
            .hides("it is wrong")
            .says("--replace-key news")
            .hides("CCCCCCCC");
        assert!(site.sent("news").is_none(), "{wrong}");
    }
    // One that is cut, or has something in front of it, may still be another's only copy.
    for wrong in [key('C')[..300].to_owned(), format!("junk\n{}", key('C'))] {
        site.hand_out_metadata(&[("news", ts_metadata(&wrong, 9))]);
        site.acecast(&["update-metadata"]).exit(1).says("has a damaged key").says("--replace-key news");
        assert!(site.sent("news").is_none());
    }
    site.acecast(&["update-metadata", "--replace-key", "news"]).exit(0);
    assert_eq!(site.sent("news").unwrap(), ts_metadata(&key('A'), 12));
}

#[test]
fn what_the_controller_has_of_the_other_kind_stays() {
    let site = Site::new();
    let tv = site.port();
    site.know_hls("tv", tv);
    site.use_backups(json!({}));
    site.hand_out_metadata(&[("tv", ts_metadata(&key('C'), 4))]);
    site.acecast(&["update-metadata"]).exit(0);
    let sent = site.sent("tv").unwrap();
    assert_eq!((&sent["last_seq"], &sent["private_key"]), (&json!(4), &json!(key('C'))), "{sent:#}");
    assert!(sent["hls_sequence"].is_object(), "{sent:#}");
}

#[test]
fn plain_http_is_warned_of_each_time_or_forbidden() {
    let site = Site::new();
    site.keep_ts("news", &key('A'), 12);
    // Nobody has to look the name up: requests go to the proxy.
    let proxy = Proxy::start();
    let url = |path: &str| format!("http://backup.example.com/{path}");
    let controller = json!({"metadata_receiver": url("metadata"), "source_node": url("list")});
    let run = |args: &[&str]| {
        let mut command: Command = site.command(args);
        command.env("HTTP_PROXY", proxy.url());
        Running::start(command).wait()
    };
    site.app(json!({"controller": controller}));
    for _ in 0..2 {
        let sent = run(&["update-metadata"]).exit(0);
        let sent = sent.says("private keys go to http://backup.example.com/metadata over plain http");
        sent.says("private keys come from http://backup.example.com/list over plain http");
    }
    assert_eq!(proxy.posts(), 2);
    run(&["check"]).says("private keys go to http://backup.example.com/metadata over plain http");

    site.app(json!({"controller": controller, "require_https": true}));
    let refused = run(&["update-metadata", "-o", "json"]).exit(3);
    assert_eq!(refused.doc()["error"]["code"], "https_required", "{refused}");
    run(&["restore-metadata"]).exit(3).says("require_https");
    run(&["check"]).exit(3).says("require_https is set and private keys are sent there");
    assert_eq!(proxy.posts(), 2, "nothing was sent any more");
    // A folder is on this host.
    run(&["update-metadata", "--to", "backup"]).exit(0);
    // So is the loopback.
    site.use_backups(json!({"require_https": true}));
    let here = site.acecast(&["update-metadata"]).exit(0);
    here.hides("plain http");
}

#[test]
fn a_stream_that_nobody_else_may_read_is_named_for_another_user() {
    let site = Site::new();
    let setpriv = Command::new("setpriv").arg("--version").stdout(Stdio::null()).status();
    if !rustix::process::geteuid().is_root() || !setpriv.is_ok_and(|status| status.success()) {
        // Not by a macro: of those the harness hides what a passed test prints.
        let _ = writeln!(io::stderr(), "skipped: keys of another user: this is not root with setpriv");
        return;
    }
    site.use_backups(json!({}));
    site.keep_ts("mine", &key('A'), 1);
    site.keep_ts("open", &key('B'), 2);
    for name in ["open.sauth", "open.restart", "mine.restart"] {
        fs::set_permissions(site.metadata(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    for dir in [site.path(""), site.root(), site.root().join("metadata")] {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let plain = site.command(&["update-metadata", "-o", "json"]);
    // Where it was built, others may not come.
    let program = site.path("acecast");
    fs::copy(plain.get_program(), &program).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command.args(plain.get_args()).current_dir("/").env("PATH", "/usr/bin:/bin");
    let run = Running::start(command).wait();
    let run = run.exit(1);
    let doc = run.doc();
    assert_eq!(all_outcomes(&doc), ["mine left_out", "open sent"], "{run}");
    assert!(stream(&doc, "mine")["error"].as_str().unwrap().contains("Permission denied"), "{doc:#}");
}
