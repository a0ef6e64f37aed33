//! SIGINT and SIGTERM: the first one asks for an end, the second one ends.
//!
//! Before an apply begins there is nothing to finish, so there the first one ends the program, too. It does so in a
//! thread of its own, because the main one may be waiting for a controller or a lock. What goes on until the user has
//! seen enough has nothing to finish either, and a signal is its usual end: no word is lost about it.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::libc::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// What the user wants by signals.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    /// A signal has come.
    wanted: Arc<AtomicBool>,
    /// An apply goes on, and its steps in hand are to be finished.
    applying: Arc<AtomicBool>,
    /// Something is shown until the user has seen enough.
    following: Arc<AtomicBool>,
}

impl Signals {
    /// Takes the signals over.
    pub(crate) fn install(out: &Arc<Output>) -> io::Result<Self> {
        let [wanted, applying, following] = std::array::from_fn(|_| Arc::new(AtomicBool::new(false)));
        let (mut read, write) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM] {
            // In this order, so that the first signal does not find its own mark.
            flag::register_conditional_shutdown(
                signal,
                Exit::Interrupted.code().into(),
                Arc::clone(&wanted),
            )?;
            flag::register(signal, Arc::clone(&wanted))?;
            low_level::pipe::register(signal, write.try_clone()?)?;
        }
        // A limit of the size of files is then an error of the write, which names the file, and not a sudden end.
        flag::register(SIGXFSZ, Arc::default())?;
        let (out, in_apply, follows) = (Arc::clone(out), Arc::clone(&applying), Arc::clone(&following));
        thread::Builder::new().name("signals".to_owned()).stack_size(256 * 1024).spawn(move || {
            if read.read_exact(&mut [0]).is_err() {
                return;
            }
            if follows.load(Ordering::SeqCst) {
                return;
            }
            if !in_apply.load(Ordering::SeqCst) {
                out.failure(&Failure::interrupted());
                low_level::exit(Exit::Interrupted.code().into());
            }
            out.message("interrupted: finishing the step in hand; a second signal ends at once");
        })?;
        Ok(Signals { wanted, applying, following })
    }

    /// From now on, the first signal only asks for an end.
    pub(crate) fn begin_apply(&self) -> Result<(), Failure> {
        self.applying.store(true, Ordering::SeqCst);
        if self.wanted() { Err(Failure::interrupted()) } else { Ok(()) }
    }

    /// From now on, the first signal asks for an end of what is shown, and is an end like any other.
    pub(crate) fn begin_to_follow(&self) {
        self.following.store(true, Ordering::SeqCst);
    }

    /// How something ends that was shown until the user had seen enough, or until nobody was left to read it.
    pub(crate) fn end_of_following(&self) -> Exit {
        if self.wanted() { Exit::Interrupted } else { Exit::Done }
    }

    /// The user wants an end.
    pub(crate) fn wanted(&self) -> bool {
        self.wanted.load(Ordering::SeqCst)
    }
}
