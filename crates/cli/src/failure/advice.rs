//! What to do about errors that come from several places.

use std::error::Error;
use std::io::{self, ErrorKind};

use acecast_engine::files::FilesError;

/// For what another user owns.
pub(crate) const AS_OWNER: &str = "run as root, or as the user that the nodes run as";

/// For a port or a stream that nobody knows.
pub(crate) const SEE_STATUS: &str = "see `acecast status` for all nodes";

/// For a current folder that is gone.
pub(crate) const CHANGE_FOLDER: &str = "change to a folder that exists";

/// For a thread that the system does not give.
pub(crate) const MORE_THREADS: &str = "raise the limit of processes: `ulimit -u`, or TasksMax of the service";

/// For a server's certificate that is not accepted, for whatever reason.
pub(crate) const TRUST: &str = "correct the server's certificate, or name the authority (PEM) that it is from with \
                                --ca-file, or as ca_file in the app config";

/// What to do about a pid dir that cannot be used, if that can be told.
pub(crate) fn pid_dir(error: &(dyn Error + 'static)) -> Option<&'static str> {
    const CORRECT: &str = "correct dirs.pid in the app config";
    let mut chain = std::iter::successors(Some(error), |&error| error.source());
    if chain.any(|error| matches!(error.downcast_ref(), Some(FilesError::NotADir { .. }))) {
        return Some(CORRECT);
    }
    match kind(error)? {
        ErrorKind::PermissionDenied => Some(AS_OWNER),
        ErrorKind::NotADirectory => Some(CORRECT),
        _ => None,
    }
}

/// What the kernel said, if it is at the root of the error.
pub(crate) fn kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.filter_map(|error| error.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}
