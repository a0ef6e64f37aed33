//! TERM and INT, and a way to sleep that they and other threads can end.
//!
//! HUP is left alone: it kills, unless whoever started the node had it ignored.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level::pipe};

/// The sleeping side.
pub(crate) struct Signals {
    stop: Arc<AtomicBool>,
    bell: UnixStream,
    ring: UnixStream,
}

/// The waking side, for other threads.
pub(crate) struct Wake(UnixStream);

impl Signals {
    /// Until this moment TERM has its default action: it kills.
    pub(crate) fn handle() -> io::Result<Self> {
        let (bell, ring) = UnixStream::pair()?;
        ring.set_nonblocking(true)?;
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGTERM, SIGINT] {
            // The flag first: whoever hears the bell finds it set.
            flag::register(signal, Arc::clone(&stop))?;
            pipe::register(signal, ring.try_clone()?)?;
        }
        Ok(Self { stop, bell, ring })
    }

    pub(crate) fn waker(&self) -> io::Result<Wake> {
        self.ring.try_clone().map(Wake)
    }

    /// True if a stop was asked for since the last look.
    pub(crate) fn take_stop(&self) -> bool {
        self.stop.swap(false, Ordering::Relaxed)
    }

    /// Sleeps for `timeout`, or until a signal or another thread ends it.
    pub(crate) fn sleep(&mut self, timeout: Duration) {
        if self.bell.set_read_timeout(Some(timeout.max(Duration::from_millis(1)))).is_ok() {
            let _ = self.bell.read(&mut [0; 64]);
        }
    }
}

impl Wake {
    pub(crate) fn wake(&self) {
        let _ = (&self.0).write(&[0]);
    }
}
