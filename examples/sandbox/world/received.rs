//! What the controller was sent: in memory for questions, in files for the next run and for people.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::http::server::Request;

/// Everything received, and how often each path was asked.
pub(crate) struct Received {
    dir: PathBuf,
    requests: BTreeMap<String, u64>,
    monitor: VecDeque<Value>,
    metadata: VecDeque<Value>,
    refused: VecDeque<Value>,
    posts: VecDeque<Value>,
    /// The latest of each stream, field by field.
    streams: Map<String, Value>,
}

/// The two kinds of what a controller receives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Monitor,
    Metadata,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Monitor => "monitor",
            Self::Metadata => "metadata",
        }
    }
}

/// Of each kind, the latest so many are kept in memory.
const MOST: usize = 10_000;

impl Received {
    /// Metadata received by an earlier run counts: it is what nodes are restored from.
    pub(crate) fn open(dir: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        let mut received = Self {
            requests: BTreeMap::new(),
            monitor: VecDeque::new(),
            metadata: VecDeque::new(),
            refused: VecDeque::new(),
            posts: VecDeque::new(),
            streams: Map::new(),
            dir,
        };
        let earlier = fs::read_to_string(received.file(Kind::Metadata)).unwrap_or_default();
        for body in earlier.lines().filter_map(|line| serde_json::from_str(line).ok()) {
            received.learn(&body);
        }
        Ok(received)
    }

    pub(crate) fn count(&mut self, path: &str) {
        *self.requests.entry(path.to_owned()).or_default() += 1;
    }

    pub(crate) fn store(&mut self, kind: Kind, body: Value) -> io::Result<()> {
        append(&self.file(kind), &body)?;
        match kind {
            Kind::Monitor => keep(&mut self.monitor, body),
            Kind::Metadata => {
                self.learn(&body);
                keep(&mut self.metadata, body);
            }
        }
        Ok(())
    }

    pub(crate) fn refuse(&mut self, kind: Kind, reason: &str, body: &[u8]) {
        let text = String::from_utf8_lossy(body).into_owned();
        keep(&mut self.refused, json!({ "kind": kind.name(), "reason": reason, "body": text }));
    }

    /// Keeps what came, whole and before it is looked at, so that it can be compared byte by byte.
    pub(crate) fn post(&mut self, request: &Request, path: &str) {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let Request { query, header_lines, .. } = request;
        keep(&mut self.posts, json!({ "path": path, "query": query, "headers": header_lines, "body": body }));
    }

    /// What is known of a stream.
    pub(crate) fn of_stream(&self, uid: &str) -> Option<&Value> {
        self.streams.get(uid)
    }

    /// All there is, or one kind of it.
    pub(crate) fn show(&self, kind: Option<&str>) -> Option<Value> {
        match kind {
            Some("monitor") => Some(json!(self.monitor)),
            Some("metadata") => Some(json!(self.metadata)),
            Some("refused") => Some(json!(self.refused)),
            Some("posts") => Some(json!(self.posts)),
            Some("requests") => Some(json!(self.requests)),
            Some(_) => None,
            None => Some(json!({
                "requests": self.requests,
                "monitor": self.monitor,
                "metadata": self.metadata,
                "refused": self.refused,
            })),
        }
    }

    /// Forgets everything but the files.
    pub(crate) fn forget(&mut self) {
        self.requests.clear();
        for list in [&mut self.monitor, &mut self.metadata, &mut self.refused, &mut self.posts] {
            list.clear();
        }
    }

    fn learn(&mut self, body: &Value) {
        for (uid, fields) in body.as_object().into_iter().flatten() {
            let known = self.streams.entry(uid.as_str()).or_insert_with(|| json!({}));
            for (name, value) in fields.as_object().into_iter().flatten() {
                known[name.as_str()] = value.clone();
            }
        }
    }

    fn file(&self, kind: Kind) -> PathBuf {
        self.dir.join(format!("{}.jsonl", kind.name()))
    }
}

fn keep(list: &mut VecDeque<Value>, value: Value) {
    if list.len() == MOST {
        list.pop_front();
    }
    list.push_back(value);
}

fn append(path: &Path, line: &Value) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}
