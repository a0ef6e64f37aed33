//! A host whose command lines are completed: a config with two nodes, and things beside it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The binary.
pub(crate) const ACECAST: &str = env!("CARGO_BIN_EXE_acecast");

/// What a completion said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A folder with an app config at `config/config.json`, which is where it is looked for.
pub(crate) struct Host {
    dir: TempDir,
}

impl Host {
    pub(crate) fn new() -> Host {
        let host = Host { dir: tempfile::tempdir().unwrap() };
        for name in ["config", "run", "metadata", "state"] {
            fs::create_dir(host.path(name)).unwrap();
        }
        host.write("engine", "#!/bin/sh\necho ready\nread line\n");
        fs::set_permissions(host.path("engine"), fs::Permissions::from_mode(0o755)).unwrap();
        host.app(&json!({}));
        let source = |port: u16, uid: &str| {
            json!({"stream_uid": uid, "port": port, "title": uid.to_uppercase(), "url": "http://127.0.0.1:9/x", "type": "ts",
                   "bitrate": 1})
        };
        host.write("source.json", &json!([source(18640, "news"), source(18650, "nature")]).to_string());
        host.write("support.json", r#"[{"port": 18641, "source_ip": "127.0.0.1", "source_port": 18640}]"#);
        host
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Writes the app config with another controller.
    pub(crate) fn app(&self, controller: &Value) {
        let mut lists = json!({"source_node": "source.json", "support_node": "support.json"});
        lists.as_object_mut().unwrap().extend(controller.as_object().unwrap().clone());
        let dir = |name: &str| self.path(name);
        let app = json!({
            "engine_path": {"stable": dir("engine")}, "root": dir(""), "controller": lists,
            "dirs": {"public": "public", "private": "private", "metadata": "metadata", "log": "log", "cache": "cache",
                     "pid": "run", "state": "state"},
            "trackers": ["udp://tracker.example.com:2710/announce"],
        });
        self.write("config/config.json", &app.to_string());
    }

    /// A command in this folder that finds the binary by its name.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let bin = Path::new(ACECAST).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&path))).unwrap();
        command.env("PATH", path).env("HOME", self.path("")).current_dir(self.path("")).stdin(Stdio::null());
        command.env_remove("ACECAST_CONFIG").env_remove("ACECAST_COMPLETE");
        command
    }

    pub(crate) fn run(command: &mut Command) -> Said {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// What the program offers for the last of these words, as the scripts ask it.
    pub(crate) fn ask(&self, words: &[&str]) -> Said {
        let mut command = self.command(ACECAST);
        command.arg("--").args(words).env("ACECAST_COMPLETE", "bash").env("_CLAP_IFS", "\n");
        Host::run(command.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string()))
    }

    /// The values alone. It must have said nothing else.
    #[track_caller]
    pub(crate) fn offers(&self, line: &str) -> Vec<String> {
        let said = self.ask(&line.split(' ').collect::<Vec<_>>());
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
        said.stdout
            .split('\n')
            .filter(|value| !value.is_empty())
            .map(|value| value.trim_end().to_owned())
            .collect()
    }

    /// Runs what looks like a node of this host on this port.
    pub(crate) fn node(&self, port: u16) -> Node {
        let mut command = Command::new(self.path("engine"));
        command
            .args(["--stream-source-node", "--port", &port.to_string(), "--pid-file-dir"])
            .arg(self.path("run"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Node(child)
    }
}

/// Ends with the test.
pub(crate) struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
