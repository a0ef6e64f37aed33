//! Stops that a killed run left in the middle.

use std::io;
use std::time::Duration;

use acecast_config::AppConfig;
use acecast_reconcile::Port;

use super::NodeResult;
use super::stops::result;
use crate::observe::AT_ONCE;
use crate::realm::{Belongs, Realm};
use crate::scan;
use crate::stop::{Notes, Stopper, Target};

/// An engine whose source cannot be reached takes up to a minute to end (seen on 3.0.5.1). What lives for longer after
/// it was noted ignores what it was told, or was never told: that is no reason to end a broadcast now.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// Sees through what an apply was stopping when it was killed, and tells what became of each node. To be called under
/// the [`ApplyLock`](crate::lock::ApplyLock), before what runs is observed: an engine takes some seconds to end, in
/// which it looks like one to be kept.
///
/// Each may take `stop_timeout` from now on before it is killed. Nothing is read but a file that is missing, where no
/// run was killed.
///
/// # Errors
///
/// If `/proc` cannot be read: nothing was done then.
pub fn finish_stops(
    app: &AppConfig,
    realm: &Realm,
    stop_timeout: Duration,
) -> io::Result<Vec<(Port, NodeResult)>> {
    let notes = Notes::of(realm.path());
    let noted = notes.read(stop_timeout.max(ENDS_WITHIN));
    if noted.is_empty() {
        return Ok(Vec::new());
    }
    let engines = scan::engine_paths(app);
    let candidates = scan::candidates(&engines, Some(realm))?;
    let here: Vec<_> = candidates.iter().filter(|candidate| candidate.belongs == Belongs::Here).collect();
    let nodes = scan::pair(&here);
    let targets: Vec<Target> = nodes
        .iter()
        .map(|node| Target { port: node.main.command.port, processes: node.processes })
        .filter(|target| target.processes.ids().any(|id| noted.contains(&(target.port, id))))
        .collect();
    let observed = nodes.iter().flat_map(|node| node.processes.ids()).collect();
    let (realm, timeout) = (realm.clone(), stop_timeout);
    let stopper = Stopper { realm, engines, timeout, at_once: AT_ONCE, observed, notes };
    let ends = stopper.stop_all(&targets, &|_| ());
    stopper.notes.clear();
    Ok(targets.iter().zip(&ends).map(|(target, end)| (target.port, result(end))).collect())
}
