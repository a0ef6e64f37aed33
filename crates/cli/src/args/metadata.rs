//! The arguments of `acecast update-metadata` and `acecast restore-metadata`.

use std::path::PathBuf;
use std::time::Duration;

use acecast_reconcile::StreamUid;
use clap::Args;

use super::values::uid;
use super::{Sending, duration};

/// `acecast update-metadata`.
#[derive(Debug, Args)]
pub(crate) struct UpdateMetadataArgs {
    /// Write the backup into this folder instead, one file for each stream
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// Let this stream's backup be overwritten by another key
    #[arg(long = "replace-key", value_name = "UID", value_parser = uid)]
    pub(crate) replace_keys: Vec<StreamUid>,
    #[command(flatten)]
    pub(crate) send: Sending,
}

/// `acecast restore-metadata`.
#[derive(Debug, Args)]
pub(crate) struct RestoreMetadataArgs {
    /// Only these streams
    #[arg(value_name = "UID", value_parser = uid)]
    pub(crate) uids: Vec<StreamUid>,
    /// Take the backup from this folder, where update-metadata --to has written it
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// Let this stream's other key be replaced; it is kept as .sauth.replaced-TIME
    #[arg(long = "replace-key", value_name = "UID", value_parser = uid)]
    pub(crate) replace_keys: Vec<StreamUid>,
    /// How long to wait for another run to end
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration::parse)]
    pub(crate) lock_timeout: Duration,
}
