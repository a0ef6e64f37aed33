//! Finds out what runs, in one realm, at one moment.
//!
//! Three views are joined: node commands in `/proc`, the specs in their environments, and pid files. A pid file alone
//! proves nothing, so it only ever adds to a process that is proven, or says that something is stale or unknown.
//! Nothing here decides anything: the planner does, from the snapshot alone.

mod identify;
mod infohashes;
mod leftovers;
mod ports;
mod snapshot;
mod users;
mod wanted;
#[cfg(test)]
mod world;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use acecast_config::{AppConfig, Config};
use acecast_reconcile::{Listening, Observed, ObservedNode, Pid, Port, Processes, Unknown, UnknownReason};
use thiserror::Error;

use crate::answer::Answer;
use crate::files::shown;
use crate::health::health;
use crate::hidden::others_are_hidden;
use crate::listeners::LazyListeners;
use crate::metadata::KeyLooks;
use crate::pid_file;
use crate::process::{Proc, age};
use crate::realm::{Belongs, Realm};
use crate::scan::{self, Candidate, Found};
use crate::status::{AskNode, Silence};
use crate::sweep::{AT_ONCE, side_by_side};

pub use crate::hidden::{Hidden, none_hidden};
pub use crate::pid_file::{PidFile, Says};
pub use ports::Trace;
pub use snapshot::{NodeFacts, Snapshot};
pub use users::StreamUser;

/// What is needed to look at a realm.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Observer<'a> {
    /// Where things are, and which engines there are.
    pub app: &'a AppConfig,
    /// Asks nodes for their status.
    pub client: &'a dyn AskNode,
    /// How many nodes are asked at the same time, at most; each takes one descriptor.
    pub at_once: NonZeroUsize,
    /// What key files held before, for those who look again and again: only what has changed is read anew.
    pub keys: Option<&'a KeyLooks>,
}

