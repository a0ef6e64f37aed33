//! What a pid file means on whose port no node was found.

use std::collections::HashMap;
use std::path::PathBuf;

use acecast_reconcile::{Pid, Port, UnknownReason};

use crate::chain::chain;
use crate::listeners::LazyListeners;
use crate::pid_file::{PidFile, Says};
use crate::pidfd::{Opened, PidFd};
use crate::process::Proc;
use crate::realm::{Belongs, Realm};
use crate::scan;

/// What is known besides the file.
pub(super) struct View<'a> {
    pub(super) engines: &'a [PathBuf],
    pub(super) realm: Option<&'a Realm>,
    /// The ports of the nodes that were found, by all their pids.
    pub(super) ports: &'a HashMap<Pid, Port>,
    /// The config wants a node on this port, so whoever listens there is named in any case.
    pub(super) wanted: bool,
}

pub(super) enum Verdict {
    /// Nobody's: it goes at the end of the next apply.
    Stale,
    /// Nothing can be proven.
    Unknown { pid: Option<Pid>, reason: UnknownReason },
    /// The port's listener is what counts, and it is looked at elsewhere.
    Nothing,
}

pub(super) fn judge(view: &View<'_>, port: Port, file: &PidFile, looks: &mut LazyListeners) -> Verdict {
    let unknown = |pid, reason| Verdict::Unknown { pid, reason };
    let pid = match &file.says {
        Says::Pid(pid) => *pid,
        Says::Garbage => return unknown(None, UnknownReason::PidFileGarbage),
        Says::Unreadable(why) => return unknown(None, UnknownReason::PidFileUnreadable(why.clone())),
        Says::Gone => return Verdict::Nothing,
    };
    if let Some(other) = view.ports.get(&pid) {
        let text = format!("its pid file names the node of port {other}");
        return unknown(Some(pid), UnknownReason::Contradiction(text));
    }
    match PidFd::open(pid) {
        Err(error) => return unlooked(pid, &error),
        Ok(Opened::Process(process)) if process.is_alive() => match Proc::try_open(pid) {
            // Still alive after /proc did not show it: then /proc hides it.
            Ok(None) if process.is_alive() => return unknown(Some(pid), UnknownReason::Hidden),
            Ok(None) => {}
            Ok(Some(proc)) if proc.is_shut() && process.is_alive() => {
                return unknown(Some(pid), UnknownReason::Hidden);
            }
            Ok(Some(proc)) => match scan::candidate(&proc, view.engines, view.realm) {
                Ok(Some(candidate)) if candidate.belongs != Belongs::Elsewhere => {
                    let text = "its node appeared just now; look again".to_owned();
                    return unknown(Some(pid), UnknownReason::Contradiction(text));
                }
                Ok(_) => {}
                Err(error) => return unlooked(pid, &error),
            },
            Err(error) => return unlooked(pid, &error),
        },
        Ok(_) => {}
    }
    match looks.get().on(port) {
        [] => Verdict::Stale,
        _ if view.wanted => Verdict::Nothing,
        _ => {
            let text = "its pid file names no node, but something listens on its port".to_owned();
            unknown(Some(pid), UnknownReason::Contradiction(text))
        }
    }
}

/// Nothing may be concluded about a process that could not be looked at.
fn unlooked(pid: Pid, why: &(dyn std::error::Error + 'static)) -> Verdict {
    let text = format!("its process cannot be looked at: {}", chain(why));
    Verdict::Unknown { pid: Some(pid), reason: UnknownReason::Contradiction(text) }
}
