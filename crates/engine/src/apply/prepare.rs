//! Everything of a start that can fail, before an old node is touched.

use std::io;
use std::path::PathBuf;

use acecast_config::SourceNode;
use acecast_reconcile::{Decision, Restore, SourceKind};
use thiserror::Error;

use super::NodeResult;
use super::jobs::Run;
use super::node::NodeRef;
use super::report::LOG_LINES;
use crate::args::StreamPaths;
use crate::chain::chain;
use crate::failpoint::pass;
use crate::files::{self, FilesError, open_log, renew_log, shown};
use crate::log_tail::last_lines;
use crate::metadata::{self, MetadataError, Restored};
use crate::spec_text::{self, SpecTooLong};
use crate::transport::{self, TransportError};

/// Why a node cannot be started.
#[derive(Debug, Error)]
pub(super) enum PrepareError {
    #[error("the config has no usable entry for port {0}")]
    NoEntry(acecast_reconcile::Port),
    #[error("engine_path.{channel} is not configured")]
    NoEngine { channel: acecast_reconcile::Channel },
    #[error("cannot run the engine {}", shown(.path))]
    Engine {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot open the log {}", shown(.path))]
    Log {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{0}")]
    Memory(String),
    #[error(transparent)]
    Spec(#[from] SpecTooLong),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl PrepareError {
    /// The node could not be started, for this reason; `and` says what that means. What was called off has not failed.
    pub(super) fn into_result(self, and: &str) -> NodeResult {
        if matches!(self, PrepareError::Transport(TransportError::Cancelled { .. })) {
            return NodeResult::skipped(format!("{}{and}", chain(&self)));
        }
        let output = match &self {
            PrepareError::Transport(error) => error.output().unwrap_or_default(),
            _ => "",
        };
        NodeResult {
            log: last_lines(output, LOG_LINES),
            ..NodeResult::failed(format!("{}{and}", chain(&self)))
        }
    }
}

/// A node that is ready to be started, once nothing of an old one runs any more.
pub(super) struct Prepared<'a> {
    pub(super) node: NodeRef<'a>,
    engine: PathBuf,
    args: Vec<String>,
    spec: String,
    log: PathBuf,
    transport: Option<transport::Prepared>,
    notes: Vec<String>,
}

/// A node whose files are in place.
pub(super) struct Ready {
    pub(super) engine: PathBuf,
    pub(super) args: Vec<String>,
    pub(super) spec: String,
    pub(super) log: PathBuf,
    /// The key file of a source node, be it there or not.
    pub(super) key: Option<PathBuf>,
    pub(super) notes: Vec<String>,
}

pub(super) fn prepare<'a>(run: &Run<'a>, decision: &Decision) -> Result<Prepared<'a>, PrepareError> {
    let app = &run.host.config.app;
    let missing = || PrepareError::NoEntry(decision.port);
    let node = run.node(decision).ok_or_else(missing)?;
    let wanted = run.desired.get(decision.port).ok_or_else(missing)?;
    let engine = engine(run, node)?;
    let spec = spec_text::encode(&wanted.spec, run.host.realm.path())?;
    let cache_size = run.cache_size.clone().map_err(PrepareError::Memory)?;
    let args = node.args(app, cache_size);
    let paths = node.paths(app);
    let dirs = &app.dirs;
    for dir in [&dirs.log, &dirs.pid, &paths.cache_dir(), &paths.state_dir()] {
        files::require_writable(dir)?;
    }
    let mut notes = Vec::new();
    let mut made = None;
    if let Some(source) = node.source() {
        for dir in [&dirs.public, &dirs.private, &dirs.metadata] {
            files::create_dir_all(dir)?;
        }
        files::refuse_foreign_owner(&dirs.metadata)?;
        // The engine writes there, and a key that it cannot keep is lost with it.
        for dir in [&dirs.public, &dirs.metadata] {
            files::require_writable(dir)?;
        }
        if decision.action.new_key() {
            // An engine that finds no room leaves an empty key, and that holds every start after.
            files::require_room(&dirs.metadata, files::ROOM_FOR_A_KEY)?;
        }
        if restores(run, source) {
            metadata::check_restore(source, app)?;
        }
        if source.kind() == SourceKind::Hls
            && let Some(reason) = transport::needs_making(source, app, run.options.force_transport_files)
        {
            made = Some(transport::make(source, app, &engine, run.host.env, transport::TIMEOUT, &|| {
                run.cancelled()
            })?);
            notes.push(format!("transport files made, because {reason}"));
        }
    }
    let log = paths.log();
    open_log(&log).map_err(|source| PrepareError::Log { path: log.clone(), source })?;
    pass("a node is prepared");
    Ok(Prepared { node, engine, args, spec, log, transport: made, notes })
}

impl Prepared<'_> {
    /// Puts the files in place that an old node would still have used. What it restores is told also where it fails.
    pub(super) fn commit(
        self,
        run: &Run<'_>,
        new_key: bool,
        restored: &mut Vec<Restored>,
    ) -> Result<Ready, PrepareError> {
        let Prepared { node, engine, args, spec, log, transport, mut notes } = self;
        let app = &run.host.config.app;
        let key = node.source().map(|source| StreamPaths::new(&app.dirs, &source.uid).key());
        if let Some(source) = node.source() {
            // An old node wrote its numbers until it ended: the higher one wins only now.
            if restores(run, source) {
                let report = metadata::restore(source, app, run.options.unix_time)?;
                notes.extend(report.restored.iter().map(ToString::to_string));
                restored.extend(report.restored);
            }
            if new_key
                && let Some(aside) = metadata::set_aside_for_new_key(&source.uid, app, run.options.unix_time)?
            {
                notes.push(format!("the old key was kept as {}", aside.display()));
            }
        }
        if let Some(key) = &key {
            metadata::tighten_mode(key)?;
        }
        if let Some(source) = node.source().filter(|source| source.kind() == SourceKind::Ts && !new_key) {
            metadata::require_key(&source.uid, app)?;
        }
        match (transport, node.source()) {
            (Some(transport), _) => {
                transport.commit()?;
            }
            (None, Some(source)) => {
                transport::adopt(source, app)?;
            }
            (None, None) => {}
        }
        if let Some(source) = node.source() {
            // The engine says nothing about it, and viewers would notice first.
            notes.extend(metadata::damaged_progress(source, app).iter().map(ToString::to_string));
        }
        pass("a node's files are in place");
        if run.options.clear_logs {
            renew_log(&log).map_err(|source| PrepareError::Log { path: log.clone(), source })?;
        }
        Ok(Ready { engine, args, spec, log, key, notes })
    }
}

/// What the config brings is restored, unless it is another key than the one that is there: then the plan would hold
/// the node, but for a user who allowed a new key, and the one that is there stays.
fn restores(run: &Run<'_>, source: &SourceNode) -> bool {
    let facts = run.snapshot.observed.keys.get(&source.uid);
    !facts.is_some_and(|facts| matches!(facts.restore, Restore::Conflict { .. }))
}

/// The engine by its real, absolute path: its wrapper finds its folder by the path that it is called with.
fn engine(run: &Run<'_>, node: NodeRef<'_>) -> Result<PathBuf, PrepareError> {
    let channel = node.common().channel;
    let path = run.host.config.app.engine_path.get(&channel).ok_or(PrepareError::NoEngine { channel })?;
    let failed = |source| PrepareError::Engine { path: path.clone(), source };
    let real = std::fs::canonicalize(path).map_err(failed)?;
    files::may_run(&real).map_err(failed)?;
    if !real.is_file() {
        return Err(failed(io::Error::other("not a file")));
    }
    Ok(real)
}
