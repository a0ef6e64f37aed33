//! One site: engines, config, node lists, the servers around them, and everything that runs there.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::ports::Block;
use super::procs::{self, Proc};
use super::ran::{Ran, Running};
use super::world::World;
use super::{eventually, http, with};

/// A host with its world, in a temporary folder. Whatever runs there ends with it, also when a test fails.
pub(crate) struct Site {
    pub(crate) world: World,
    ports: Mutex<Vec<Block>>,
    folder: PathBuf,
    /// Taken by the end of the site.
    dir: Option<TempDir>,
}

/// A forgotten engine ends by itself.
const FUSE_S: u64 = 600;

/// Variables that would make a run here depend on who runs it.
const FOREIGN: &[&str] = &[
    "ACECAST_CONFIG",
    "NO_COLOR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
];

impl Site {
    /// A site with a stable and a beta engine and empty lists.
    pub(crate) fn new() -> Site {
        let dir = tempfile::Builder::new().prefix("acecast-e2e-").tempdir().unwrap();
        let folder = dir.path().to_owned();
        let world = World::start(&folder.join("world"));
        let site = Site { world, ports: Mutex::default(), folder, dir: Some(dir) };
        site.install("stable", "3.2.3");
        site.install("beta", "3.2.3");
        fs::create_dir(site.path("config")).unwrap();
        site.app(json!({}));
        site.sources(&[]);
        site.supports(&[]);
        site
    }

    /// Makes a folder of this name an engine's folder.
    pub(crate) fn install(&self, channel: &str, version: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acecast-sandbox"));
        command.arg("install-engine").arg(self.path(channel)).args(["--engine-version", version]);
        assert!(command.status().unwrap().success());
        self.script(channel, json!({}));
    }

    /// How the engines of a channel behave from now on.
    pub(crate) fn script(&self, channel: &str, script: Value) {
        let script = with(json!({"*": {"max_lifetime_s": FUSE_S, "stop_ms": 20}}), script);
        let (path, beside) = (self.path(channel).join("sandbox.json"), self.path(channel).join("new.json"));
        fs::write(&beside, script.to_string()).unwrap();
        fs::rename(beside, path).unwrap();
    }

