//! A node's life: birth, waiting for its input, broadcasting, end.
//!
//! One loop on the main thread does everything that happens in time; it sleeps until the next thing
//! is due, a signal comes, or the input's thread has news.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, raise};

use crate::engine::exit::{Exit, say};
use crate::engine::files::pid_file::PidFile;
use crate::engine::files::progress::{Format, Progress};
use crate::engine::log::Log;
use crate::engine::meter::Meter;
use crate::engine::node::{Input, Node, Phase, Scripted};
use crate::engine::options::Options;
use crate::engine::peers::Peers;
use crate::engine::relay::Relay;
use crate::engine::script::{Script, ScriptFile, Status};
use crate::engine::serve::{PEER_PATH, PEER_PORT_HEADER, Port};
use crate::engine::settings::{Kind, Settings};
use crate::engine::signals::Signals;
use crate::engine::version::Version;
use crate::engine::{hls, prepare, pull};
use crate::threads;

/// Between two looks at the script and two writes of the progress, at most.
const TICK: Duration = Duration::from_millis(500);
const WRITE_EVERY: Duration = Duration::from_secs(1);
/// One piece of a ts stream, in bytes.
const PIECE: u64 = 16 * 1024;
/// Speeds are smoothed over this, or over a few segments of a HLS stream.
const SMOOTH: Duration = Duration::from_secs(2);
const SMOOTH_HLS: Duration = Duration::from_secs(4);

/// Runs a node until it is stopped.
pub(crate) fn run(options: &Options, home: &Path) -> Result<(), Exit> {
    let born = Instant::now();
    let settings = Settings::from_options(options)?;
    let file = ScriptFile::new(home, &settings.port.to_string()).map_err(|why| Exit::script(&why))?;
    let script = file.script.clone();
    if let Some(code) = script.exit_at_start {
        return Err(Exit::scripted(code, script.exit_message.as_deref()));
    }
    let log = prepare::folders(&settings)?;
    let version = Version::of(home);
    say(&format!("acestreamengine {} starting on port {}", version.name(), settings.port));
    log.line(&format!("version {} pid {}", version.name(), std::process::id()));
    // A node that is to ignore TERM does so from the beginning; any other dies by an early one.
    let early = script.ignore_term.then(handle_signals).transpose()?;
    if script.hang_at_start {
        return hang(&script);
    }
    sleep(millis(script.ready_ms));
    let signals = early.map_or_else(handle_signals, Ok)?;
    let node = node(settings, version, log, file, &signals)?;
    start_input(&node)?;
    let life = Life { born, node, signals, port: None, pid_file: None, progress: None };
    if script.leader_exits {
        let thread = threads::detach("life", move || live_on(life));
        thread.map_err(|error| Exit::failed(format!("thread: {error}")))?;
        end_this_thread();
    }
    life.run()
}

#[expect(clippy::exit, reason = "without a main thread nobody else can end the process")]
fn live_on(life: Life) -> ! {
    std::process::exit(life.run().map_or_else(|exit| exit.code().into(), |()| 0))
}

/// Ends the calling thread alone. If that is the main one, the process goes on with a leader that is a zombie.
#[expect(unsafe_code, reason = "the call has no safe wrapper")]
fn end_this_thread() -> ! {
    loop {
        // SAFETY: nothing on this thread's stack is used by another thread: what they share is counted.
        unsafe { nix::libc::syscall(nix::libc::SYS_exit, 0) };
    }
}

fn handle_signals() -> Result<Signals, Exit> {
    Signals::handle().map_err(|error| Exit::failed(format!("signals: {error}")))
}

/// Neither listens nor exits.
fn hang(script: &Script) -> Result<(), Exit> {
    sleep(Duration::from_secs(script.max_lifetime_s));
    Err(Exit::fuse())
}

fn node(
    settings: Settings,
    version: Version,
    log: Log,
    file: ScriptFile,
    signals: &Signals,
) -> Result<Arc<Node>, Exit> {
    let stream = prepare::stream(&settings, &log).inspect_err(|exit| log.line(exit.message()))?;
    let is_hls = matches!(settings.kind, Kind::Hls { .. });
    Ok(Arc::new(Node {
        max_peers: AtomicU32::new(settings.max_peers),
        settings,
        version,
        stream,
        input: Input::measured_over(if is_hls { SMOOTH_HLS } else { SMOOTH }),
        upload: Meter::over(SMOOTH),
        relay: Arc::new(Relay::default()),
        peers: Peers::default(),
        log,
        wake: signals.waker().map_err(|error| Exit::failed(error.to_string()))?,
        phase: Mutex::new(Phase { running: false, since: Instant::now() }),
        scripted: Mutex::new(Scripted { file, trouble: None }),
    }))
}

fn start_input(node: &Arc<Node>) -> Result<(), Exit> {
    let owned = Arc::clone(node);
    threads::detach("input", move || match &owned.settings.kind {
        Kind::Ts(ts) => pull::run(&owned, &ts.source, &[]),
        Kind::Hls { .. } => hls::run(&owned, owned.stream.hls_manifest_url.as_deref().unwrap_or_default()),
        Kind::Support { .. } => {
            if let Some((ip, port)) = owned.settings.download_from.first() {
                let header = format!("{PEER_PORT_HEADER}: {}", owned.settings.port);
                pull::run(&owned, &format!("http://{ip}:{port}{PEER_PATH}"), &[header]);
            }
        }
    })
    .map_err(|error| Exit::failed(format!("thread: {error}")))
}

