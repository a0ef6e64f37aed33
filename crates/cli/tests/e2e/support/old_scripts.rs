//! Nodes as the scripts before acecast started them: by hand, with options in two words, behind `nohup`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Site, eventually};

impl Site {
    /// Starts a node as the old scripts did, and waits until it broadcasts.
    pub(crate) fn start_as_before(&self, node: &Value, token: Option<&str>) {
        let port = u16::try_from(node["port"].as_u64().unwrap()).unwrap();
        let mut args = match node["type"].as_str() {
            Some("ts") => self.ts_options(node, port),
            Some(_) => self.hls_options(node, port),
            None => self.support_options(node, port),
        };
        if let Some(token) = token {
            args.extend(words(&["--service-access-token", token]));
        }
        for to in node["upload_to"].as_array().into_iter().flatten() {
            args.extend(words(&["--upload-to", to.as_str().unwrap()]));
        }
        if node["extended_logging"] == 1 {
            args.extend(words(&[
                "--log-debug",
                "1",
                "--log-modules",
                "root:D",
                "--log-max-size",
                "100000000",
            ]));
            args.extend(words(&["--debug-encoder", "--debug-download-live", "--debug-pieces"]));
        }
        if let Some(private) = node["private_node"].as_u64() {
            args.extend(words(&["--private-node", &private.to_string()]));
        }
        self.nohup(node["engine_version"].as_str().unwrap_or("stable"), &args, port);
    }

    fn ts_options(&self, node: &Value, port: u16) -> Vec<String> {
        let mut args = self.place("source", port);
        args.extend(words(&["--source", text(node, "url"), "--bitrate", &node["bitrate"].to_string()]));
        args.extend(words(&["--name", text(node, "stream_uid"), "--title", text(node, "title")]));
        args.extend(words(&["--quality", text(node, "quality")]));
        args.extend([words(&["--publish-dir"]), vec![self.at("public")]].concat());
        args.extend([words(&["--metadata-dir"]), vec![self.at("metadata")]].concat());
        args.extend(words(&["--tracker", "udp://tracker.example.com:2710/announce"]));
        for category in node["categories"].as_array().unwrap() {
            args.extend(words(&["--category", category.as_str().unwrap()]));
        }
        args.extend(words(&["--stream-source-node", "--monitor-node-ip", "127.0.0.1"]));
        args.extend(words(&["--skip-internal-tracker", "--source-reconnect-interval", "20"]));
        args.extend(common());
        args.extend(words(&["--permanent"]));
        args
    }

    fn hls_options(&self, node: &Value, port: u16) -> Vec<String> {
        let uid = text(node, "stream_uid");
        let public = self.at(&format!("public/{uid}.acelive"));
        let private = self.at(&format!("private/{uid}_private.acelive"));
        self.make_transport_files(node, &public, &private);
        let mut args = self.place("source", port);
        args.extend(words(&["--url", &private, "--public-transport-file", &public]));
        args.extend([words(&["--metadata-dir"]), vec![self.at("metadata")]].concat());
        args.extend(words(&[
            "--stream-support-node",
            "--monitor-node-ip",
            "127.0.0.1",
            "--hide-hls-segments",
        ]));
        args.extend(words(&["--hls-broadcast-last-source-piece", "--hls-bad-manifest-max-errors", "5"]));
        args.extend(words(&["--hls-bad-manifest-retry-interval", "2"]));
        args.extend(common());
        if let Some(flag) = node["force_monotonic_sequence"].as_u64() {
            args.extend(words(&["--hls-force-monotonic-sequence", &flag.to_string()]));
        }
        args
    }

    fn support_options(&self, node: &Value, port: u16) -> Vec<String> {
        let source = format!("{}:{}", text(node, "source_ip"), node["source_port"]);
        let mut args = self.place("support", port);
        let url = format!("http://{source}/app/get_transport_file?format=raw");
        args.extend(words(&["--url", &url, "--download-from", &source, "--stream-support-node"]));
        args.extend(words(&["--core-sandbox-max-peers", "1", "--core-max-fast-peers", "1"]));
        args.extend(common());
        args
    }

    /// Where a node is and keeps its files.
    fn place(&self, role: &str, port: u16) -> Vec<String> {
        let file = |kind: &str, end: &str| self.at(&format!("{kind}/{role}_node_{port}{end}"));
        let paths = [
            ("--log-file", file("log", ".log")),
            ("--port", port.to_string()),
            ("--cache-dir", file("cache", "_cache")),
            ("--state-dir", file("state", "_state")),
            ("--pid-file-dir", self.at("run")),
            ("--live-mem-cache-size", "52428800".to_owned()),
        ];
        paths.into_iter().flat_map(|(option, value)| [option.to_owned(), value]).collect()
    }

    fn make_transport_files(&self, node: &Value, public: &str, private: &str) {
        for file in [public, private] {
            fs::create_dir_all(Path::new(file).parent().unwrap()).unwrap();
        }
        let url = text(node, "url");
        let base = url.split('?').next().unwrap();
        let mut command = Command::new(self.path("stable/start-engine"));
        command.args(["--create-hls-transport", "--hide-hls-manifest", "--title", text(node, "title")]);
        command.args(["--url", url, "--output-public", public, "--output-private", private]);
        command.args(["--sid", text(node, "stream_uid"), "--log-debug", "1", "--base-url", base]);
        command.args(["--tracker", "udp://tracker.example.com:2710/announce"]);
        for category in node["categories"].as_array().unwrap() {
            command.args(["--category", category.as_str().unwrap()]);
        }
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
    }

    /// In the background of a shell that ends, as behind a script that has ended.
    fn nohup(&self, channel: &str, args: &[String], port: u16) {
        let log = self.root().join("log/by_hand.log");
        fs::create_dir_all(log.parent().unwrap()).unwrap();
        let mut command = Command::new("sh");
        command.arg("-c").arg(r#"log=$1; shift; nohup "$@" >>"$log" 2>&1 </dev/null &"#).arg("sh");
        command.arg(log).arg(self.path(channel).join("start-engine")).args(args);
        assert!(command.status().unwrap().success());
        eventually("the node that was started by hand broadcasts", || {
            self.pid_file(port).exists().then_some(())
        });
    }

    fn at(&self, name: &str) -> String {
        self.root().join(name).to_str().unwrap().to_owned()
    }
}

fn common() -> Vec<String> {
    words(&[
        "--close-connections-from-same-peer",
        "1",
        "--max-peers",
        "10",
        "--stats-report-interval",
        "4",
        "--stats-report-peers",
        "--service-remote-access",
        "--live-cache-type",
        "memory",
        "--log-backup-count",
        "1",
    ])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_else(|| panic!("{key} in {node}"))
}
