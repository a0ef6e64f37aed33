//! A folder with a config, and the binary run on it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a run said, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The document on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }
}

/// The binary, with nothing of this process's environment that it minds.
pub(crate) fn acecast() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acecast"));
    for name in ["ACECAST_CONFIG", "NO_COLOR", "CLICOLOR_FORCE", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY"] {
        command.env_remove(name);
    }
    command
}

/// A folder with an app config, lists of nodes and an engine that is never run.
pub(crate) struct Site {
    dir: TempDir,
}

impl Site {
    /// One source node and one support node.
    pub(crate) fn new() -> Self {
        let site = Site { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(site.path("root")).unwrap();
        fs::write(site.path("engine"), "#!/bin/false\n").unwrap();
        site.mode("engine", 0o755);
        site.app(|_| {});
        site.write("root/source.json", &json!([source(8640, "news")]).to_string());
        site.write("root/support.json", r#"[{"port": 8641, "source_ip": "127.0.0.1", "source_port": 8640}]"#);
        site
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        // The folder for temporary files may be a link, and messages name what it leads to.
        self.dir.path().canonicalize().unwrap().join(name)
    }

    /// Writes a file that only its owner can read: there may be secrets in it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        self.mode(name, 0o600);
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Writes the app config, changed like this.
    pub(crate) fn app(&self, change: impl FnOnce(&mut Value)) {
        let mut app = json!({
            "engine_path": {"stable": self.path("engine")},
            "root": self.path("root"),
            "controller": {"source_node": "source.json", "support_node": "support.json"},
            "dirs": {
                "public": "public", "private": "private", "metadata": "metadata", "log": "log", "cache": "cache",
                "pid": "pid", "state": "state"
            },
            "trackers": ["udp://tracker.example.com:2710/announce"],
        });
        change(&mut app);
        self.write("config.json", &app.to_string());
    }

    /// The binary in this folder, with these arguments behind the path of the config.
    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = acecast();
        command.current_dir(self.path("")).args(["-c", "config.json"]).args(args.split_whitespace());
        command
    }

    pub(crate) fn run(&self, args: &str) -> Ran {
        Ran::of(&mut self.command(args))
    }

    /// Everything in the root, with when it was last written.
    pub(crate) fn traces(&self) -> BTreeMap<PathBuf, std::time::SystemTime> {
        let mut traces = BTreeMap::new();
        let mut left = vec![self.path("root")];
        while let Some(path) = left.pop() {
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
            traces.insert(path, metadata.modified().unwrap());
        }
        traces
    }
}

/// An entry of the list of source nodes.
pub(crate) fn source(port: u16, uid: &str) -> Value {
    json!({
        "port": port, "stream_uid": uid, "title": uid, "url": "http://127.0.0.1:9/live.ts?token=hunter2",
        "type": "ts", "bitrate": 500_000, "categories": ["movies"], "quality": "HD"
    })
}

/// The examples that people copy.
pub(crate) fn examples() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/config"))
}
