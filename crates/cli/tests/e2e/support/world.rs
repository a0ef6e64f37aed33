//! The stream server and the controller of one site.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::http::request;

/// Both servers, in a process that ends with this one.
pub(crate) struct World {
    child: Child,
    dir: PathBuf,
    pub(crate) streams: String,
    pub(crate) controller: String,
}

impl World {
    /// Starts them and waits until they listen.
    pub(crate) fn start(dir: &Path) -> World {
        std::fs::create_dir_all(dir).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_acecast-sandbox"));
        command
            .arg("world")
            .arg(dir)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let url = |name: &str| ready[name].as_str().unwrap().to_owned();
        World { child, dir: dir.to_owned(), streams: url("streams"), controller: url("controller") }
    }

    /// Switches a stream on or off: `ts/news`, `hls/news`.
    pub(crate) fn switch(&self, stream: &str, up: bool) {
        let url = format!("{}/control/{stream}?up={}", self.streams, u8::from(up));
        assert_eq!(request("POST", &url).unwrap().0, 200, "{url}");
    }

    /// How the controller misbehaves from the next request on.
    pub(crate) fn faults(&self, faults: &Value) {
        std::fs::write(self.dir.join("controller.json"), faults.to_string()).unwrap();
    }

    /// What the controller hands out under this name.
    pub(crate) fn hand_out(&self, name: &str, list: &Value) {
        std::fs::write(self.dir.join(name).with_extension("json"), list.to_string()).unwrap();
    }

    /// How often a path of the controller was asked for.
    pub(crate) fn requests(&self, path: &str) -> u64 {
        let (_, body) = request("GET", &format!("{}/received?kind=requests", self.controller)).unwrap();
        let counts: Value = serde_json::from_str(&body).unwrap();
        counts[path].as_u64().unwrap_or(0)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
