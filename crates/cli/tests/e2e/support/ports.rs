//! Ports that no other test uses, in this process or another one.
//!
//! A reserved port is held by a UDP socket as long as its test runs. Engines use TCP only, so they can have the port
//! all the same. Ports are taken from below the range that the kernel hands out by itself.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};

const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// Where this process goes on looking; it begins at a place of its own.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Neighbouring ports, kept from others until dropped.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) first: u16,
    _held: Vec<UdpSocket>,
}

impl Block {
    /// Reserves so many ports in a row.
    pub(crate) fn reserve(count: u16) -> Block {
        let start = std::process::id() % u32::from(COUNT) * 37;
        for _ in 0..COUNT {
            let step = NEXT.fetch_add(u32::from(count), Ordering::Relaxed);
            let first = FIRST + u16::try_from((start + step) % u32::from(COUNT)).unwrap();
            if let Some(held) = (first..first + count).map(hold).collect() {
                return Block { first, _held: held };
            }
        }
        panic!("no {count} free ports in a row");
    }
}

/// Takes the UDP port, and makes sure that the TCP port is free. Looking comes second: until the UDP port is taken,
/// the TCP port may be another test's.
fn hold(port: u16) -> Option<UdpSocket> {
    let held = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(held)
}
