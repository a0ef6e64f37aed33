//! Why transport files could not be made.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use acecast_reconcile::StreamUid;

use crate::files::{FilesError, shown};
use crate::redact::RawText;

/// Why there are no new transport files; those that were there before are there still.
///
/// `output` is what the engine printed, as it came: it may hold secrets, so it is no part of any message, and has to
/// be redacted before it is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// The stream is not a HLS stream.
    #[error("{uid} is no HLS stream and has no transport files to make")]
    NotHls {
        /// The stream.
        uid: StreamUid,
    },
    /// The engine cannot be run, or not be waited for.
    #[error("cannot run the engine {}", shown(.engine))]
    Run {
        /// The engine.
        engine: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The engine did not end in time, and was killed.
    #[error("making the transport files of {uid} took more than {} s", .after.as_secs_f64())]
    TimedOut {
        /// The stream.
        uid: StreamUid,
        /// How long it had.
        after: Duration,
        /// What the engine printed.
        output: RawText,
    },
    /// The making was called off.
    #[error("interrupted while the transport files of {uid} were being made")]
    Cancelled {
        /// The stream.
        uid: StreamUid,
    },
    /// The engine failed.
    #[error("the engine cannot make the transport files of {uid}: {status}")]
    Failed {
        /// The stream.
        uid: StreamUid,
        /// How it ended.
        status: ExitStatus,
        /// What the engine printed.
        output: RawText,
    },
    /// The engine did not say what it made, although it ended well.
    #[error("the engine named no infohash for the transport files of {uid}")]
    NoInfohash {
        /// The stream.
        uid: StreamUid,
        /// What the engine printed.
        output: RawText,
    },
    /// The engine did not make a file, although it ended well.
    #[error("the engine left {} missing or empty", shown(.path))]
    Unmade {
        /// Where the file was expected.
        path: PathBuf,
        /// What the engine printed.
        output: RawText,
    },
    /// A file could not be used.
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl TransportError {
    /// What the engine printed, as it came.
    pub(crate) fn output(&self) -> Option<&str> {
        match self {
            TransportError::TimedOut { output, .. }
            | TransportError::Failed { output, .. }
            | TransportError::NoInfohash { output, .. }
            | TransportError::Unmade { output, .. } => Some(output.reveal()),
            _ => None,
        }
    }
}