    // Places.

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.path("root")
    }

    pub(crate) fn pid_file(&self, port: u16) -> PathBuf {
        self.root().join(format!("run/acestreamengine-{port}.pid"))
    }

    pub(crate) fn metadata(&self, name: &str) -> PathBuf {
        self.root().join("metadata").join(name)
    }

    /// What all command lines of this site have in them.
    fn folder_text(&self) -> String {
        format!("{}/", self.folder.display())
    }

    /// A port for this test alone.
    pub(crate) fn port(&self) -> u16 {
        self.ports::<1>()[0]
    }

    /// Neighbouring ports for this test alone.
    pub(crate) fn ports<const N: usize>(&self) -> [u16; N] {
        let block = Block::reserve(u16::try_from(N).unwrap());
        let first = block.first;
        self.ports.lock().unwrap().push(block);
        std::array::from_fn(|n| first + u16::try_from(n).unwrap())
    }

    // Config.

    /// Writes the app config, with changes to what it has by default.
    pub(crate) fn app(&self, changes: Value) {
        let engine = |channel: &str| self.path(channel).join("start-engine");
        let app = json!({
            "engine_path": {"stable": engine("stable"), "beta": engine("beta")},
            "root": self.root(),
            "controller": {
                "source_node": self.path("config/source_node.json"),
                "support_node": self.path("config/support_node.json"),
            },
            "dirs": {
                "public": "public", "private": "private", "metadata": "metadata", "log": "log",
                "cache": "cache", "pid": "run", "state": "state",
            },
            "trackers": ["udp://tracker.example.com:2710/announce"],
        });
        fs::write(self.path("config/config.json"), with(app, changes).to_string()).unwrap();
    }

    /// Has the lists come from the world's controller.
    pub(crate) fn use_controller(&self) {
        let url = |list: &str| format!("{}/{list}", self.world.controller);
        self.app(
            json!({"controller": {"source_node": url("source_node"), "support_node": url("support_node")}}),
        );
    }

    /// Writes the list of source nodes, as a file and for the controller.
    pub(crate) fn sources(&self, nodes: &[Value]) {
        self.list("source_node", nodes);
    }

    /// Writes the list of support nodes, as a file and for the controller.
    pub(crate) fn supports(&self, nodes: &[Value]) {
        self.list("support_node", nodes);
    }

    fn list(&self, name: &str, nodes: &[Value]) {
        fs::write(self.path("config").join(name).with_extension("json"), json!(nodes).to_string()).unwrap();
        self.world.hand_out(name, &json!(nodes));
    }

    /// A ts source node's entry.
    pub(crate) fn ts(&self, uid: &str, port: u16) -> Value {
        json!({
            "stream_uid": uid, "port": port, "title": uid, "type": "ts", "bitrate": 50_000, "quality": "HD",
            "url": format!("{}/ts/{uid}?rate=50000", self.world.streams), "categories": ["sport"],
            "engine_version": "stable", "extended_logging": 0,
        })
    }

    /// A HLS source node's entry.
    pub(crate) fn hls(&self, uid: &str, port: u16) -> Value {
        json!({
            "stream_uid": uid, "port": port, "title": uid, "type": "hls", "force_monotonic_sequence": 1,
            "url": format!("{}/hls/{uid}/index.m3u8?rate=50000", self.world.streams), "categories": ["kids"],
            "engine_version": "stable", "extended_logging": 0,
        })
    }

    /// A support node's entry.
    #[expect(clippy::unused_self, reason = "reads as the other two")]
    pub(crate) fn support(&self, port: u16, source: u16) -> Value {
        json!({
            "port": port, "source_ip": "127.0.0.1", "source_port": source,
            "engine_version": "stable", "extended_logging": 0,
        })
    }

    // Runs.

    /// The command, not started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acecast"));
        command.args(args).arg("--config").arg(self.path("config/config.json")).current_dir(&self.folder);
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
    }

    /// Begins to run acecast.
    pub(crate) fn begin(&self, args: &[&str]) -> Running {
        Running::start(self.command(args))
    }

    /// Runs acecast.
    #[track_caller]
    pub(crate) fn acecast(&self, args: &[&str]) -> Ran {
        self.begin(args).wait()
    }

    /// Runs acecast for its JSON document, which must come with this exit code.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str], code: i32) -> Value {
        self.acecast(&[args, &["-o", "json"]].concat()).exit(code).doc()
    }

    /// Makes everything run that the config asks for.
    #[track_caller]
    pub(crate) fn start(&self) -> Value {
        self.json(&["start"], 0)
    }

    /// The plan's document.
    #[track_caller]
    pub(crate) fn plan(&self) -> Value {
        self.json(&["plan"], 0)
    }

    /// Planning again and applying again change nothing.
    #[track_caller]
    pub(crate) fn assert_nothing_to_do(&self) {
        let before = self.pids();
        let plan = self.plan();
        assert_eq!(plan["changes"], 0, "{plan:#}");
        self.start();
        assert_eq!(self.pids(), before, "a run that had nothing to do touched a node");
    }

    // What runs, seen without acecast's eyes.

    /// All processes of this site but the servers.
    pub(crate) fn procs(&self) -> Vec<Proc> {
        let world = self.path("world").to_str().unwrap().to_owned();
        procs::naming(&self.folder_text()).into_iter().filter(|proc| !proc.args.contains(&world)).collect()
    }

    /// The engines' pids by the ports that they were asked to use.
    pub(crate) fn pids(&self) -> BTreeMap<u16, i32> {
        let engines: Vec<Proc> = self.procs().into_iter().filter(Proc::is_engine).collect();
        let pids: BTreeMap<u16, i32> =
            engines.iter().filter_map(|engine| Some((engine.port()?, engine.pid))).collect();
        assert_eq!(pids.len(), engines.len(), "a port has two engines: {engines:#?}");
        pids
    }

    /// The engine on this port.
    #[track_caller]
    pub(crate) fn engine(&self, port: u16) -> Proc {
        let found = self.procs().into_iter().find(|proc| proc.is_engine() && proc.port() == Some(port));
        found.unwrap_or_else(|| panic!("no engine on port {port}"))
    }

    /// Its pid.
    #[track_caller]
    pub(crate) fn pid(&self, port: u16) -> i32 {
        self.engine(port).pid
    }

    /// Kills the engine on this port, as a crash would.
    #[track_caller]
    pub(crate) fn kill(&self, port: u16) {
        procs::signal(&self.engine(port), rustix::process::Signal::KILL);
        eventually("the killed engine is gone", || (!self.pids().contains_key(&port)).then_some(()));
    }

    /// The same, if there is one.
    pub(crate) fn kill_if_there(&self, port: u16) {
        if self.pids().contains_key(&port) {
            self.kill(port);
        }
    }

    /// Waits until the node says this about itself, and gives its whole answer.
    #[track_caller]
    #[expect(clippy::unused_self, reason = "it is one of the site's nodes that is asked")]
    pub(crate) fn await_status(&self, port: u16, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let url = format!("http://127.0.0.1:{port}/app/monitor");
        eventually(what, || {
            let (_, body) = http::request("GET", &url).ok()?;
            serde_json::from_str(&body).ok().filter(&is_so)
        })
    }

    /// Waits until nothing of any node runs.
    #[track_caller]
    pub(crate) fn await_quiet(&self) {
        eventually("no process of a node is left", || self.procs().is_empty().then_some(()));
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let ended = procs::end_all(&self.folder_text());
        let gone = self.dir.take().map(TempDir::close);
        if !std::thread::panicking() {
            assert!(ended, "left running: {:#?}", procs::naming(&self.folder_text()));
            assert!(matches!(gone, Some(Ok(()))), "the site's folder stays: {gone:?}");
        }
    }
}
