//! What standard output is connected to.

use std::io::{self, IsTerminal as _};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How many columns the terminal has that stdout is, if it is one. One that does not tell may be a serial line, whose
/// user sets `COLUMNS`.
pub(crate) fn stdout_width() -> Option<u16> {
    let stdout = io::stdout();
    let set = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
    let size = terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0);
    stdout.is_terminal().then(|| size.or_else(set)).flatten()
}

/// It is a pipe whose reader has gone away.
pub(super) fn has_hung_up() -> bool {
    let stdout = io::stdout();
    // Errors are told without being asked for.
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    poll(&mut fds, Some(&Timespec::default()))
        .is_ok_and(|n| n > 0 && fds[0].revents().contains(PollFlags::ERR))
}
