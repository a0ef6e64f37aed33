//! The arguments of `acecast status`.

use std::time::Duration;

use acecast_reconcile::Role;
use clap::Args;

use super::duration;
use super::values::role_parser;

/// `acecast status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Only nodes of this role; only its list is read
    #[arg(value_name = "ROLE", value_parser = role_parser())]
    pub(crate) role: Option<Role>,
    /// Go on showing it, in place, every so often, until Ctrl-C
    #[arg(
        long, value_name = "INTERVAL", num_args = 0..=1, default_missing_value = "2s",
        value_parser = interval
    )]
    pub(crate) watch: Option<Duration>,
}

/// The states of nodes, as the help text of `status` explains them.
pub(super) const STATES: &str = "\
States:
  answering  it runs and answers
  starting   it runs and will answer soon
  no-input   it answers, and nothing comes in from its source
  silent     it runs and does not answer; its log may say why
  down       it is configured and does not run; a note says where it is held
  stale      a pid file without a node, not configured; removed by the next
             start or stop
  unknown    whether it runs cannot be proven, so it is left alone";

/// How often a look is worth its cost: every node is asked each time.
fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration::parse(text)?;
    let often = interval < Duration::from_millis(100);
    if often { Err("expected at least 100ms".to_owned()) } else { Ok(interval) }
}
