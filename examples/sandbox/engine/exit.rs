//! Why an engine ended by itself, and what it says about it.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// An end before its time. Code 0 is none of success: "Cannot load file" ends with it.
#[derive(Debug)]
pub(crate) struct Exit {
    code: u8,
    message: String,
    to_stderr: bool,
}

impl Exit {
    /// A wrong command line: 2, usage on stderr.
    pub(crate) fn usage(reason: &str) -> Self {
        let message = format!(
            "usage: acestreamengine (--stream-source-node | --stream-support-node | --create-hls-transport) \
             [options]\nacestreamengine: error: {reason}"
        );
        Self { code: 2, message, to_stderr: true }
    }

    /// A wrong value, or something that cannot be done: 1.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into(), to_stderr: false }
    }

    /// Seen on engine 3.2.3: a support node whose transport file is not to be had exits with 0.
    pub(crate) fn cannot_load(file: &str) -> Self {
        Self { code: 0, message: format!("Cannot load file {file}"), to_stderr: false }
    }

    /// The script file is wrong: a mistake of the test, never of the engine.
    pub(crate) fn script(reason: &str) -> Self {
        Self { code: 3, message: format!("sandbox script: {reason}"), to_stderr: true }
    }

    /// The script asks for it.
    pub(crate) fn scripted(code: u8, message: Option<&str>) -> Self {
        Self { code, message: message.unwrap_or_default().to_owned(), to_stderr: false }
    }

    /// The fuse: nobody stopped this engine.
    pub(crate) fn fuse() -> Self {
        Self { code: 9, message: "sandbox: maximum lifetime reached".to_owned(), to_stderr: true }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    /// The message for the log file.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Says it, once on stderr or `times` on stdout, and gives the code.
    pub(crate) fn report(&self, times: usize) -> ExitCode {
        if self.to_stderr {
            let _ = writeln!(io::stderr(), "{}", self.message);
        } else if !self.message.is_empty() {
            (0..times).for_each(|_| say(&self.message));
        }
        ExitCode::from(self.code)
    }
}

/// A line on stdout, which may be closed.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
