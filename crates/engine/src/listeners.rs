//! Who listens on a port.
//!
//! Reading the kernel's socket table has no side effect, unlike trying to bind: a bind, even for a moment, could make
//! an engine that is just being started take the next port.

mod lazy;

use std::collections::HashMap;
use std::io;

use acecast_reconcile::{Foreign, Port};
use procfs::net::{TcpNetEntry, TcpState};

use crate::process::{Proc, io_error};

pub(crate) use lazy::LazyListeners;

/// The listening TCP sockets of this host, by port.
#[derive(Debug, Default)]
pub(crate) struct Listeners(HashMap<u16, Vec<Socket>>);

/// One listening socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Socket {
    /// Its inode, by which its owner is found.
    pub(crate) inode: u64,
    /// The user who made it.
    pub(crate) uid: u32,
}

impl Listeners {
    /// Reads the socket tables. A host without IPv6 has one of them.
    pub(crate) fn read() -> io::Result<Self> {
        let mut sockets: HashMap<u16, Vec<Socket>> = HashMap::new();
        let v6 = procfs::net::tcp6().unwrap_or_default();
        let listening = |entry: &TcpNetEntry| entry.state == TcpState::Listen;
        for entry in procfs::net::tcp().map_err(io_error)?.into_iter().chain(v6).filter(listening) {
            let socket = Socket { inode: entry.inode, uid: entry.uid };
            sockets.entry(entry.local_address.port()).or_default().push(socket);
        }
        Ok(Listeners(sockets))
    }

    /// The sockets that listen on this port.
    pub(crate) fn on(&self, port: Port) -> &[Socket] {
        self.0.get(&port.get()).map_or(&[], Vec::as_slice)
    }

    /// One of these sockets listens on the port.
    pub(crate) fn owned(&self, port: Port, sockets: &[u64]) -> bool {
        self.on(port).iter().any(|socket| sockets.contains(&socket.inode))
    }

    /// The nearest port above `port` on which one of these sockets listens: where an engine goes that finds its
    /// port busy. As long as somebody else has the port, that may be far; later it has to be near, as what else an
    /// engine listens on is not known.
    pub(crate) fn above(&self, port: Port, sockets: &[u64]) -> Option<Port> {
        let reach = if self.on(port).is_empty() { NEARBY } else { u16::MAX };
        let near = (port.get().saturating_add(1))..=port.get().saturating_add(reach);
        let ports = self.0.keys().filter(|next| near.contains(next));
        let ports = ports.filter_map(|next| Port::try_from(u64::from(*next)).ok());
        ports.filter(|next| self.owned(*next, sockets)).min()
    }

    /// Who has one of the sockets on this port; a name only if this user may know.
    pub(crate) fn holder(&self, port: Port) -> Option<Foreign> {
        let sockets = self.on(port);
        if sockets.is_empty() {
            return None;
        }
        Some(find_owner(sockets).unwrap_or_default())
    }
}

/// How far above its own, which is free by now, an engine's port is searched.
const NEARBY: u16 = 64;

/// Walks all processes, which takes milliseconds: only to name a foreign holder.
fn find_owner(sockets: &[Socket]) -> Option<Foreign> {
    let owns = |process: &Proc| {
        let inodes = process.sockets()?;
        inodes.iter().any(|inode| sockets.iter().any(|socket| socket.inode == *inode)).then_some(())
    };
    let owner = Proc::all().ok()?.filter_map(Result::ok).find(|process| owns(process).is_some())?;
    let mut foreign = Foreign::default();
    foreign.pid = owner.pid();
    foreign.name = owner.stat().map(|stat| stat.comm);
    Some(foreign)
}

#[cfg(test)]
mod tests {
    use acecast_reconcile::Pid;

    use super::*;

    #[test]
    fn a_listener_is_found_and_named() {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = Port::try_from(u64::from(socket.local_addr().unwrap().port())).unwrap();
        let listeners = Listeners::read().unwrap();
        let me = Pid::try_from(i64::from(std::process::id())).unwrap();
        let holder = listeners.holder(port).expect("somebody listens");
        assert_eq!(holder.pid, Some(me));
        let own = Proc::open(me).unwrap().sockets().unwrap();
        assert!(listeners.owned(port, &own));
        let below = Port::try_from(u64::from(port.get()) - 1).unwrap();
        assert_eq!(listeners.above(below, &own), Some(port));
    }
}
