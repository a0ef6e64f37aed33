//! How the controller misbehaves: `controller.json`, one fault a path, read at every request.
//!
//! `{"source_node": {"status": 500}, "monitor": {"hang_ms": 2000, "times": 2}}`

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::http::server::Answer;
use crate::world::controller::PROTOCOL;

/// One fault; exactly one of its keys but `times`, `port` and `retry_after` is given.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// Answer with this status.
    status: Option<u16>,
    /// Answer 200 with `{"error": …}`.
    error: Option<String>,
    /// Answer 200 with this text.
    body: Option<String>,
    /// Say nothing for so long, then close.
    hang_ms: Option<u64>,
    /// `[]`, one byte a second.
    drip: bool,
    /// Announce more than is sent.
    cut: bool,
    /// Say nothing for so long, then answer as without a fault.
    delay_ms: Option<u64>,
    /// A list without an end.
    endless: bool,
    /// 302 to this URL.
    redirect: Option<String>,
    /// With `status`: so many seconds as `Retry-After`.
    retry_after: Option<u64>,
    /// Only for requests whose body names this port.
    port: Option<u16>,
    /// Only for the path's first so many requests after the file has changed.
    times: Option<u64>,
}

/// The faults file, and how often each fault has been met since it changed.
pub(crate) struct Faults {
    file: PathBuf,
    text: Option<String>,
    met: BTreeMap<String, u64>,
}

impl Faults {
    pub(crate) fn of(dir: &Path) -> Self {
        Self { file: dir.join("controller.json"), text: None, met: BTreeMap::new() }
    }

    /// The fault that a request to `path` with this body meets. A wrong file is a fault too: 500 with the reason.
    pub(crate) fn meet(&mut self, path: &str, body: &[u8]) -> Option<Fault> {
        let text = match fs::read_to_string(&self.file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Some(Fault::broken(&error)),
        };
        if text != self.text {
            self.met.clear();
            self.text.clone_from(&text);
        }
        let fault = match serde_json::from_str::<Map<String, Value>>(&text?) {
            Ok(mut faults) => Fault::deserialize(faults.remove(path)?).unwrap_or_else(|e| Fault::broken(&e)),
            Err(error) => Fault::broken(&error),
        };
        if fault.port.is_some_and(|port| !names(body, port)) {
            return None;
        }
        let met = self.met.entry(path.to_owned()).or_default();
        *met += 1;
        Some(fault).filter(|fault| fault.times.is_none_or(|times| *met <= times))
    }
}

impl Fault {
    fn broken(reason: &dyn Display) -> Self {
        Self { status: Some(500), body: Some(format!("controller.json: {reason}")), ..Self::default() }
    }

    /// After this time the request is answered as without a fault.
    pub(crate) fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }

    pub(crate) fn answer(self, mut stream: &TcpStream) -> io::Result<()> {
        if let Some(pause) = self.hang_ms {
            sleep(Duration::from_millis(pause));
            return Ok(());
        }
        if let Some(url) = self.redirect {
            let mut answer = Answer::text(302, "");
            answer.headers.push(format!("Location: {url}"));
            return answer.write(PROTOCOL, stream);
        }
        if self.drip {
            return drip(stream);
        }
        if self.cut {
            let half = "{\"result\": [{\"port\": 86";
            let head = Answer::json(&half.repeat(2)).head(PROTOCOL);
            return stream.write_all(format!("{head}{half}").as_bytes());
        }
        if self.endless {
            return endless(stream);
        }
        let status = self.status.unwrap_or(200);
        let mut answer = match (self.error, self.body) {
            (Some(error), _) => {
                Answer::new(status, "application/json", json!({ "error": error }).to_string())
            }
            (None, body) => Answer::text(status, body.unwrap_or_else(|| format!("status {status}"))),
        };
        answer.headers.extend(self.retry_after.map(|seconds| format!("Retry-After: {seconds}")));
        answer.write(PROTOCOL, stream)
    }
}

/// The body is a node's document with this port.
fn names(body: &[u8], port: u16) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|document| document["port"] == port)
}

/// One byte a second, and never the whole.
fn drip(mut stream: &TcpStream) -> io::Result<()> {
    let head = Answer::json(&" ".repeat(3600)).head(PROTOCOL);
    stream.write_all(head.as_bytes())?;
    loop {
        stream.write_all(b" ")?;
        sleep(Duration::from_secs(1));
    }
}

fn endless(mut stream: &TcpStream) -> io::Result<()> {
    write!(stream, "{PROTOCOL} 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[")?;
    loop {
        stream.write_all("[],".repeat(4096).as_bytes())?;
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::Faults;

    #[test]
    fn a_fault_is_met_so_many_times_after_each_change() {
        let dir = env::temp_dir().join(format!("acecast-sandbox-faults-{}", process::id()));
        fs::create_dir_all(&dir).unwrap();
        let mut faults = Faults::of(&dir);
        let mut meet = |text: &str| {
            fs::write(dir.join("controller.json"), text).unwrap();
            faults.meet("monitor", br#"{"port": 8640}"#)
        };
        assert!(meet("{}").is_none());
        let once = r#"{"monitor": {"status": 503, "times": 1}}"#;
        assert_eq!(meet(once).and_then(|fault| fault.status), Some(503));
        assert!(meet(once).is_none());
        assert_eq!(meet(r#"{"monitor": {"status": 500}}"#).and_then(|fault| fault.status), Some(500));
        assert!(meet(once).is_some());
        assert!(meet(r#"{"monitor": {"status": 500, "port": 8641}}"#).is_none());
        assert!(meet(r#"{"monitor": {"status": 500, "port": 8640}}"#).is_some());
        let typo = meet(r#"{"monitor": {"statis": 500}}"#).unwrap();
        assert!(typo.body.unwrap().contains("statis"));
        fs::remove_dir_all(&dir).unwrap();
    }
}
