//! A host for tests, with real processes whose command lines are nodes': shells that wait until their input ends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use acecast_config::AppConfig;
use acecast_reconcile::{Port, Secret};

use crate::Answer;
use crate::args::fixtures::app_with;
use crate::status::{AskNode, Silence};

pub(super) const HERE: &str = "--pid-file-dir={}/pid";
pub(super) const ELSEWHERE: &str = "--pid-file-dir={}/elsewhere";

/// Nobody is asked here.
pub(super) struct Mute;

impl AskNode for Mute {
    fn ask(&self, _: Port, _: Option<&Secret>) -> Result<Answer, Silence> {
        panic!("a node was asked")
    }
}

/// Ends when its input does, so also with a test that fails.
pub(super) struct Node(pub(super) Child);

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

pub(super) struct World {
    pub(super) dir: tempfile::TempDir,
    pub(super) app: AppConfig,
}

impl World {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let wrapper = dir.path().join("start-engine");
        let app = app_with(dir.path(), &[("engine_path", serde_json::json!({ "stable": wrapper }))]);
        for folder in [&app.dirs.pid, &app.dirs.metadata, &app.dirs.private, &dir.path().join("elsewhere")] {
            fs::create_dir(folder).unwrap();
        }
        World { dir, app }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// `{}` in arguments is the world's folder.
    fn args(&self, args: &str) -> Vec<String> {
        args.split(' ').map(|arg| arg.replace("{}", self.dir.path().to_str().unwrap())).collect()
    }

    /// An engine, as far as its command line tells.
    pub(super) fn engine(&self, args: &str) -> Node {
        let mut command = Command::new("/bin/sh");
        command.arg0("acestreamengine").args(["-c", "echo up; read line", "engine"]).args(self.args(args));
        self.start(&mut command)
    }

    /// The wrapper script, which does this.
    pub(super) fn wrapper(&self, script: &str, args: &str) -> Node {
        let path = self.path("start-engine");
        fs::write(&path, script).unwrap();
        let mut command = Command::new("/bin/sh");
        command.arg(path).args(self.args(args));
        self.start(&mut command)
    }

    /// Starts what says "up": until a process does something, its command line may be empty.
    fn start(&self, command: &mut Command) -> Node {
        command.current_dir(self.dir.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut node = Node(command.spawn().unwrap());
        let mut line = String::new();
        BufReader::new(node.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "up\n");
        node
    }
}
