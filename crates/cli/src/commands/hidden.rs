//! Where other processes are hidden from acecast, nodes may be missed, and would be started a second time.

use acecast_engine::observe::{Hidden, none_hidden};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Who only looks is told that not all may be seen.
pub(super) fn warn(context: &Context) {
    if let Err(hidden) = none_hidden() {
        context.out.warning(&may_be_missing(hidden));
    }
}

/// What is said where nodes may be hidden.
pub(super) fn may_be_missing(hidden: Hidden) -> String {
    let advice = if hidden == Hidden::OtherUsers { ": run as root" } else { "" };
    format!("{hidden}, so nodes may be missing here{advice}")
}

/// Nothing may be signalled or started where nodes may be hidden.
pub(super) fn refuse() -> Result<(), Failure> {
    let Err(hidden) = none_hidden() else { return Ok(()) };
    let (code, so, hint) = match hidden {
        Hidden::OtherUsers => (
            "processes_hidden",
            "so nodes could be missed",
            "run as root, or mount /proc so that this user sees all processes (hidepid=0, or its gid= group)",
        ),
        _ => (
            "proc_foreign",
            "so its numbers mean other processes here",
            "mount this namespace's own /proc, as `unshare --mount-proc` does",
        ),
    };
    let error = anyhow::anyhow!("{hidden}, {so}; nothing was changed");
    Err(Failure::new(Exit::Problem, code, error).hint(hint))
}
