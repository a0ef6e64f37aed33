//! Looks through `/proc` for node commands, and joins wrapper and engine to nodes.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use acecast_config::AppConfig;
use acecast_reconcile::{Pid, Processes};

use crate::command::{NodeCommand, Part, normal};
use crate::process::{Proc, Stat};
use crate::realm::{Belongs, Realm};

/// A process whose command line is a node's, whosever it is.
///
/// Its `/proc` folder is not held open: a thousand nodes with their wrappers are two thousand processes, and a process
/// may have 1,024 descriptors by default.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// Its identity and parent.
    pub(crate) stat: Stat,
    /// What it was asked to do.
    pub(crate) command: NodeCommand,
    /// Whose it is.
    pub(crate) belongs: Belongs,
}

impl Candidate {
    /// The process, opened again; `None` if it has ended.
    pub(crate) fn process(&self) -> Option<Proc> {
        Proc::open_exactly(self.stat.id)
    }
}

/// A node of this realm: its processes, with the candidates that they are.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    /// The processes by number.
    pub(crate) processes: Processes,
    /// The engine, else the wrapper.
    pub(crate) main: &'a Candidate,
    /// The wrapper, if there is one.
    pub(crate) wrapper: Option<&'a Candidate>,
}

/// The configured engine paths as they may stand in a command line: as configured, and with links resolved.
pub(crate) fn engine_paths(app: &AppConfig) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in app.engine_path.values() {
        paths.push(normal(path));
        paths.extend(fs::canonicalize(path));
    }
    paths.sort();
    paths.dedup();
    paths
}

/// All node commands on this host that this user can see.
pub(crate) fn candidates(engines: &[PathBuf], realm: Option<&Realm>) -> io::Result<Vec<Candidate>> {
    let look = |process: io::Result<Proc>| candidate(&process?, engines, realm);
    Proc::all()?.filter_map(|process| look(process).transpose()).collect()
}

/// The process, if its command line is a node's.
pub(crate) fn candidate(
    process: &Proc,
    engines: &[PathBuf],
    realm: Option<&Realm>,
) -> io::Result<Option<Candidate>> {
    let argv = process.argv()?;
    // A cheap look first: hardly any process of a host goes on from here.
    if !argv.iter().any(|arg| arg == "--stream-source-node" || arg == "--stream-support-node") {
        return Ok(None);
    }
    let Some(stat) = process.try_stat()? else { return Ok(None) };
    let Some(command) = NodeCommand::parse(&stat.comm, &argv, engines) else { return Ok(None) };
    let belongs = realm.map_or(Belongs::Elsewhere, |realm| realm.belongs(process, &command.pid_dir));
    Ok(Some(Candidate { stat, command, belongs }))
}

/// The nodes among candidates that all belong to one realm.
///
/// A wrapper and its engine are one node if the wrapper is the engine's parent and both show the same port. A child
/// of the same kind as its parent is a fork that has not become what it is to be, and counts as its parent.
pub(crate) fn pair<'a>(candidates: &[&'a Candidate]) -> Vec<Found<'a>> {
    let by_pid: HashMap<Pid, &Candidate> = candidates.iter().map(|c| (c.stat.id.pid, *c)).collect();
    let parent = |child: &Candidate| {
        let parent = by_pid.get(&child.stat.parent?)?;
        (parent.command.port == child.command.port).then_some(*parent)
    };
    let is_engine = |c: &Candidate| c.command.part == Part::Engine;
    let mut nodes = Vec::new();
    let mut with_engine: Vec<Pid> = Vec::new();
    for &engine in candidates.iter().filter(|c| is_engine(c)) {
        let wrapper = match parent(engine) {
            Some(parent) if is_engine(parent) => continue,
            other => other,
        };
        with_engine.extend(wrapper.map(|w| w.stat.id.pid));
        let processes = Processes::Engine { engine: engine.stat.id, wrapper: wrapper.map(|w| w.stat.id) };
        nodes.push(Found { processes, main: engine, wrapper });
    }
    for &wrapper in candidates.iter().filter(|c| !is_engine(c)) {
        if parent(wrapper).is_none() && !with_engine.contains(&wrapper.stat.id.pid) {
            nodes.push(Found {
                processes: Processes::WrapperOnly(wrapper.stat.id),
                main: wrapper,
                wrapper: Some(wrapper),
            });
        }
    }
    nodes
}
