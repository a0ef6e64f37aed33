//! Documents, and what the parser says of them.

use std::fs;
use std::time::Instant;

use acecast_config::{Answer, Ask, Fetch, FetchError, LoadError, Problem, RemoteUrl, load_app, load_nodes};
use acecast_reconcile::Role;
use serde_json::{Value, json};
use tempfile::TempDir;

/// JSON with comments and trailing commas.
pub(crate) fn read(text: &str) -> Value {
    jsonc_parser::parse_to_serde_value(text, &jsonc_parser::ParseOptions::default()).unwrap()
}

/// The three kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    App,
    Sources,
    Supports,
}

struct NoServer;

impl Fetch for NoServer {
    fn get(&self, url: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        panic!("nobody asked for {url}");
    }
}

/// A folder for documents, with an engine and a secret in it.
pub(crate) struct Folder {
    dir: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Folder {
        let folder = Folder { dir: tempfile::tempdir().unwrap() };
        for (name, text) in [("engine", "#!/bin/false\n"), ("secret", "hush\n")] {
            fs::write(folder.dir.path().join(name), text).unwrap();
        }
        folder
    }

    /// A good app config.
    pub(crate) fn app(&self) -> Value {
        let path = |name: &str| self.dir.path().join(name);
        let engine = path("engine");
        json!({
            "engine_path": {"stable": engine, "beta": engine, "alpha": engine}, "root": self.dir.path(),
            "controller": {"source_node": "source.json", "support_node": "support.json"},
            "dirs": {"public": "public", "private": "private", "metadata": "metadata", "log": "log", "cache": "cache",
                     "pid": "pid", "state": "state"},
            "trackers": ["udp://tracker.example.com:2710/announce"],
        })
    }

    /// The path of a file with a secret.
    pub(crate) fn secret(&self) -> Value {
        json!(self.dir.path().join("secret"))
    }

    /// What the parser finds wrong with a document.
    pub(crate) fn problems(&self, kind: Document, document: &Value) -> Vec<Problem> {
        let path = |name: &str| self.dir.path().join(name);
        let app = if kind == Document::App { document.clone() } else { self.app() };
        fs::write(path("config.json"), app.to_string()).unwrap();
        let loaded = load_app(&path("config.json"), self.dir.path(), &|_| None);
        if kind == Document::App {
            return loaded.map_or_else(|error| error.problems(), |(_, problems)| problems);
        }
        let name = if kind == Document::Sources { "source.json" } else { "support.json" };
        fs::write(path(name), document.to_string()).unwrap();
        let role = if kind == Document::Sources { Role::Source } else { Role::Support };
        let lists = load_nodes(&loaded.unwrap().0, Ask::of(role), &NoServer);
        let unread: Vec<String> = lists
            .errors()
            .filter(|error| matches!(error, LoadError::Read { .. }))
            .map(ToString::to_string)
            .collect();
        assert!(unread.is_empty(), "{unread:?}");
        lists.problems()
    }
}

/// A good source node.
pub(crate) fn source() -> Value {
    json!({"stream_uid": "news", "port": 8640, "title": "News", "url": "http://192.0.2.1/news", "type": "ts", "bitrate": 1})
}

/// A good support node.
pub(crate) fn support() -> Value {
    json!({"port": 8641, "source_ip": "192.0.2.1", "source_port": 8640})
}
