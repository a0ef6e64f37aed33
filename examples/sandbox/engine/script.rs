//! What a test tells the engines of a folder to do: `sandbox.json` beside them.
//!
//! `{"*": {…}, "8640": {…}, "sid:news": {…}}`: a node's settings are the `*` section with its port's
//! laid over it; the making of a transport file takes the section of its `--sid`. The file is read
//! again whenever it changes, so a test can spoil a node that runs.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

/// How one node behaves. Times are in milliseconds unless the name says seconds.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of its own in the script")]
pub(crate) struct Script {
    /// From the start of the process until it handles TERM, looks for its input and listens.
    pub(crate) ready_ms: u64,
    /// How long `--bitrate 0` measures.
    pub(crate) measure_ms: u64,
    /// From TERM or INT to the exit.
    pub(crate) stop_ms: u64,
    /// The same on engine 3.0.5.1 while its source has never been reached.
    pub(crate) unreachable_stop_ms: u64,
    /// End a stop by SIGALRM (142 in a shell), the pid file being removed.
    pub(crate) stop_by_alarm: bool,
    /// TERM and INT do nothing.
    pub(crate) ignore_term: bool,
    /// Exit with this code before anything else is done.
    pub(crate) exit_at_start: Option<u8>,
    /// What to print then.
    pub(crate) exit_message: Option<String>,
    /// Neither listen nor exit.
    pub(crate) hang_at_start: bool,
    /// Die by SIGKILL this long after the start, leaving the pid file.
    pub(crate) crash_after_ms: Option<u64>,
    /// How `/app/monitor` is answered.
    pub(crate) status: Status,
    /// More members of the answer, as they are to be written before its closing brace: `"big": 1e400`.
    pub(crate) status_extra: String,
    /// Where `"status": "redirect"` points.
    pub(crate) redirect_to: String,
    /// Listen on another port than the wanted one, although it is free.
    pub(crate) listen_elsewhere: bool,
    /// Never write the pid file.
    pub(crate) no_pid_file: bool,
    /// Never leave the status `starting`.
    pub(crate) starting_forever: bool,
    /// How long the making of a transport file takes.
    pub(crate) transport_ms: u64,
    /// Let the making of a transport file fail.
    pub(crate) transport_fails: bool,
    /// How long the wrapper waits before it starts the engine.
    pub(crate) slow_spawn_wrapper_ms: u64,
    /// How long the wrapper's child is a copy of the wrapper before it becomes the engine.
    pub(crate) slow_exec_ms: u64,
    /// Between two attempts to reach an input.
    pub(crate) reconnect_ms: u64,
    /// An input that is silent for so long is lost.
    pub(crate) stall_ms: u64,
    /// The main thread ends once the node is set up, while its other threads go on with its work.
    pub(crate) leader_exits: bool,
    /// The fuse: a forgotten engine ends by itself, with exit code 9.
    pub(crate) max_lifetime_s: u64,
}

/// How `/app/monitor` is answered.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// As the engine does.
    Ok,
    /// Take the request and say nothing.
    Hang,
    /// One byte a second.
    Drip,
    /// 500 with a text.
    Error500,
    /// 200 with a page.
    Html,
    /// Valid JSON, every field of a wrong type.
    WrongTypes,
    /// Half of the document, then close.
    Cut,
    /// A document without an end.
    Endless,
    /// 302 to `redirect_to`.
    Redirect,
    /// The answer of another process.
    WrongPid,
    /// The port is closed while the node runs.
    Refuse,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            ready_ms: 120,
            measure_ms: 60_000,
            stop_ms: 100,
            unreachable_stop_ms: 1500,
            stop_by_alarm: false,
            ignore_term: false,
            exit_at_start: None,
            exit_message: None,
            hang_at_start: false,
            crash_after_ms: None,
            status: Status::Ok,
            status_extra: String::new(),
            redirect_to: "http://127.0.0.1:9/".to_owned(),
            listen_elsewhere: false,
            no_pid_file: false,
            starting_forever: false,
            transport_ms: 20,
            transport_fails: false,
            slow_spawn_wrapper_ms: 0,
            slow_exec_ms: 0,
            reconnect_ms: 500,
            stall_ms: 3000,
            leader_exits: false,
            max_lifetime_s: 3600,
        }
    }
}

impl Script {
    /// The settings of one section; a folder without a script has the defaults.
    pub(crate) fn load(home: &Path, section: &str) -> Result<Self, String> {
        ScriptFile::new(home, section).map(|file| file.script)
    }

    /// All sections are checked, so that a typo in any of them is found by the first node.
    fn parse(text: &str, section: &str) -> Result<Self, String> {
        let sections: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (name, value) in &sections {
            let known = name == "*" || name.starts_with("sid:") || name.parse::<u16>().is_ok();
            if !known {
                return Err(format!("section {name:?}: neither \"*\" nor a port nor \"sid:NAME\""));
            }
            Self::deserialize(value).map_err(|error| format!("section {name:?}: {error}"))?;
        }
        let mut merged = Map::new();
        for name in ["*", section] {
            if let Some(Value::Object(values)) = sections.get(name) {
                merged.extend(values.clone());
            }
        }
        serde_json::from_value(Value::Object(merged)).map_err(|error| error.to_string())
    }
}

/// The script file, read again when it changes.
pub(crate) struct ScriptFile {
    path: PathBuf,
    section: String,
    stamp: Option<Stamp>,
    pub(crate) script: Script,
}

/// What tells one content of a file from the next without reading it.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: (i64, i64),
    length: u64,
    inode: u64,
}

impl ScriptFile {
    pub(crate) fn new(home: &Path, section: &str) -> Result<Self, String> {
        let path = home.join("sandbox.json");
        let mut file = Self { path, section: section.to_owned(), stamp: None, script: Script::default() };
        file.refresh()?;
        Ok(file)
    }

    /// Reads the file if it has changed. Costs one `stat` otherwise.
    pub(crate) fn refresh(&mut self) -> Result<(), String> {
        let stamp = fs::metadata(&self.path).ok().map(|meta| Stamp {
            modified: (meta.mtime(), meta.mtime_nsec()),
            length: meta.len(),
            inode: meta.ino(),
        });
        if stamp == self.stamp {
            return Ok(());
        }
        self.script = match fs::read_to_string(&self.path) {
            // Caught between truncation and writing: the next look finds it whole.
            Ok(text) if text.is_empty() => return Ok(()),
            Ok(text) => Script::parse(&text, &self.section)
                .map_err(|reason| format!("{}: {reason}", self.path.display()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Script::default(),
            Err(error) => return Err(format!("{}: {error}", self.path.display())),
        };
        self.stamp = stamp;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Script, Status};

    #[test]
    fn a_port_overrides_the_defaults_of_all() {
        let text = r#"{"*": {"stop_ms": 5, "status": "hang"}, "8640": {"status": "wrong_pid"}}"#;
        let script = Script::parse(text, "8640").unwrap();
        assert_eq!(script.stop_ms, 5);
        assert!(script.status == Status::WrongPid);
        assert!(Script::parse(text, "8650").unwrap().status == Status::Hang);
    }

    #[test]
    fn what_is_unknown_is_an_error_in_any_section() {
        assert!(Script::parse(r#"{"8650": {"stopms": 5}}"#, "8640").is_err());
        assert!(Script::parse(r#"{"port 8650": {}}"#, "8640").is_err());
        assert!(Script::parse(r#"{"*": {"status": "odd"}}"#, "8640").is_err());
        assert!(Script::parse("{}", "8640").is_ok());
    }
}
