//! Makes transport files beside their places, and puts them there.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acecast_config::{AppConfig, SourceNode};
use acecast_reconcile::SourceKind;
use tempfile::TempPath;

use super::inputs::{Inputs, Sidecar, UNFINISHED};
use super::run::{End, run};
use super::{TransportError, temporary};
use crate::args::{StreamPaths, transport_args};
use crate::child_env::ChildEnv;
use crate::failpoint::pass;
use crate::files::{
    FilesError, PRIVATE, PUBLIC, create_dir_all, folder_of, sync_dir, write_atomic, write_failed,
};
use crate::infohash::is_infohash;

/// How long the engine may take. It takes 0.7 s (seen on engine 3.2.3), and more where fifty start at once.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Transport files that are whole but not yet in their places. Dropped without a commit, they are removed.
#[must_use]
pub(crate) struct Prepared {
    public: TempPath,
    private: TempPath,
    public_target: PathBuf,
    private_target: PathBuf,
    sidecar_target: PathBuf,
    sidecar: Vec<u8>,
    infohash: String,
}

/// Makes the transport files of a HLS stream beside their places, by this engine. The files in place are not touched.
/// The caller holds the lock.
pub(crate) fn make(
    node: &SourceNode,
    app: &AppConfig,
    engine: &Path,
    env: &ChildEnv,
    timeout: Duration,
    cancelled: &dyn Fn() -> bool,
) -> Result<Prepared, TransportError> {
    let uid = || node.uid.clone();
    if node.kind() != SourceKind::Hls {
        return Err(TransportError::NotHls { uid: uid() });
    }
    let paths = StreamPaths::new(&app.dirs, &node.uid);
    let (public_target, private_target) = (paths.public_transport(), paths.private_transport());
    for target in [&public_target, &private_target] {
        create_dir_all(folder_of(target))?;
        temporary::remove_stale(target);
    }
    let (public, private) = (temporary::beside(&public_target)?, temporary::beside(&private_target)?);
    pass("transport files are to be made");
    let args = transport_args(node, app, &public, &private);
    let ran = run(engine, &args, env, timeout, cancelled)
        .map_err(|source| TransportError::Run { engine: engine.to_owned(), source })?;
    pass("transport files are made beside their places");
    let output = ran.output;
    match ran.end {
        End::Exited(status) if status.success() => {}
        End::Exited(status) => return Err(TransportError::Failed { uid: uid(), status, output }),
        End::TimedOut => return Err(TransportError::TimedOut { uid: uid(), after: timeout, output }),
        End::Cancelled => return Err(TransportError::Cancelled { uid: uid() }),
    }
    let Some(infohash) = infohash_in(output.reveal()) else {
        return Err(TransportError::NoInfohash { uid: uid(), output });
    };
    for (made, target, mode) in [(&public, &public_target, PUBLIC), (&private, &private_target, PRIVATE)] {
        if !fs::symlink_metadata(made).is_ok_and(|file| file.is_file() && file.len() > 0) {
            return Err(TransportError::Unmade { path: target.clone(), output });
        }
        finish(made, mode).map_err(|error| write_failed(target, error))?;
    }
    let sidecar = Sidecar::new(Inputs::of(node, app), infohash.clone()).to_bytes();
    let sidecar_target = paths.sidecar();
    Ok(Prepared { public, private, public_target, private_target, sidecar_target, sidecar, infohash })
}

impl fmt::Debug for Prepared {
    /// Without the record of inputs, which holds secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("infohash", &self.infohash).finish_non_exhaustive()
    }
}

impl Prepared {
    /// Puts the files into their places; see the module's text for the order. If that fails half-way, the next
    /// [`super::needs_making`] says so.
    pub(crate) fn commit(self) -> Result<(), FilesError> {
        let Prepared { public, private, public_target, private_target, sidecar_target, sidecar, .. } = self;
        write_atomic(&sidecar_target, UNFINISHED, PRIVATE)?;
        pass("before the private transport file is put in place");
        put(private, &private_target)?;
        pass("before the public transport file is put in place");
        put(public, &public_target)?;
        pass("both transport files are in place");
        write_atomic(&sidecar_target, &sidecar, PRIVATE)
    }
}

fn put(made: TempPath, target: &Path) -> Result<(), FilesError> {
    let failed = |error| write_failed(target, error);
    made.persist(target).map_err(|error| failed(error.error))?;
    sync_dir(folder_of(target)).map_err(failed)
}

/// Sets the mode that is meant, and waits until the file is on the disk.
fn finish(path: &Path, mode: u32) -> io::Result<()> {
    let file = File::open(path)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

/// The hash in a line like `created: hash=…`.
pub(super) fn infohash_in(output: &str) -> Option<String> {
    let rest = output.lines().find_map(|line| line.trim_start().strip_prefix("created: hash="))?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    Some(rest[..end].to_owned()).filter(|hash| is_infohash(hash))
}
