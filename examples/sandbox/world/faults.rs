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

/// One fault; exactly one of its keys but `times` is given.
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
    /// A list without an end.
    endless: bool,
    /// 302 to this URL.
    redirect: Option<String>,
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

    /// The fault that a request to `path` meets. A wrong file is a fault too: 500 with the reason.
    pub(crate) fn meet(&mut self, path: &str) -> Option<Fault> {
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
        let met = self.met.entry(path.to_owned()).or_default();
        *met += 1;
        Some(fault).filter(|fault| fault.times.is_none_or(|times| *met <= times))
    }
}

impl Fault {
    fn broken(reason: &dyn Display) -> Self {
        Self { status: Some(500), body: Some(format!("controller.json: {reason}")), ..Self::default() }
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
        match (self.error, self.body) {
            (Some(error), _) => {
                let body = json!({ "error": error }).to_string();
                Answer::new(status, "application/json", body).write(PROTOCOL, stream)
            }
            (None, body) => {
                let body = body.unwrap_or_else(|| format!("status {status}"));
                Answer::text(status, body).write(PROTOCOL, stream)
            }
        }
    }
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
            faults.meet("monitor")
        };
        assert!(meet("{}").is_none());
        let once = r#"{"monitor": {"status": 503, "times": 1}}"#;
        assert_eq!(meet(once).and_then(|fault| fault.status), Some(503));
        assert!(meet(once).is_none());
        assert_eq!(meet(r#"{"monitor": {"status": 500}}"#).and_then(|fault| fault.status), Some(500));
        assert!(meet(once).is_some());
        let typo = meet(r#"{"monitor": {"statis": 500}}"#).unwrap();
        assert!(typo.body.unwrap().contains("statis"));
        fs::remove_dir_all(&dir).unwrap();
    }
}
