//! The operator's controller: hands out node lists, takes what nodes report and what must be kept.

use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;

use serde_json::{Value, json};

use crate::http::server::{Answer, Request};
use crate::world::faults::Faults;
use crate::world::received::{Kind, Received};
use crate::world::shape;

pub(crate) const PROTOCOL: &str = "HTTP/1.1";

/// A controller over a folder with `source_node.json`, `support_node.json` and `controller.json`.
pub(crate) struct Controller {
    dir: PathBuf,
    received: Mutex<Received>,
    faults: Mutex<Faults>,
}

impl Controller {
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let received = Received::open(dir.join("received"))?;
        let faults = Mutex::new(Faults::of(dir));
        Ok(Self { dir: dir.to_owned(), received: Mutex::new(received), faults })
    }

    pub(crate) fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        let request = Request::read(stream)?;
        let path = request.path.trim_matches('/');
        if path == "received" {
            return self.show(&request).write(PROTOCOL, stream);
        }
        self.received().count(path);
        if request.method == "POST" {
            self.received().post(&request, path);
        }
        let fault = self.faults.lock().unwrap_or_else(PoisonError::into_inner).meet(path, &request.body);
        if let Some(fault) = fault {
            match fault.delay() {
                Some(delay) => sleep(delay),
                None => return fault.answer(stream),
            }
        }
        let answer = match (request.method.as_str(), path) {
            ("GET", "source_node" | "support_node") => self.nodes(path, request.param("get_metadata")),
            ("POST", "monitor") => self.take(Kind::Monitor, &request.body),
            ("POST", "metadata") => self.take(Kind::Metadata, &request.body),
            _ => Answer::text(404, "unknown path or method"),
        };
        answer.write(PROTOCOL, stream)
    }

    /// `GET` shows what was received, `DELETE` forgets it.
    fn show(&self, request: &Request) -> Answer {
        if request.method == "DELETE" {
            self.received().forget();
        }
        self.received().show(request.param("kind")).map_or_else(
            || Answer::text(400, "kind: monitor, metadata, refused, posts or requests"),
            |all| Answer::json(&all),
        )
    }

    /// A list as it is in its file, each node with its metadata if that was asked for.
    fn nodes(&self, name: &str, get_metadata: Option<&str>) -> Answer {
        let file = format!("{name}.json");
        let text = match fs::read_to_string(self.dir.join(&file)) {
            Ok(text) => text,
            Err(error) => return Answer::json(&json!({ "error": format!("{file}: {error}") })),
        };
        let mut document: Value = match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => json!({ "result": list }),
            Ok(other) => other,
            Err(error) => return Answer::json(&json!({ "error": format!("{file}: {error}") })),
        };
        if get_metadata.is_some_and(|value| value != "0") {
            let received = self.received();
            for node in document.get_mut("result").and_then(Value::as_array_mut).into_iter().flatten() {
                let uid = node.get("stream_uid").and_then(Value::as_str).unwrap_or_default();
                if let Some(metadata) = received.of_stream(uid).cloned() {
                    node["metadata"] = metadata;
                }
            }
        }
        Answer::json(&document)
    }

    /// Stores a body of the right shape, refuses any other with the reason.
    fn take(&self, kind: Kind, body: &[u8]) -> Answer {
        let parsed = serde_json::from_slice(body).map_err(|error| error.to_string()).and_then(|value| {
            let check = if kind == Kind::Monitor { shape::monitor } else { shape::metadata };
            check(&value).map(|()| value)
        });
        let mut received = self.received();
        let stored = parsed
            .and_then(|value| received.store(kind, value).map_err(|error| error.to_string()))
            .inspect_err(|reason| received.refuse(kind, reason, body));
        match stored {
            Ok(()) => Answer::json(&json!({ "result": "ok" })),
            Err(reason) => Answer::new(400, "application/json", json!({ "error": reason }).to_string()),
        }
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
