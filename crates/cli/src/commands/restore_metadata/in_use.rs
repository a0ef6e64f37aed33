//! A stream whose node runs, beside its backup.
//!
//! One idea: nobody stops a live broadcast for nothing. Where all is as in the backup, that is all there is to say; where
//! something differs, it is said what, and what a stop costs the viewers, before it is said how.

use std::path::Path;

use acecast_config::{AppConfig, Metadata};
use acecast_engine::metadata::{Beside, beside};
use acecast_engine::observe::StreamUser;
use acecast_reconcile::SourceKind;

use super::shown::{Outcome, StreamResult};
use crate::output::{chained, shown};

/// A stream in the hands of a node, and where its backup comes from.
pub(super) struct InUse<'a> {
    pub(super) user: &'a StreamUser,
    pub(super) metadata: &'a Metadata,
    /// The folder; without one, the controller.
    pub(super) from: Option<&'a Path>,
    /// An `acecast run` keeps the nodes of this pid dir running.
    pub(super) run_at_work: bool,
}

impl InUse<'_> {
    /// What there is to say of it. Nothing is written.
    pub(super) fn compare(&self, app: &AppConfig) -> StreamResult {
        let StreamUser { uid, port, pid, .. } = self.user;
        let result = |outcome| StreamResult::of(uid, self.metadata.kind(), outcome);
        let differs = match beside(app, uid, self.metadata) {
            Ok(Beside::Same) => return result(Outcome::Unchanged),
            Ok(beside) => self.differs(&beside),
            Err(error) => chained(&error),
        };
        let error = format!("its node runs on port {port} (pid {pid}), so nothing was touched: {differs}");
        StreamResult { error: Some(error), ..result(Outcome::Refused) }
    }

    /// What differs, what the node uses, and what can be done about it.
    fn differs(&self, beside: &Beside) -> String {
        const IN_MEMORY: &str = "the node goes on with the key that it has in memory. Nothing proves that the backup's \
                                 is the same, so it is not written beside the node: keep that running, and put the key's \
                                 file back by hand if you know that it is the one in use. A node that has ended is not \
                                 started before a key is restored";
        match beside {
            Beside::OtherKey { path, local, backup } => format!(
                "{} is another key (SHA-256 {local}) than the backup's (SHA-256 {backup}), and the running node uses \
                 the one that is here: viewers know the stream by it, and with another key they lose it. Only if the \
                 backup's is the right one: {}",
                shown(path),
                self.steps(true)
            ),
            Beside::KeyDamaged { path, damage } => {
                format!("{} is damaged ({damage}), and {IN_MEMORY}. {}", shown(path), self.interruption())
            }
            Beside::KeyMissing { path } => {
                format!("{} is missing, and {IN_MEMORY}. {}", shown(path), self.interruption())
            }
            Beside::Behind { path, here, backup } => {
                let key = if self.metadata.kind() == SourceKind::Ts {
                    "its key is as in the backup, but "
                } else {
                    ""
                };
                format!(
                    "{key}the backup's piece number is {backup}, and {} {here}. As long as the node runs, it writes \
                     its own. {}",
                    shown(path),
                    self.interruption()
                )
            }
            _ => "it differs from the backup".to_owned(),
        }
    }

    fn interruption(&self) -> String {
        format!("When an interruption suits the viewers: {}", self.steps(false))
    }

    /// A stop, the restore and a start.
    fn steps(&self, replace_key: bool) -> String {
        let StreamUser { uid, port, here, .. } = self.user;
        let from = self.from.map(|dir| format!(" --from {}", shown(dir))).unwrap_or_default();
        let replace = if replace_key { format!(" --replace-key {uid}") } else { String::new() };
        let restore = format!("`acecast restore-metadata {uid}{from}{replace}`");
        match (*here, self.run_at_work) {
            (true, false) => format!("`acecast stop {port}`, {restore}, `acecast start --port {port}`"),
            (true, true) => format!(
                "end the `acecast run` that is at work here, which would start the node again in between (as a service: \
                 `systemctl stop acecast`; the nodes stay), `acecast stop {port}`, {restore}, and begin that run again"
            ),
            (false, _) => {
                format!("stop it where it belongs, to another pid dir; {restore}; and start it there again")
            }
        }
    }
}
