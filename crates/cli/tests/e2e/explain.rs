//! `acecast explain`: everything about one node, and no secret.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Site, eventually, with};

/// A text in which everything that differs from run to run has a name.
fn golden(site: &Site, text: &str) -> String {
    let root = site.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    let mut named =
        text.replace(&root, "SITE").replace(site.world.streams.trim_start_matches("http://"), "STREAMS");
    for port in site.pids().keys() {
        let pid = site.pid(*port).to_string();
        named = named
            .replace(&format!(" {pid}"), " PID")
            .replace(&format!("|version 3.2.3 pid {pid}"), "|version");
        named = named.replace(&port.to_string(), "PORT");
    }
    named
}

/// What the entry says, with its secrets masked.
const CONFIG: &[&str] = &[
    "  list                          SITE/config/source_node.json",
    "  stream_uid                    news",
    "  type                          ts",
    "  url                           http://STREAMS/ts/news?rate=****&token=****",
    "  title                         news",
    "  bitrate                       50000",
    "  quality                       HD",
    "  categories                    [sport]",
    "  upload_to                     []",
    "  private_node                  0",
    "  extended_logging              0",
    "  engine_version                stable",
    "  engine_path                   SITE/stable/start-engine",
    "  trackers                      [udp://tracker.example.com:2710/announce]",
    "  dirs.public                   SITE/root/public",
    "  dirs.metadata                 SITE/root/metadata",
    "  dirs.cache                    SITE/root/cache",
    "  dirs.state                    SITE/root/state",
    "  provider_key                  set, not shown",
    "  node_access_token             set, not shown",
];

/// The whole command line but the share of memory, with its secrets masked.
const OPTIONS: &[&str] = &[
    "  SITE/stable/start-engine",
    "  --stream-source-node",
    "  --source=http://****@STREAMS/ts/news?rate=****&token=****",
    "  --bitrate=50000",
    "  --name=news",
    "  --title=news",
    "  --quality=HD",
    "  --category=sport",
    "  --tracker=udp://tracker.example.com:2710/announce",
    "  --publish-dir=SITE/root/public",
    "  --metadata-dir=SITE/root/metadata",
    "  --cache-dir=SITE/root/cache/source_node_PORT_cache",
    "  --state-dir=SITE/root/state/source_node_PORT_state",
    "  --pid-file-dir=SITE/root/run",
    "  --log-file=SITE/root/log/source_node_PORT.log",
    "  --port=PORT",
    "  --monitor-node-ip=127.0.0.1",
    "  --skip-internal-tracker",
    "  --source-reconnect-interval=20",
    "  --close-connections-from-same-peer=1",
    "  --max-peers=10",
    "  --stats-report-interval=4",
    "  --stats-report-peers",
    "  --service-remote-access",
    "  --permanent",
    "  --live-cache-type=memory",
    "  --log-backup-count=1",
    "  --provider-key=****",
    "  --sid=news",
    "  --service-access-token=****",
];

#[test]
fn of_a_node_that_runs_as_it_should() {
    let site = Site::new();
    site.app(json!({"node_access_token": "hunter2hunter2", "provider_key": "provider-key-1"}));
    let port = site.port();
    let url = format!("{}/ts/news?rate=50000&token=sessionsecret", site.world.streams);
    let url = url.replace("http://", "http://user:password1@");
    site.sources(&[with(site.ts("news", port), json!({"url": url}))]);
    site.start();
    let file = site.root().join("public/news.acelive");
    eventually("its files are there", || (file.exists() && site.pid_file(port).exists()).then_some(()));
    let ran = site.acecast(&["explain", &port.to_string()]).exit(0);
    for secret in ["hunter2hunter2", "provider-key-1", "password1", "sessionsecret"] {
        assert!(!ran.all().contains(secret), "{secret}: {ran}");
    }
    let text = golden(&site, &ran.stdout);
    let section = |title: &str| -> Vec<&str> {
        let from = text.lines().skip_while(|line| *line != title).skip(1);
        from.take_while(|line| !line.is_empty()).collect()
    };
    assert!(text.starts_with("source PORT news\n\n"), "{text}");
    assert_eq!(section("What the config asks for"), CONFIG, "{text}");
    let runs = section("What runs").join("\n");
    for line in [
        "known as                      managed: acecast started it",
        "health                        answering",
        "answer: version",
    ] {
        assert!(runs.contains(line), "{line}\n{runs}");
    }
    let options = section("The options that it would be started with");
    let cache = options.iter().position(|option| option.starts_with("  --live-mem-cache-size="));
    let options: Vec<&str> =
        options.iter().enumerate().filter(|(at, _)| Some(*at) != cache).map(|(_, o)| *o).collect();
    assert_eq!(options, OPTIONS, "{text}");
    assert_eq!(section("Where those of the running node are others"), ["  nowhere"], "{text}");
    assert_eq!(section("What `acecast start` would do"), ["  = keep  source  PORT  news"], "{text}");
    let files = section("Files").join("\n");
    for what in ["log  ", "key  ", "pid file", "public transport file"] {
        let line = files
            .lines()
            .find(|line| line.trim_start().starts_with(what))
            .unwrap_or_else(|| panic!("{files}"));
        assert!(line.contains(" old, 0"), "{line}");
    }
    assert!(!files.contains("_private.acelive"), "a ts stream has none: {files}");
    assert!(section("Last events")[0].contains("start"), "{text}");
    assert!(section("Last lines of its log").iter().any(|line| line.ends_with("|running")), "{text}");
}

