//! Which ports have nodes, at a glance.

use std::collections::BTreeMap;

use acecast_reconcile::{Port, Role};

use super::{ObserveError, Observer};
use crate::adopt::role;
use crate::pid_file;
use crate::realm::{Belongs, Realm};
use crate::scan;

/// What there is of a node on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trace {
    /// A process of this realm, which may still be starting; with its role, if its arguments show one.
    Process(Option<Role>),
    /// A pid file alone, which proves nothing.
    PidFile,
}

impl Observer<'_> {
    /// The ports of this realm's nodes, by their command lines and pid files. Nobody is asked and nothing is proven:
    /// for a person who is to choose a port, not for a plan.
    ///
    /// # Errors
    ///
    /// If the pid dir or `/proc` cannot be looked at.
    pub fn ports(&self) -> Result<BTreeMap<Port, Trace>, ObserveError> {
        let pid_dir = &self.app.dirs.pid;
        let unreadable = |source| ObserveError::PidDir { path: pid_dir.clone(), source };
        let Some(realm) = Realm::open(pid_dir).map_err(unreadable)? else { return Ok(BTreeMap::new()) };
        let files = pid_file::read_all(realm.path()).map_err(unreadable)?;
        let mut ports: BTreeMap<Port, Trace> = files.into_keys().map(|port| (port, Trace::PidFile)).collect();
        let engines = scan::engine_paths(self.app);
        let found = scan::candidates(&engines, Some(&realm)).map_err(ObserveError::Proc)?;
        let here = found.iter().filter(|candidate| candidate.belongs == Belongs::Here);
        ports.extend(here.map(|node| (node.command.port, Trace::Process(role(&node.command)))));
        Ok(ports)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::world::{ELSEWHERE, HERE, Mute, World};
    use super::*;

    #[test]
    fn nodes_of_this_realm_are_known_by_their_processes_and_others_by_their_pid_files() {
        let world = World::new();
        let _running = [
            world.engine(&format!("{HERE} --port=8640 --stream-source-node --name=news")),
            world.engine(&format!(
                "{HERE} --port=8650 --stream-support-node --public-transport-file=/x/tv.acelive"
            )),
            world.engine(&format!("{HERE} --port=8660 --stream-support-node --download-from=192.0.2.1:8640")),
            world.engine(&format!("{HERE} --port=8670 --stream-support-node")),
            world.engine(&format!("{ELSEWHERE} --port=8680 --stream-source-node --name=tv")),
        ];
        for port in [8640, 8690] {
            fs::write(world.path(&format!("pid/acestreamengine-{port}.pid")), "4242").unwrap();
        }
        let ports = || Observer::new(&world.app, &Mute).ports().unwrap();
        let port = |number: u64| Port::try_from(number).unwrap();
        let expected = [
            (port(8640), Trace::Process(Some(Role::Source))),
            (port(8650), Trace::Process(Some(Role::Source))),
            (port(8660), Trace::Process(Some(Role::Support))),
            (port(8670), Trace::Process(None)),
            (port(8690), Trace::PidFile),
        ];
        assert_eq!(ports(), BTreeMap::from(expected));
        fs::remove_dir_all(&world.app.dirs.pid).unwrap();
        assert_eq!(ports(), BTreeMap::new(), "without its dir, nothing can be of this realm");
    }
}
