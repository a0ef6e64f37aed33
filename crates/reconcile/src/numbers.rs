//! Numbers that cannot hold a wrong value: TCP ports and process ids.

use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// A TCP port, 1 to 65535. A node's port is its identity on a host.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

/// The number or text is no TCP port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPort;

impl Port {
    /// The port as a number.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

impl TryFrom<u64> for Port {
    type Error = NotAPort;

    fn try_from(number: u64) -> Result<Self, NotAPort> {
        u16::try_from(number).ok().and_then(NonZeroU16::new).map(Port).ok_or(NotAPort)
    }
}

impl FromStr for Port {
    type Err = NotAPort;

    /// Decimal digits only: no sign, no white space.
    fn from_str(text: &str) -> Result<Self, NotAPort> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAPort);
        }
        text.parse::<u64>().map_err(|_| NotAPort).and_then(Port::try_from)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for NotAPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a port from 1 to 65535")
    }
}

impl std::error::Error for NotAPort {}

/// A process id that may be looked up or signalled: 2 or more. 0 means "my process group" and 1 is init, so
/// neither can be a node, and both are dangerous to signal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pid(i32);

/// The number or text is no process id that a node can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAPid;

impl Pid {
    /// The pid as the kernel's calls take it.
    pub fn as_raw(self) -> i32 {
        self.0
    }
}

impl TryFrom<i64> for Pid {
    type Error = NotAPid;

    fn try_from(number: i64) -> Result<Self, NotAPid> {
        i32::try_from(number).ok().filter(|n| *n > 1).map(Pid).ok_or(NotAPid)
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for NotAPid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a process id of 2 or more")
    }
}

impl std::error::Error for NotAPid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_end_at_both_ends() {
        assert_eq!(Port::try_from(0), Err(NotAPort));
        assert_eq!(Port::try_from(65_536), Err(NotAPort));
        assert_eq!("65535".parse::<Port>().map(Port::get), Ok(65_535));
        for text in ["", "+80", " 80", "8e1", "0", "99999999999999999999"] {
            assert_eq!(text.parse::<Port>(), Err(NotAPort), "{text:?}");
        }
    }

    #[test]
    fn pids_that_mean_something_else_to_kill_are_rejected() {
        for number in [-2, -1, 0, 1, 1 << 40] {
            assert_eq!(Pid::try_from(number), Err(NotAPid), "{number}");
        }
        assert_eq!(Pid::try_from(2).map(Pid::as_raw), Ok(2));
    }
}
