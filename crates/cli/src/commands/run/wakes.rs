//! What wakes the loop: signals, and nodes that end.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use acecast_engine::deaths::Watcher;
use acecast_reconcile::Port;
use nix::libc::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::Wake;
use crate::signals::Signals;

/// The stack of a thread that only passes things on.
const STACK: usize = 256 * 1024;

/// Passes signals on: SIGHUP asks for a look at the config, SIGTERM and SIGINT for an end.
pub(super) fn pass_signals_on(signals: Signals, wakes: Sender<Wake>) -> io::Result<()> {
    let (mut read, write) = UnixStream::pair()?;
    let reload = Arc::new(AtomicBool::new(false));
    // The mark before the byte, so that whoever reads the byte finds the mark.
    flag::register(SIGHUP, Arc::clone(&reload))?;
    for signal in [SIGHUP, SIGTERM, SIGINT] {
        low_level::pipe::register(signal, write.try_clone()?)?;
    }
    thread::Builder::new().name("wakes".to_owned()).stack_size(STACK).spawn(move || {
        while read.read_exact(&mut [0]).is_ok() {
            let wake = if reload.swap(false, Ordering::SeqCst) {
                Wake::Reload
            } else if signals.wanted() {
                Wake::Signal
            } else {
                // Another SIGHUP, whose mark was found with the byte of the one before.
                continue;
            };
            if wakes.send(wake).is_err() {
                break;
            }
        }
    })?;
    Ok(())
}

/// The nodes that have ended since the loop last looked: an apply that goes on must know, too.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended(Arc<Mutex<Vec<(Port, Instant)>>>);

impl Ended {
    /// Passes ends of nodes on.
    pub(super) fn pass_on(&self, mut watcher: Watcher, wakes: Sender<Wake>) -> io::Result<()> {
        let ended = self.clone();
        thread::Builder::new().name("deaths".to_owned()).stack_size(STACK).spawn(move || {
            while let Some(nodes) = watcher.wait() {
                let now = Instant::now();
                ended.lock().extend(nodes.iter().map(|(_, port)| (*port, now)));
                if wakes.send(Wake::Ended).is_err() {
                    break;
                }
            }
        })?;
        Ok(())
    }

    /// The loop looks now.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    /// When the first of those ended that this is true of.
    pub(super) fn first(&self, counts: impl Fn(Port) -> bool) -> Option<Instant> {
        self.lock().iter().filter(|(port, _)| counts(*port)).map(|(_, at)| *at).min()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Port, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
