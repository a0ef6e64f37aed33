//! Running acecast, with an end in any case.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// No run here takes nearly as long.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

/// A run that goes on.
pub(crate) struct Running {
    line: String,
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    started: Instant,
}

impl Running {
    /// Starts the command; its output is gathered.
    pub(crate) fn start(mut command: Command) -> Running {
        let line = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = gather(child.stdout.take().unwrap());
        let stderr = gather(child.stderr.take().unwrap());
        Running { line, child, stdout, stderr, started: Instant::now() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends the run itself a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        // It has not been waited for, so the number is still its own.
        kill_process(pid, signal).unwrap();
    }

    /// It has not ended.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Ran {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break Some(status);
            }
            if self.started.elapsed() > TIMEOUT {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                break None;
            }
            thread::sleep(Duration::from_millis(5));
        };
        let took = self.started.elapsed();
        let text =
            |output: &Receiver<String>| output.recv_timeout(Duration::from_secs(5)).unwrap_or_default();
        let (stdout, stderr) = (text(&self.stdout), text(&self.stderr));
        let ran = Ran { line: self.line, code: status.and_then(|s| s.code()), stdout, stderr, took };
        assert!(status.is_some(), "did not end within {} s\n{ran}", TIMEOUT.as_secs());
        assert!(!ran.stderr.contains("panicked at"), "a panic\n{ran}");
        ran
    }
}

fn gather(mut output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

impl Ran {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exit(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "expected exit code {code}\n{self}");
        self
    }

    /// Its stdout, which must be one JSON document of schema 1.
    #[track_caller]
    pub(crate) fn doc(&self) -> Value {
        let doc: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON document: {error}\n{self}"));
        assert_eq!(doc["schema"], 1, "{self}");
        doc
    }

    /// Both outputs.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Asserts that the text is in one of the outputs.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        assert!(self.all().contains(text), "expected to read {text:?}\n{self}");
        self
    }

    /// Asserts that the text is in none of the outputs.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Ran {
        assert!(!self.all().contains(text), "{text:?} must not be shown\n{self}");
        self
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ran { line, code, stdout, stderr, took } = self;
        write!(f, "$ {line}\n(exit {code:?} after {took:?})\n-- stdout\n{stdout}\n-- stderr\n{stderr}")
    }
}
