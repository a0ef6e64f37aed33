//! What this machine lets a test do.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A user without rights, and one that nobody else is: limits of processes are counted by user.
pub(crate) const NOBODY: u32 = 65_534;
pub(crate) const LONER: u32 = 54_321;

/// Says that a test, or a part of it, could not be done here. The test runner captures what is printed by the usual
/// means and shows it for failed tests only, so this goes to stderr by itself: nothing passes in silence.
pub(crate) fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
}

/// The program runs here and succeeds with these arguments.
fn works(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// `unshare` with these options; nothing, and a word about it, if this machine does not allow them.
pub(crate) fn unshare(test: &str, options: &[&str]) -> Option<Command> {
    if !works("unshare", &[options, &["true"]].concat()) {
        skipped(test, &format!("`unshare {}` is not possible here", options.join(" ")));
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(options);
    Some(command)
}

/// `setpriv` or `prlimit` with these options, likewise.
pub(crate) fn tool(test: &str, program: &str, options: &[&str]) -> Option<Command> {
    if !works(program, &[options, &["true"]].concat()) {
        skipped(test, &format!("`{program} {}` is not possible here", options.join(" ")));
        return None;
    }
    let mut command = Command::new(program);
    command.args(options);
    Some(command)
}

/// This process may become this user, who may run acecast and reach what is in `folder`.
pub(crate) fn can_be(test: &str, user: u32, folder: &Path) -> bool {
    let script = "\"$0\" --version && \"$1\" --version && cd \"$2\"";
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .arg(env!("CARGO_BIN_EXE_acecast"))
        .arg(env!("CARGO_BIN_EXE_acecast-sandbox"));
    command.arg(folder).uid(user).gid(user).current_dir("/");
    let can = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    // Only root may give files away, too.
    if rustix::process::geteuid().is_root() && can.is_ok_and(|status| status.success()) {
        return true;
    }
    skipped(test, &format!("this user cannot run the built programs as user {user}"));
    false
}
