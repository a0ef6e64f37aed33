//! Carrying a plan out on this host, for every command that does: what the engine may use here is said in one place.

use std::collections::BTreeSet;

use acecast_config::Config;
use acecast_engine::apply::{ChildEnv, Host, Options, Progress, Report, apply};
use acecast_engine::observe::Snapshot;
use acecast_engine::realm::Realm;
use acecast_reconcile::{Channel, Plan};

use crate::args::LISTEN_TOKEN;
use crate::context::Context;

/// Where a plan is carried out, and how.
pub(crate) struct OnHost<'a> {
    pub(crate) context: &'a Context,
    pub(crate) config: &'a Config,
    pub(crate) realm: &'a Realm,
    /// Of what is started side by side, no more is than there are descriptors for.
    pub(crate) options: Options,
    /// Engine versions that have lately failed to start a node.
    pub(crate) doubted: &'a BTreeSet<Channel>,
}

impl OnHost<'_> {
    /// Carries the plan out.
    pub(crate) fn apply(
        &self,
        plan: &Plan,
        snapshot: &Snapshot,
        progress: &dyn Progress,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Report {
        let OnHost { context, config, realm, mut options, doubted } = *self;
        // What a viewer of the page must know is no node's affair.
        let env = ChildEnv::from_vars(std::env::vars_os().filter(|(name, _)| name != LISTEN_TOKEN));
        let mut host = Host::new(config, realm, &context.client, &env);
        host.nofile = context.open_files.before;
        host.at_once = context.open_files.stops;
        host.doubted = doubted;
        options.parallel = options.parallel.min(context.open_files.starts);
        apply(&host, plan, snapshot, &options, progress, cancelled)
    }
}