#[test]
fn of_a_node_that_drifted_and_of_one_that_is_held() {
    let site = Site::new();
    site.app(json!({"node_access_token": "first-token-1"}));
    let [port, held] = site.ports();
    site.sources(&[site.ts("news", port), site.ts("odd", held)]);
    site.start();
    site.json(&["stop", &held.to_string()], 0);
    fs::write(site.metadata("odd.sauth"), "no key").unwrap();
    site.app(json!({"node_access_token": "second-token-2"}));
    site.sources(&[with(site.ts("news", port), json!({"bitrate": 60_000})), site.ts("odd", held)]);
    let doc = site.json(&["explain", &port.to_string()], 0);
    let differing = doc["options"]["differing"].as_array().unwrap();
    let bitrate = differing.iter().find(|option| option["option"] == "--bitrate").unwrap();
    assert_eq!(bitrate, &json!({"option": "--bitrate", "runs": "50000", "config": "60000"}));
    let token = differing.iter().find(|option| option["option"] == "--service-access-token").unwrap();
    assert_eq!((&token["runs"], &token["config"]), (&json!("****"), &json!("****")));
    assert_eq!(doc["plan"][0]["action"], "restart", "{doc:#}");
    assert_eq!(doc["plan"][0]["drift"][0]["field"], "bitrate");
    assert_eq!(
        (&doc["running"][0]["pid"], &doc["running"][0]["known"]),
        (&json!(site.pid(port)), &json!("managed"))
    );
    let ran = site.acecast(&["explain", &port.to_string()]).exit(0).says("--bitrate  50000 → 60000");
    ran.says("--service-access-token  differs, not shown").hides("first-token-1").hides("second-token-2");

    let ran = site.acecast(&["explain", &held.to_string()]).exit(1).says("odd.sauth is damaged");
    assert!(ran.stdout.contains("What runs\n  nothing"), "{ran}");
    let doc = site.json(&["explain", &held.to_string()], 1);
    assert_eq!((&doc["plan"][0]["reason"], &doc["running"]), (&json!("key_damaged"), &json!([])), "{doc:#}");
    let key = doc["files"].as_array().unwrap().iter().find(|file| file["what"] == "key").unwrap();
    assert_eq!((&key["exists"], &key["bytes"], &key["kind"]), (&json!(true), &json!(6), &json!("file")));
}

#[test]
fn of_a_support_node_and_of_one_that_only_runs() {
    let site = Site::new();
    let [source, support, neither] = site.ports();
    site.sources(&[site.hls("kids", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    let doc = site.json(&["explain", &support.to_string()], 0);
    assert_eq!(
        (&doc["role"], &doc["name"]),
        (&json!("support"), &json!(format!("127.0.0.1:{source}"))),
        "{doc:#}"
    );
    assert_eq!(doc["options"]["differing"], json!([]), "{doc:#}");
    let doc = site.json(&["explain", &source.to_string()], 0);
    assert_eq!(doc["options"]["differing"], json!([]), "{doc:#}");
    assert_eq!(doc["config"]["type"], "hls", "{doc:#}");

    site.sources(&[]);
    site.json(&["start", "support"], 0);
    let doc = site.json(&["explain", &source.to_string()], 0);
    assert_eq!(
        (&doc["listed"], &doc["config"], &doc["options"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    assert_eq!(doc["plan"][0]["action"], "stop", "{doc:#}");
    assert!(doc["refused"].is_string(), "the list is empty: {doc:#}");
    let error = site.json(&["explain", &neither.to_string()], 3);
    assert_eq!(error["error"]["code"], "port_not_in_config");

    // Without a list what runs is told all the same.
    fs::remove_file(site.path("config/source_node.json")).unwrap();
    let doc = site.json(&["explain", &source.to_string()], 3);
    assert_eq!(
        (&doc["listed"], &doc["running"][0]["health"]),
        (&Value::Null, &json!("answering")),
        "{doc:#}"
    );
    assert_eq!(doc["errors"].as_array().unwrap().len(), 1);
    site.acecast(&["explain", &source.to_string()]).exit(3).says("not known: its list cannot be read");
}

#[test]
fn of_a_node_that_an_old_script_started() {
    let site = Site::new();
    site.app(json!({"node_access_token": "hunter2hunter2"}));
    let port = site.port();
    let news = site.ts("news", port);
    site.start_as_before(&news, Some("older-token-of-it"));
    site.sources(&[news]);
    let ran = site.acecast(&["explain", &port.to_string()]).exit(0).hides("older-token-of-it");
    let ran = ran.hides("hunter2hunter2").says("adopted: something else started it");
    let ran = ran.says("--service-access-token  differs, not shown");
    assert!(!ran.stdout.contains("--bitrate  "), "the old spelling of an option is no difference: {ran}");
    // A restart applies what differs, and the node is managed from then on.
    let report = site.json(&["restart", &port.to_string()], 0);
    assert_eq!(report["nodes"][0]["reason"], "drift", "{report:#}");
    let doc = site.json(&["explain", &port.to_string()], 0);
    assert_eq!((&doc["running"][0]["known"], &doc["options"]["differing"]), (&json!("managed"), &json!([])));
}