struct Life {
    born: Instant,
    node: Arc<Node>,
    signals: Signals,
    port: Option<Port>,
    pid_file: Option<PidFile>,
    progress: Option<(Progress, Instant)>,
}

impl Life {
    fn run(mut self) -> Result<(), Exit> {
        loop {
            let script = self.node.script();
            if self.signals.take_stop() && !script.ignore_term {
                self.end(&script);
                return Ok(());
            }
            self.check_end(&script)?;
            self.open_or_close_port(&script)?;
            if !self.node.phase().running && self.may_broadcast(&script) {
                self.begin(&script);
            }
            self.write_progress();
            let timeout = self.until_next(&script);
            self.signals.sleep(timeout);
        }
    }

    /// The ends that nobody asked for.
    fn check_end(&self, script: &Script) -> Result<(), Exit> {
        if script.crash_after_ms.is_some_and(|after| self.born.elapsed() >= millis(after)) {
            self.node.log.line("Traceback: crash");
            let _ = raise(Signal::SIGKILL);
        }
        if self.born.elapsed() >= Duration::from_secs(script.max_lifetime_s) {
            return Err(Exit::fuse());
        }
        self.node.script_mistake().map_or(Ok(()), |why| Err(Exit::script(&why)))
    }

    fn open_or_close_port(&mut self, script: &Script) -> Result<(), Exit> {
        let reached = self.was_reached() || self.node.version.listens_without_input();
        let wanted = reached && script.status != Status::Refuse;
        match self.port.take() {
            None if wanted => self.port = Some(Port::open(&self.node)?),
            Some(port) if !wanted => port.close(),
            other => self.port = other,
        }
        Ok(())
    }

    /// A support node has all it needs once its transport file is loaded.
    fn was_reached(&self) -> bool {
        let is_support = matches!(self.node.settings.kind, Kind::Support { .. });
        is_support || self.node.input.first_reached.get().is_some()
    }

    fn may_broadcast(&self, script: &Script) -> bool {
        self.was_reached() && !script.starting_forever && self.left_to_measure(script).is_none()
    }

    /// How long `--bitrate 0` still measures.
    fn left_to_measure(&self, script: &Script) -> Option<Duration> {
        let Kind::Ts(ts) = &self.node.settings.kind else { return None };
        let since = self.node.input.first_reached.get().filter(|_| ts.bitrate == 0)?;
        millis(script.measure_ms).checked_sub(since.elapsed()).filter(|left| !left.is_zero())
    }

    /// From `starting` to `running`: the pid file comes last, when everything else is true.
    fn begin(&mut self, script: &Script) {
        let node = &self.node;
        let settings = &node.settings;
        let opened = match &settings.kind {
            Kind::Ts(ts) => {
                let path = ts.publish_dir.join(format!("{}.acelive", ts.name));
                if let Err(error) = fs::write(&path, &node.stream.transport) {
                    node.log.line(&format!("cannot write {}: {error}", path.display()));
                }
                let path = settings.metadata_dir.join(format!("{}.restart", ts.name));
                Some(Progress::open(path, Format::Decimal))
            }
            Kind::Hls { monotonic: true, .. } => {
                let name = format!("{}_stream_0.json", node.stream.download_hash);
                Some(Progress::open(settings.metadata_dir.join(name), Format::Sequence))
            }
            _ => None,
        };
        self.progress = opened.map(|(progress, found)| {
            if found.is_err() && matches!(settings.kind, Kind::Hls { .. }) {
                node.log.line(&format!("Traceback: ValueError: {}", progress.path().display()));
            }
            (progress, self.born)
        });
        node.set_running();
        if !script.no_pid_file {
            match PidFile::write(&settings.pid_file_dir, settings.port) {
                Ok(file) => self.pid_file = Some(file),
                Err(error) => node.log.line(&format!("cannot write pid file: {error}")),
            }
        }
        node.log.line("running");
    }

    fn write_progress(&mut self) {
        let input = &self.node.input;
        let steps = match self.node.settings.kind {
            Kind::Ts(_) => input.meter.total() / PIECE,
            _ => input.segments.load(Ordering::Relaxed),
        };
        if let Some((progress, due)) = &mut self.progress
            && *due <= Instant::now()
        {
            *due = Instant::now() + WRITE_EVERY;
            if let Err(error) = progress.advance(steps) {
                self.node.log.line(&format!("cannot write {}: {error}", progress.path().display()));
            }
        }
    }

    fn until_next(&self, script: &Script) -> Duration {
        let crash = script.crash_after_ms.map(|after| millis(after).saturating_sub(self.born.elapsed()));
        [self.left_to_measure(script), crash].into_iter().flatten().fold(TICK, Duration::min)
    }

    /// A stop that was asked for. The node answers until its last moment.
    fn end(self, script: &Script) {
        let delay = match (self.was_reached(), self.node.version.stops_at_once_without_input()) {
            (true, _) => script.stop_ms,
            (false, true) => 0,
            (false, false) => script.unreachable_stop_ms,
        };
        self.node.log.line("stopping");
        sleep(millis(delay));
        if let Some(file) = self.pid_file {
            file.remove();
        }
        self.node.log.line("stopped");
        if script.stop_by_alarm {
            let _ = raise(Signal::SIGALRM);
        }
    }
}

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}
