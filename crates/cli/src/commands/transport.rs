//! `acecast transport`: what viewers of a stream are given.

mod find;

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use acecast_engine::args::{StreamPaths, api_path};
use acecast_reconcile::{Port, Secret, StreamUid};
use serde_json::{Value, json};

use crate::args::TransportArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, duration, schema, size};

use find::{Found, find};

pub(super) fn run(context: &Context, args: &TransportArgs) -> Result<Exit, Failure> {
    let Found { uid, is_absent, port, infohash, runs, has_token } = find(context, &args.stream)?;
    let path = StreamPaths::new(&context.app.dirs, &uid).public_transport();
    let file = fs::metadata(&path).ok().filter(fs::Metadata::is_file);
    let age = file.as_ref().and_then(|file| file.modified().ok());
    let shown = Shown {
        uid,
        is_absent,
        port,
        runs,
        infohash,
        path,
        bytes: file.as_ref().map(fs::Metadata::len),
        age_s: age.map(|then| SystemTime::now().duration_since(then).unwrap_or_default().as_secs()),
        url: port.map(|port| url(port, has_token)),
    };
    let out = &context.out;
    if shown.is_absent && !shown.is_there() {
        let (error, hint) = shown.missing();
        return Err(Failure::config("stream_not_in_config", error).hint(hint));
    }
    if out.is_json() {
        out.document(shown.document());
    } else {
        shown.print(out);
    }
    if !shown.is_there() {
        let (error, hint) = shown.missing();
        out.error(&anyhow::Error::msg(error), Some(hint));
    }
    Ok(Exit::problem_if(!shown.is_there()))
}

/// Where the node itself gives the file away, less the token.
fn url(port: Port, has_token: bool) -> String {
    let mask = Secret::new(acecast_engine::redact::MASK);
    let path = api_path(has_token.then_some(&mask), "get_transport_file?format=raw");
    format!("http://127.0.0.1:{port}{path}")
}

/// What there is to show.
struct Shown {
    uid: StreamUid,
    /// It neither runs nor is in the list.
    is_absent: bool,
    port: Option<Port>,
    runs: Option<bool>,
    infohash: Option<(String, &'static str)>,
    path: PathBuf,
    bytes: Option<u64>,
    age_s: Option<u64>,
    url: Option<String>,
}

impl Shown {
    /// There is something for viewers to open.
    fn is_there(&self) -> bool {
        self.bytes.is_some_and(|bytes| bytes > 0)
    }

    /// Why there is nothing to open, and what to do about it.
    fn missing(&self) -> (String, &'static str) {
        let Shown { uid, is_absent, runs, path, bytes, .. } = self;
        let what = if bytes.is_some() { "is empty" } else { "does not exist" };
        let missing = format!("{} {what}", path.display());
        match (is_absent, runs) {
            (true, _) => {
                let error = format!("no stream {uid} is in the list of source nodes, and {missing}");
                (error, "see `acecast status` for the names of all streams")
            }
            (false, Some(true)) => {
                (missing, "wait a moment for its node to write it, or fetch it from the node itself")
            }
            (false, _) => (missing, "start its node, which writes it; see `acecast status`"),
        }
    }

    fn document(&self) -> Value {
        let Shown { uid, is_absent: _, port, runs, infohash, path, bytes, age_s, url } = self;
        let mut document = schema();
        let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
        put("uid", json!(uid.as_str()));
        put("port", json!(port.map(Port::get)));
        put("runs", json!(runs));
        put("path", json!(path.to_string_lossy()));
        put("exists", json!(bytes.is_some()));
        put("bytes", json!(bytes));
        put("age_s", json!(age_s));
        put("infohash", json!(infohash.as_ref().map(|(hash, _)| hash)));
        put("infohash_from", json!(infohash.as_ref().map(|(_, from)| from)));
        // The query has no secret; it stands apart, because the values of queries in documents are always masked.
        let plain = url.as_ref().map(|url| url.split_once('?').unwrap_or((url, "")));
        put("url", json!(plain.map(|(url, _)| url)));
        put("query", json!(plain.map(|(_, query)| query)));
        document.into()
    }

    fn print(&self, out: &Output) {
        let Shown { uid, is_absent: _, port, runs, infohash, path, bytes, age_s, url } = self;
        let runs = match runs {
            Some(true) => "runs",
            Some(false) => "does not run",
            None => "not known whether it runs",
        };
        let node = port.map_or("none that is known".to_owned(), |port| format!("port {port}, {runs}"));
        let file = match (bytes, age_s) {
            (None, _) => "missing".to_owned(),
            (Some(bytes), None) => size(*bytes),
            (Some(bytes), Some(age)) => format!("{}, written {} ago", size(*bytes), duration(*age)),
        };
        let hash = match infohash {
            Some((hash, from)) => format!("{hash} (from {from})"),
            None => "not known: a ts stream's is told by its node while it runs".to_owned(),
        };
        let mut lines = vec![
            format!("stream    {}", out.clean(uid.as_str())),
            format!("node      {node}"),
            format!("file      {} ({file})", out.clean(&path.to_string_lossy())),
            format!("infohash  {}", out.clean(&hash)),
        ];
        // It is made here of parts that are no secrets, and the redactor would hide the format.
        lines.extend(url.as_ref().map(|url| format!("fetch     {url}")));
        if self.is_there() {
            let line = "Viewers open the file, or the infohash. The file is public: hand it out as it is.";
            lines.push(line.to_owned());
        }
        out.lines(lines);
    }
}
