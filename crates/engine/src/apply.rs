//! Carries a plan out. Dull on purpose: what to do, and what waits for what, is in the plan.
//!
//! 1. Stops, side by side. A failed stop cancels only what waits for it.
//! 2. Starts, moves to another port, and restarts, of source nodes before those of the support nodes that take their
//!    streams. What has to be stopped first is prepared first, and the first one goes alone: an engine that does not
//!    work must not take all broadcasts down. An engine that cannot start what is missing touches nothing that runs.
//! 3. What belongs to the host as a whole: the port map, and stale pid files last.
//!
//! The caller holds the [`crate::lock::ApplyLock`] from before the observation until this is done, and sees
//! [`UnfinishedStops`] through under it before it observes.

mod doubts;
mod finish;
mod groups;
mod jobs;
mod moves;
mod node;
mod prepare;
mod ready;
mod report;
mod restarts;
mod starts;
mod stops;
mod unfinished;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use acecast_config::Config;
use acecast_reconcile::{Channel, Decision, Plan, Role};

use crate::failpoint::pass;
use crate::files;
use crate::observe::Snapshot;
use crate::realm::Realm;
use crate::status::AskNode;
use crate::sweep::AT_ONCE;

pub use crate::child_env::ChildEnv;
pub use crate::stop::told_to_end;
pub use report::{NodeResult, Outcome, Report};
pub use unfinished::UnfinishedStops;

/// The host as an apply needs it: see [`Host::new`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Host<'a> {
    /// The wanted nodes, and where things are.
    pub config: &'a Config,
    /// Whose nodes. Its pid dir exists by now: the lock is in it.
    pub realm: &'a Realm,
    /// Asks nodes for their status.
    pub client: &'a dyn AskNode,
    /// The environment that nodes inherit.
    pub env: &'a ChildEnv,
    /// The soft and the hard limit of open files that nodes get; `None` leaves them the caller's own.
    pub nofile: Option<(u64, u64)>,
    /// How many nodes are stopped at the same time, at most; each takes up to three descriptors.
    pub at_once: NonZeroUsize,
    /// Engine versions that lately failed to start a node: what runs is not restarted or moved to run on them.
    pub doubted: &'a BTreeSet<Channel>,
}

impl<'a> Host<'a> {
    /// With the caller's own limit of open files for nodes, up to 64 stops at the same time, and no engine version that
    /// is doubted.
    pub fn new(config: &'a Config, realm: &'a Realm, client: &'a dyn AskNode, env: &'a ChildEnv) -> Self {
        static NONE: BTreeSet<Channel> = BTreeSet::new();
        Host { config, realm, client, env, nofile: None, at_once: AT_ONCE, doubted: &NONE }
    }
}

/// How to go about it: see [`Options::new`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How many nodes are started or restarted at the same time, at most.
    pub parallel: NonZeroUsize,
    /// Restart one node after the other, and none after one that is not ready in time: also one that is still starting
    /// then gives no stream yet.
    pub one_by_one: bool,
    /// How long a node may take to be ready before it counts as starting.
    pub ready_timeout: Duration,
    /// How long a node may take to end before it is killed.
    pub stop_timeout: Duration,
    /// Make HLS transport files again even if nothing changed.
    pub force_transport_files: bool,
    /// Begin with empty logs.
    pub clear_logs: bool,
    /// Seconds since 1970, for the names of files that are set aside.
    pub unix_time: u64,
}

const PARALLEL: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not zero");

impl Options {
    /// As `acecast start` does it where nobody says more, at this time in seconds since 1970: 16 nodes at a time, 15 s
    /// to be ready, 30 s to end; transport files are made again only where what they are made from has changed, and
    /// logs are appended to.
    pub fn new(unix_time: u64) -> Self {
        Options {
            parallel: PARALLEL,
            one_by_one: false,
            ready_timeout: Duration::from_secs(15),
            stop_timeout: Duration::from_secs(30),
            force_transport_files: false,
            clear_logs: false,
            unix_time,
        }
    }
}

/// Hears what is being done, from several threads; `()` hears nothing.
pub trait Progress: Sync {
    /// A step of a node's decision begins.
    fn step(&self, decision: &Decision, step: Step);
    /// A node's decision has been carried out, or not.
    fn done(&self, decision: &Decision, result: &NodeResult);
}

impl Progress for () {
    fn step(&self, _decision: &Decision, _step: Step) {}
    fn done(&self, _decision: &Decision, _result: &NodeResult) {}
}

/// The steps of carrying out a decision, for people who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// It gets what it needs: folders, keys, transport files.
    Prepare,
    /// It was asked to end and is waited for.
    Stop,
    /// It did not end in time.
    Kill,
    /// Its process is started.
    Start,
    /// It is waited for until it answers.
    AwaitReady,
    /// Its source is waited for.
    AwaitSource,
}

impl Step {
    /// What is going on.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Prepare => "preparing",
            Step::Stop => "stopping",
            Step::Kill => "killing",
            Step::Start => "starting",
            Step::AwaitReady => "waiting until it answers",
            Step::AwaitSource => "waiting for its source",
        }
    }
}

/// Carries the plan out. `cancelled` says that the user wants an end: the steps in hand end, the others are skipped,
/// and nodes keep running.
///
/// # Panics
///
/// If the guard refused the plan: that is the caller's to look at.
pub fn apply(
    host: &Host<'_>,
    plan: &Plan,
    snapshot: &Snapshot,
    options: &Options,
    progress: &dyn Progress,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Report {
    assert!(plan.refused.is_none(), "a refused plan is not carried out");
    tidy(host.config);
    pass("before the stops");
    let run = jobs::Run::new(host, plan, snapshot, options, progress, cancelled);
    let moves = groups::of_moves(&run);
    stops::carry_out(&run, &moves);
    pass("after the stops");
    for role in Role::ALL {
        starts::carry_out(&run, role, &moves);
        pass("after the starts of a role");
        moves::carry_out(&run, role, &moves);
        pass("after the moves of a role");
        restarts::carry_out(&run, role);
        pass("after the restarts of a role");
    }
    run.keep_the_rest();
    let problems = finish::carry_out(&run);
    run.stopper.notes.clear([]);
    pass("after everything");
    run.into_report(problems)
}

/// Removes what killed runs left beside the files that they were writing.
fn tidy(config: &Config) {
    if config.sources.is_some() {
        let dirs = &config.app.dirs;
        for dir in [&dirs.metadata, &dirs.private, &dirs.public] {
            files::remove_leftovers(dir);
        }
    }
}