/// Why nothing could be observed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ObserveError {
    /// The pid dir is there but cannot be read.
    #[error("cannot read the pid dir {}", shown(.path))]
    PidDir {
        /// The pid dir.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// `/proc` cannot be read, or not whole: a node that is missed would be started a second time.
    #[error("cannot read /proc")]
    Proc(#[source] io::Error),
    /// The table of listening sockets cannot be read: a port that is taken would be taken for free.
    #[error("cannot read the table of listening sockets")]
    Listeners(#[source] io::Error),
}

impl<'a> Observer<'a> {
    /// Looks at the realm of this app config, and asks up to 64 nodes at the same time.
    pub fn new(app: &'a AppConfig, client: &'a dyn AskNode) -> Self {
        Observer { app, client, at_once: AT_ONCE, keys: None }
    }
}

impl Observer<'_> {
    /// Looks at the realm. With `wanted`, also at what a start of these nodes would meet: ports, keys, other realms.
    ///
    /// # Errors
    ///
    /// If something cannot be looked at without which a node could be missed or a port be taken for free. A node that
    /// does not answer is no error, nor is a pid dir that does not exist: nothing can run in that.
    pub fn observe(&self, wanted: Option<&Config>) -> Result<Snapshot, ObserveError> {
        let pid_dir = &self.app.dirs.pid;
        let unreadable = |source| ObserveError::PidDir { path: pid_dir.clone(), source };
        let realm = Realm::open(pid_dir).map_err(unreadable)?;
        // Files first, processes second: a node that ends in between is seen as gone, not as a stale file's victim.
        let files = realm.as_ref().map_or(Ok(BTreeMap::new()), |realm| pid_file::read_all(realm.path()));
        let files = files.map_err(unreadable)?;
        let engines = scan::engine_paths(self.app);
        let candidates = scan::candidates(&engines, realm.as_ref()).map_err(ObserveError::Proc)?;
        let here: Vec<&Candidate> = candidates.iter().filter(|c| c.belongs == Belongs::Here).collect();
        let found = scan::pair(&here);
        let mut unknown: BTreeMap<Port, Unknown> =
            candidates.iter().filter_map(unprovable).map(|unknown| (unknown.port, unknown)).collect();

        let mut looks = LazyListeners::default();
        let (nodes, facts) = self.look_at(&found, &files, realm.as_ref(), &mut looks);
        let ports: HashMap<Pid, Port> =
            nodes.iter().flat_map(|node| node.processes.ids().map(|id| (id.pid, node.port))).collect();
        let taken_ports: Vec<Port> = nodes.iter().map(|node| node.port).collect();
        let mut stale = Vec::new();
        for (port, files) in files.iter().filter(|(port, _)| !taken_ports.contains(port)) {
            let wanted = wanted.is_some_and(|config| wanted::wants(config, *port));
            let view = leftovers::View { engines: &engines, realm: realm.as_ref(), ports: &ports, wanted };
            for file in files {
                match leftovers::judge(&view, *port, file, &mut looks) {
                    leftovers::Verdict::Stale => stale.push((*port, file.clone())),
                    leftovers::Verdict::Unknown { pid, reason } => {
                        let found = unknown.entry(*port);
                        found.or_insert_with(|| with_pid(pid, Unknown::new(*port, reason)));
                    }
                    leftovers::Verdict::Nothing => {}
                }
            }
        }
        stale.retain(|(port, _)| !unknown.contains_key(port));
        let mut observed = Observed::default();
        observed.nodes = nodes;
        observed.unknown = unknown.into_values().collect();
        if let Some(config) = wanted {
            wanted::look_for(config, &candidates, &mut looks, self.keys, &mut observed);
        }
        looks.complete().map_err(ObserveError::Listeners)?;
        Ok(Snapshot { observed, stale, facts, others_hidden: others_are_hidden() })
    }

    /// Asks all nodes, side by side, and puts together what is known of each.
    fn look_at(
        &self,
        found: &[Found<'_>],
        files: &BTreeMap<Port, Vec<PidFile>>,
        realm: Option<&Realm>,
        looks: &mut LazyListeners,
    ) -> (Vec<ObservedNode>, BTreeMap<Processes, NodeFacts>) {
        let shown: Vec<identify::Identified> =
            found.iter().map(|node| identify::identify(node, self.app, realm)).collect();
        let asked: Vec<(&Found<'_>, &identify::Identified)> = found.iter().zip(&shown).collect();
        let answers = side_by_side(&asked, self.at_once, |(node, identified)| match node.processes {
            Processes::Engine { .. } => Some(self.client.ask(node.main.command.port, identified.token())),
            Processes::WrapperOnly(_) => None,
        });
        let mut nodes = Vec::with_capacity(found.len());
        let mut facts = BTreeMap::new();
        for ((node, identified), answer) in found.iter().zip(shown).zip(answers) {
            let port = node.main.command.port;
            let (listening, answer) = prove(node, answer, looks);
            let life = age(node.processes.main());
            let its_pids: Vec<Pid> = node.processes.ids().map(|id| id.pid).collect();
            let names_it = |file: &PidFile| matches!(file.says, Says::Pid(pid) if its_pids.contains(&pid));
            let health = health(identified.identity.role(), answer.as_ref(), life);
            let mut seen = ObservedNode::new(port, node.processes, identified.identity);
            seen.url = identified.url;
            seen.secrets = identified.secrets;
            seen.listening = listening;
            seen.in_pid_file = files.get(&port).into_iter().flatten().any(names_it);
            seen.health = health;
            nodes.push(seen);
            let (rss_bytes, cpu) = (node.main.stat.rss_bytes, node.main.stat.cpu);
            facts.insert(
                node.processes,
                NodeFacts { answer: answer.and_then(Result::ok), age: life, rss_bytes, cpu },
            );
        }
        (nodes, facts)
    }
}

/// A process that looks like a node of this pid dir, but cannot be proven to be one of this realm.
fn unprovable(candidate: &Candidate) -> Option<Unknown> {
    let pid = candidate.stat.id.pid;
    let reason = match candidate.belongs {
        Belongs::Here | Belongs::Elsewhere => return None,
        Belongs::Hidden => UnknownReason::Hidden,
        Belongs::SharesDirectory => {
            UnknownReason::Contradiction(format!("pid {pid} shares the pid dir from another pid namespace"))
        }
    };
    Some(with_pid(Some(pid), Unknown::new(candidate.command.port, reason)))
}

fn with_pid(pid: Option<Pid>, mut unknown: Unknown) -> Unknown {
    unknown.pid = pid;
    unknown
}

/// Where the node listens, and whether the answer is its own.
///
/// The answer's pid is proof. Engine 3.0.5.1 does not tell its pid, and a node without an answer may listen elsewhere:
/// then its sockets tell.
fn prove(
    node: &Found<'_>,
    answer: Option<Result<Answer, Silence>>,
    looks: &mut LazyListeners,
) -> (Listening, Option<Result<Answer, Silence>>) {
    let port = node.main.command.port;
    let says = match &answer {
        None => return (Listening::Nowhere, None),
        Some(Ok(answer)) => answer.pid(),
        Some(Err(_)) => None,
    };
    if says == Some(i64::from(node.processes.pid().as_raw())) {
        return (Listening::OnPort, answer);
    }
    let listeners = looks.get();
    let process = node.main.process();
    let uid = process.as_ref().and_then(Proc::uid);
    let listening = match process.as_ref().and_then(Proc::sockets) {
        Some(sockets) if listeners.owned(port, &sockets) => Listening::OnPort,
        Some(sockets) => listeners.above(port, &sockets).map_or(Listening::Nowhere, Listening::Elsewhere),
        // Another user's process: its user is all that can be known of its sockets.
        None if listeners.on(port).iter().any(|s| Some(s.uid) == uid) => Listening::OnPort,
        None => Listening::Nowhere,
    };
    match answer {
        Some(Ok(_)) if says.is_some() || listening != Listening::OnPort => {
            let listening = if listening == Listening::OnPort { Listening::Nowhere } else { listening };
            (listening, Some(Err(Silence::Stranger(says))))
        }
        other => (listening, other),
    }
}
