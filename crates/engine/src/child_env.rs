//! What an engine inherits of acecast's environment.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;

use crate::spec_text::VARIABLE;

/// An environment for engines: that of acecast, less what is meant for acecast alone. A node that inherited the
/// variables of a service manager would be taken for the service, or for a holder of its sockets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChildEnv(Vec<(OsString, OsString)>);

impl ChildEnv {
    /// Takes the variables over, without `NOTIFY_SOCKET`, `WATCHDOG_*`, `LISTEN_*` and `ACECAST_SPEC`. Secrets of the
    /// program's own are left out by whoever has them there.
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        ChildEnv(vars.into_iter().filter(|(name, _)| is_inherited(name)).collect())
    }

    /// The variables, in the order in which they came.
    pub fn vars(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl fmt::Debug for ChildEnv {
    /// Names only: a value may be a password, as in a proxy's URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn is_inherited(name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    let own = name == "NOTIFY_SOCKET" || name == VARIABLE;
    !(own || bytes.starts_with(b"WATCHDOG_") || bytes.starts_with(b"LISTEN_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_acecast_alone_stays_with_it() {
        let names = [
            "PATH",
            "NOTIFY_SOCKET",
            "NOTIFY_SOCKETS",
            "WATCHDOG_USEC",
            "WATCHDOG_PID",
            "LISTEN_FDS",
            "LISTEN_PID",
            "LISTENER",
            "ACECAST_SPEC",
            "ACECAST_CONFIG",
            "LD_LIBRARY_PATH",
        ];
        let env = ChildEnv::from_vars(names.map(|name| (name.into(), "x".into())));
        let left: Vec<_> = env.vars().map(|(name, _)| name.to_str().unwrap()).collect();
        assert_eq!(left, ["PATH", "NOTIFY_SOCKETS", "LISTENER", "ACECAST_CONFIG", "LD_LIBRARY_PATH"]);
    }
}
