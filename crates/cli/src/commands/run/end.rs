//! The end of a run that takes its nodes with it.

use std::time::Duration;

use acecast_config::Config;
use acecast_engine::events::By;
use acecast_engine::lock::ApplyLock;
use acecast_engine::realm::Realm;
use acecast_reconcile::{Role, StopScope, plan_stop};
use anyhow::Context as _;

use super::{Runner, journal};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Another command that is at work has so long to end.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

impl Runner<'_> {
    /// Ends the nodes in scope, for a container that ends with them. The signal that asked for the end does not keep it
    /// from doing so; a second one does.
    pub(super) fn stop_nodes(&self) -> Result<Exit, Failure> {
        let context: &Context = &self.context;
        context.out.note("stopping the nodes, too");
        let pid_dir = &context.app.dirs.pid;
        let lock =
            ApplyLock::acquire(pid_dir, LOCK_TIMEOUT, &|| false, &mut |_| {}).map_err(Failure::pid_dir)?;
        let snapshot = context.observe(None)?;
        let mut made = plan_stop(&snapshot.observed, &StopScope::All);
        let in_scope = |role: Option<Role>| self.args.role.is_none() || role == self.args.role;
        made.decisions.retain(|decision| in_scope(decision.role));
        let realm =
            Realm::open(pid_dir).with_context(|| format!("cannot open the pid dir {}", pid_dir.display()));
        let realm = realm.map_err(Failure::pid_dir)?;
        let Some(realm) = realm else { return Ok(Exit::Done) };
        let config = Config::new(context.app.clone());
        let report = self.apply(&config, &realm, &made, &snapshot, &|| false);
        drop(lock);
        self.tell(&journal::of_apply(&context.out, &made, &report, By::Run));
        Ok(Exit::problem_if(!report.is_good()))
    }
}
