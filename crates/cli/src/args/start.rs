//! The arguments of `acecast start`.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

use super::values::at_least_one;
use super::{PlanScope, Waits, duration};

/// `acecast start`.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    pub(crate) scope: PlanScope,
    /// Ask the controller for the streams' keys and piece numbers, and restore what is missing here
    #[arg(long)]
    pub(crate) get_remote_metadata: bool,
    /// Make the transport files of HLS nodes again even if nothing changed
    #[arg(long)]
    pub(crate) force_creating_transport_files: bool,
    /// Clear the logs of the nodes that are started
    #[arg(long)]
    pub(crate) clear_logs_on_start: bool,
    /// How many nodes are started or restarted at the same time
    #[arg(long, value_name = "N", default_value = "16", value_parser = at_least_one)]
    pub(crate) parallel: NonZeroUsize,
    /// How long a node may take to answer before it counts as starting
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = duration::parse)]
    pub(crate) ready_timeout: Duration,
    /// Wait at the end until every node that is starting answers; --wait=5m waits that long [default: 60s]
    #[arg(
        long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "60s",
        value_parser = duration::parse
    )]
    pub(crate) wait: Option<Duration>,
    #[command(flatten)]
    pub(crate) waits: Waits,
}

/// Says how `--wait 10s` is meant to be written: its value may be left out, so one behind a blank is taken for a role, or for
/// something behind one.
pub(super) fn with_wait_tip(mut error: clap::Error, args: &[OsString]) -> clap::Error {
    let culprits = [ContextKind::InvalidValue, ContextKind::InvalidArg].map(|kind| error.get(kind));
    let is_culprit = |word: &str| {
        let is_word = |value: &&ContextValue| matches!(value, ContextValue::String(text) if text == word);
        culprits.iter().flatten().any(is_word)
    };
    let behind = args.windows(2).filter(|pair| pair[0] == "--wait").find_map(|pair| pair[1].to_str());
    if let Some(value) = behind.filter(|word| is_culprit(word) && duration::parse(word).is_ok()) {
        let tip = StyledStr::from(format!("to wait that long, use '--wait={value}'"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}
