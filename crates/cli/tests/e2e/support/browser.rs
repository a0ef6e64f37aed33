//! A real browser, led through `WebDriver`, for tests of pages.
//!
//! chromedriver runs in a process group of its own with a folder of its own, and the browsers that it starts keep that
//! folder's name in their command lines. Dropping a [`Browser`] ends them all, by process id, also when a test fails.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

use std::fs;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than a browser takes to start on a busy machine.
const START: Duration = Duration::from_secs(60);

/// What makes it small, quiet and free of other machines.
const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// One window.
#[derive(Debug)]
pub(crate) struct Browser {
    driver: Child,
    agent: ureq::Agent,
    /// `http://127.0.0.1:PORT/session/ID`.
    session: String,
    profile: TempDir,
}

impl Browser {
    /// Opens an empty window of this size for a test; none, and it says so, where chromium or chromedriver is missing.
    pub(crate) fn start(test: &str, width: u32, height: u32) -> Option<Browser> {
        let (Some(chromium), Some(chromedriver)) = (installed("chromium"), installed("chromedriver")) else {
            // Not by a macro: of those the harness hides what a passed test prints.
            let _ = writeln!(io::stderr(), "skipped: {test}: no chromium and chromedriver on PATH");
            return None;
        };
        let profile = tempfile::Builder::new().prefix("acecast-browser-").tempdir().unwrap();
        let mut command = Command::new(chromedriver);
        command.args(["--port=0", "--allowed-ips=127.0.0.1"]).env("TMPDIR", profile.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = command.spawn().unwrap();
        let stdout = driver.stdout.take().unwrap();
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false);
        let agent = config.max_idle_connections(0).timeout_global(Some(START)).build().new_agent();
        // From here on a failure ends what was started.
        let mut browser = Browser { driver, agent, session: String::new(), profile };
        let port = port_of(BufReader::new(stdout));
        let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        args.push(format!("--window-size={width},{height}"));
        args.push(format!("--user-data-dir={}", browser.profile.path().join("profile").display()));
        let options = json!({"binary": chromium, "args": args});
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        browser.session = format!("http://127.0.0.1:{port}/session");
        let value = browser.post("", &wanted);
        browser.session = format!("{}/{}", browser.session, value["sessionId"].as_str().unwrap());
        browser.emulate(width, height, false);
        Some(browser)
    }

    /// The view has exactly this size, and the page is told that the user likes it dark or light.
    pub(crate) fn emulate(&self, width: u32, height: u32, dark: bool) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &media);
    }

    /// Goes to this address and waits until the page is loaded.
    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// What a script returns, a function's body: `return document.title`.
    #[track_caller]
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Waits until a script returns true. A page that is just being left counts as not yet.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, within: Duration, script: &str) {
        let deadline = Instant::now() + within;
        let body = json!({"script": script, "args": []});
        loop {
            let last = self.try_post("/execute/sync", &body);
            if last == Ok(Value::Bool(true)) {
                return;
            }
            assert!(Instant::now() < deadline, "waited {within:?} in vain until {what}; last: {last:?}");
            sleep(Duration::from_millis(50));
        }
    }

    /// What is in view, as PNG.
    pub(crate) fn screenshot(&self, into: &Path) {
        let answer = self.agent.get(format!("{}/screenshot", self.session)).call().unwrap();
        let value = value(answer).unwrap();
        fs::write(into, decoded(value.as_str().unwrap())).unwrap();
    }

    /// A command of the `DevTools` protocol.
    #[track_caller]
    pub(crate) fn devtools(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let sent = self.agent.post(format!("{}{path}", self.session)).send_json(body);
        value(sent.map_err(|error| error.to_string())?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Kindly first: a browser that is asked to go leaves nothing behind.
        if !self.session.is_empty() {
            let _ = self.agent.delete(self.session.as_str()).call();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let deadline = Instant::now() + Duration::from_secs(10);
        while !end_all_of(self.profile.path()) && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
    }
}

/// The value of `WebDriver`'s answer, or the error's text.
fn value(mut answer: ureq::http::Response<ureq::Body>) -> Result<Value, String> {
    // A screenshot is a document of some megabytes.
    let body = answer.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string();
    let mut document: Value =
        serde_json::from_str(&body.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let value = document["value"].take();
    if answer.status().is_success() { Ok(value) } else { Err(value.to_string()) }
}

/// The program of this name in the search path.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The port that chromedriver says it has; the rest of what it says is read by nobody, and it says little.
fn port_of(stdout: impl BufRead) -> u16 {
    let mut lines = stdout.lines().map_while(Result::ok);
    let port = |line: &str| {
        let rest = line.split_once("started successfully on port ")?.1;
        rest.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()
    };
    lines.find_map(|line| port(&line)).expect("chromedriver says its port")
}

/// Ends the processes that have this folder in their command lines; true if there was none.
fn end_all_of(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap();
    let mut none = true;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw)
        else {
            continue;
        };
        let names_it = || {
            fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(folder))
        };
        if !names_it() {
            continue;
        }
        none = false;
        // Once it is open the number cannot come to mean another process, so it is looked at again.
        if let Ok(handle) = pidfd_open(pid, PidfdFlags::empty())
            && names_it()
        {
            let _ = pidfd_send_signal(handle, Signal::KILL);
        }
    }
    none
}

/// Base64, as screenshots come.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(text.len() * 3 / 4), 0u32, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap());
        }
    }
    bytes
}
