//! What the threads of a node share.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::clock::unix_seconds;
use crate::engine::log::Log;
use crate::engine::meter::Meter;
use crate::engine::peers::Peers;
use crate::engine::relay::Relay;
use crate::engine::script::{Script, ScriptFile};
use crate::engine::settings::Settings;
use crate::engine::signals::Wake;
use crate::engine::version::Version;

/// A node: what it was asked for, what it broadcasts, and how it fares.
pub(crate) struct Node {
    pub(crate) settings: Settings,
    pub(crate) version: Version,
    pub(crate) stream: Stream,
    pub(crate) input: Input,
    pub(crate) upload: Meter,
    pub(crate) relay: Arc<Relay>,
    pub(crate) peers: Peers,
    pub(crate) max_peers: AtomicU32,
    pub(crate) log: Log,
    pub(crate) wake: Wake,
    pub(crate) phase: Mutex<Phase>,
    pub(crate) scripted: Mutex<Scripted>,
}

/// What a node broadcasts.
pub(crate) struct Stream {
    pub(crate) download_hash: String,
    /// The public transport file.
    pub(crate) transport: Vec<u8>,
    pub(crate) hls_manifest_url: Option<String>,
}

/// `starting` or `running`, and since when.
#[derive(Clone, Copy)]
pub(crate) struct Phase {
    pub(crate) running: bool,
    pub(crate) since: Instant,
}

/// The script, and since when it has been unreadable.
pub(crate) struct Scripted {
    pub(crate) file: ScriptFile,
    pub(crate) trouble: Option<(Instant, String)>,
}

/// A script caught while it is written is none; one that stays broken is a mistake.
const TORN: Duration = Duration::from_secs(1);

impl Node {
    /// How to behave now.
    pub(crate) fn script(&self) -> Script {
        let mut scripted = self.scripted.lock().unwrap_or_else(PoisonError::into_inner);
        match scripted.file.refresh() {
            Ok(()) => scripted.trouble = None,
            Err(reason) => {
                let since = scripted.trouble.as_ref().map_or_else(Instant::now, |(since, _)| *since);
                scripted.trouble = Some((since, reason));
            }
        }
        scripted.file.script.clone()
    }

    /// What is wrong with the script, if it stays so.
    pub(crate) fn script_mistake(&self) -> Option<String> {
        let scripted = self.scripted.lock().unwrap_or_else(PoisonError::into_inner);
        scripted.trouble.as_ref().filter(|(since, _)| since.elapsed() > TORN).map(|(_, why)| why.clone())
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_running(&self) {
        let running = Phase { running: true, since: Instant::now() };
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }

    /// Bytes came in.
    pub(crate) fn take(&self, bytes: &[u8]) {
        self.input.meter.add(bytes.len());
        self.relay.publish(bytes);
    }

    /// The input is there; the first time, the main thread is told.
    pub(crate) fn reached(&self) {
        self.input.connected.store(true, Ordering::Relaxed);
        self.input.last_connect.store(unix_seconds(), Ordering::Relaxed);
        if self.input.first_reached.set(Instant::now()).is_ok() {
            self.wake.wake();
        }
    }
}

/// The stream that comes in: from its source, or from the node that is downloaded from.
pub(crate) struct Input {
    pub(crate) connected: AtomicBool,
    pub(crate) attempts: AtomicU64,
    /// Unix seconds.
    pub(crate) last_connect: AtomicU64,
    pub(crate) first_reached: OnceLock<Instant>,
    /// HLS segments fetched.
    pub(crate) segments: AtomicU64,
    pub(crate) meter: Meter,
}

impl Input {
    pub(crate) fn measured_over(window: Duration) -> Self {
        Self {
            connected: AtomicBool::new(false),
            attempts: AtomicU64::new(0),
            last_connect: AtomicU64::new(0),
            first_reached: OnceLock::new(),
            segments: AtomicU64::new(0),
            meter: Meter::over(window),
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    pub(crate) fn lost(&self) {
        self.connected.store(false, Ordering::Relaxed);
        self.meter.restart();
    }
}
