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

    /// Every POST to this path, as it came and whatever became of it.
    pub(crate) fn posts(&self, path: &str) -> Vec<Post> {
        let all = self.received("posts");
        let of_path = all.as_array().unwrap().iter().filter(|post| post["path"] == path);
        of_path.map(Post::of).collect()
    }

    /// The only report of the node on this port.
    #[track_caller]
    pub(crate) fn posted(&self, port: u16) -> Post {
        let mut posts = self.posts("monitor");
        posts.retain(|post| post.doc()["port"] == port);
        assert_eq!(posts.len(), 1, "one report of port {port}: {posts:#?}");
        posts.remove(0)
    }

    /// What the controller has taken of one kind: `monitor`, `metadata`, `refused`.
    pub(crate) fn received(&self, kind: &str) -> Value {
        let (_, body) = request("GET", &format!("{}/received?kind={kind}", self.controller)).unwrap();
        serde_json::from_str(&body).unwrap()
    }

    /// Forgets what was received so far.
    pub(crate) fn forget(&self) {
        assert_eq!(request("DELETE", &format!("{}/received", self.controller)).unwrap().0, 200);
    }

    /// What a node says of itself, byte for byte.
    #[expect(clippy::unused_self, reason = "the nodes are of this world")]
    pub(crate) fn node_says(&self, port: u16) -> String {
        request("GET", &format!("http://127.0.0.1:{port}/app/monitor")).unwrap().1
    }

    /// How often a path of the controller was asked for.
    pub(crate) fn requests(&self, path: &str) -> u64 {
        self.received("requests")[path].as_u64().unwrap_or(0)
    }
}

/// A POST that the controller got.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) query: String,
    pub(crate) body: String,
    headers: Vec<String>,
}

impl Post {
    fn of(post: &Value) -> Post {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let headers = post["headers"].as_array().unwrap().iter().map(text).collect();
        Post { query: text(&post["query"]), body: text(&post["body"]), headers }
    }

    /// The values of all headers of this name.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let of_name =
            |line: &str| line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        let lines = self.headers.iter().filter(|line| of_name(line));
        lines.map(|line| line[name.len() + 1..].trim()).collect()
    }

    /// Its document.
    pub(crate) fn doc(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
