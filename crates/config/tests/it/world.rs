//! A host in a folder: an engine, an app config and its lists.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Instant;

use acecast_config::{
    Answer, AppConfig, Ask, Fetch, FetchError, Lists, LoadError, Problem, RemoteUrl, Severity, load_app,
    load_nodes,
};
use tempfile::TempDir;

pub(crate) struct World {
    dir: TempDir,
}

/// Nothing remote is asked for.
pub(crate) struct NoFetch;

impl Fetch for NoFetch {
    fn get(&self, url: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        panic!("nobody asked for {url}");
    }
}

/// Nothing is where it is asked for.
pub(crate) struct NotFound;

impl Fetch for NotFound {
    fn get(&self, _: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        Ok(Answer::new(404, ""))
    }
}

impl World {
    /// A folder with an engine in it.
    pub(crate) fn new() -> Self {
        let world = World { dir: tempfile::tempdir().unwrap() };
        world.write("start-engine", "#!/bin/sh\n");
        world
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file that only its owner can read: there may be secrets in it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), bytes).unwrap();
        self.mode(name, 0o600);
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// An app config with this controller.
    pub(crate) fn app_text(&self, controller: &str) -> String {
        let root = self.path().display();
        format!(
            r#"{{
    "engine_path": {{"stable": "{root}/start-engine", "alpha": "{root}/none"}},
    "root": "{root}",
    "controller": {controller},
    "dirs": {{"public": "public", "private": "private", "metadata": "metadata", "log": "log", "cache": "cache",
        "pid": "run", "state": "/var/state"}},
    "trackers": ["udp://tracker.example.com:2710/announce"],
    "provider_key": "s3cret-provider",
    "node_access_token": "s3cret-token"
}}"#
        )
    }

    pub(crate) fn load(&self, text: impl AsRef<[u8]>) -> Result<(AppConfig, Vec<Problem>), LoadError> {
        self.write("config.json", text);
        load_app(&self.path().join("config.json"), self.path(), &|name| {
            (name == "ACE").then(|| "/opt/ace".to_owned())
        })
    }

    pub(crate) fn app(&self, controller: &str) -> AppConfig {
        let (app, problems) = self.load(self.app_text(controller)).unwrap();
        assert_eq!(problems, []);
        app
    }

    /// Both lists from files.
    pub(crate) fn lists(&self, sources: impl AsRef<[u8]>, supports: impl AsRef<[u8]>) -> Lists {
        self.write("source.json", sources);
        self.write("support.json", supports);
        let app = self.app(r#"{"source_node": "source.json", "support_node": "support.json"}"#);
        load_nodes(&app, Ask::both(), &NoFetch)
    }

    /// One problem a line, without the folder's random name.
    pub(crate) fn text(&self, problems: &[Problem]) -> String {
        let mut text = String::new();
        for problem in problems {
            let sign = if problem.severity == Severity::Warning { "warning: " } else { "" };
            writeln!(text, "{sign}{problem}").unwrap();
        }
        text.replace(&format!("{}/", self.path().display()), "")
    }
}

/// What is said about a list of source nodes, and how many of its entries are usable.
#[track_caller]
pub(crate) fn check_sources(list: &str, usable: usize, expected: &str) {
    let world = World::new();
    let lists = world.lists(list, "[]");
    assert_eq!(world.text(&lists.problems()), expected);
    assert_eq!(lists.sources.unwrap().map_or(0, |list| list.nodes.len()), usable);
}

/// A ts source with these settings instead of, or besides, the usual ones; an empty one takes it away.
pub(crate) fn ts(changes: &[(&str, &str)]) -> String {
    entry(
        &[
            ("stream_uid", r#""news""#),
            ("port", "8640"),
            ("title", r#""News""#),
            ("url", r#""http://192.0.2.1/news""#),
            ("type", r#""ts""#),
            ("bitrate", "400000"),
        ],
        changes,
    )
}

pub(crate) fn support(changes: &[(&str, &str)]) -> String {
    entry(&[("port", "8641"), ("source_ip", r#""192.0.2.1""#), ("source_port", "8640")], changes)
}

/// One setting a line.
fn entry(usual: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let mut lines = Vec::new();
    for (key, value) in usual {
        match changes.iter().find(|(changed, _)| changed == key) {
            Some((_, "")) => {}
            Some((_, value)) => lines.push(format!("\"{key}\": {value}")),
            None => lines.push(format!("\"{key}\": {value}")),
        }
    }
    for (key, value) in changes {
        if !usual.iter().any(|(known, _)| known == key) {
            lines.push(format!("\"{key}\": {value}"));
        }
    }
    format!("{{\n{}}}", lines.join(",\n"))
}
