//! systemd units: the examples, with this host's program, config and user.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use acecast_reconcile::escape;

use crate::args::{Units, UserName};
use crate::failure::Failure;

const RUN: &str = include_str!("../../../assets/systemd/acecast.service");
const START: &str = include_str!("../../../assets/systemd/acecast-start.service");
const TIMER: &str = include_str!("../../../assets/systemd/acecast-start.timer");

/// What the examples have instead of the user.
const USER: &str = "\nUser=acecast\n";
/// What they have instead of the program and its config.
const COMMAND: &str = "\nExecStart=/usr/bin/acecast -c /etc/acecast/config.json ";

/// What the units are to say.
pub(super) struct Wanted {
    pub(super) program: PathBuf,
    pub(super) config: PathBuf,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) user: UserName,
}

/// One unit.
#[derive(Debug)]
pub(super) struct Unit {
    /// What it is to be saved as.
    pub(super) name: &'static str,
    pub(super) text: String,
    /// It is this one that is enabled.
    pub(super) is_enabled: bool,
}

/// The units that are wanted, in the order in which they are shown.
pub(super) fn units(which: Units, wanted: &Wanted) -> Result<Vec<Unit>, Failure> {
    let mut command = format!("\nExecStart={} -c {}", program(&wanted.program)?, word(&wanted.config));
    if let Some(ca_file) = &wanted.ca_file {
        let _ = write!(command, " --ca-file {}", word(ca_file));
    }
    command.push(' ');
    let user = format!("\nUser={}\n", wanted.user);
    // In this order: what is put in is not looked at again.
    let fitted = |text: &str| text.replacen(USER, &user, 1).replacen(COMMAND, &command, 1);
    let mut units = Vec::new();
    if which != Units::Timer {
        units.push(Unit { name: "acecast.service", text: fitted(RUN), is_enabled: true });
    }
    if which != Units::Run {
        units.push(Unit { name: "acecast-start.service", text: fitted(START), is_enabled: false });
        units.push(Unit { name: "acecast-start.timer", text: TIMER.to_owned(), is_enabled: true });
    }
    Ok(units)
}

/// The program's path as the first word of a command, where systemd replaces no variables.
fn program(path: &Path) -> Result<String, Failure> {
    let is_refused = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\') || byte.is_ascii_control();
    if path.as_os_str().as_bytes().iter().any(is_refused) {
        let error = anyhow::Error::msg(format!("systemd cannot run {}", path.display()))
            .context("a quote, a backslash or a control character is in this program's path");
        return Err(Failure::failed(error).hint("install it elsewhere"));
    }
    Ok(quoted(path, "$"))
}

/// A path as another word of a command.
fn word(path: &Path) -> String {
    quoted(path, "$$")
}

/// A path as systemd reads it: quoted where it has to be, without specifiers, and on one line.
fn quoted(path: &Path, dollar: &str) -> String {
    let bytes = path.as_os_str().as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+,:@".contains(byte);
    if bytes.iter().all(is_plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => text.extend(['\\', c]),
                '%' => text.push_str("%%"),
                '$' => text.push_str(dollar),
                // What controls a terminal, or makes a line read differently from what it holds.
                c if matches!(escape(c.encode_utf8(&mut [0; 4])), Cow::Owned(_)) => {
                    push_bytes(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                c => text.push(c),
            }
        }
        // systemd leaves out a line that is not UTF-8.
        push_bytes(&mut text, chunk.invalid());
    }
    text + "\""
}

fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(text, "\\x{byte:02x}");
    }
}

#[cfg(test)]
mod tests;
