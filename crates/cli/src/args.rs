//! The command line, as clap reads it.

mod completions;
mod duration;
mod explain;
mod help;
mod init;
mod logs;
mod raw;
mod restart;
mod run;
mod target;
mod transport;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use acecast_reconcile::{Port, Role, StreamUid};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(crate) use completions::CompletionsArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use help::HelpArgs;
pub(crate) use init::{InitArgs, Units, UserName};
pub(crate) use logs::LogsArgs;
pub(crate) use raw::Hints;
pub(crate) use restart::RestartArgs;
pub(crate) use run::RunArgs;
pub(crate) use target::StopTarget;
pub(crate) use transport::{StreamTarget, TransportArgs};

use crate::help::with_examples;

/// Starts, matches and watches Ace Stream broadcast nodes on a server.
#[derive(Debug, Parser)]
#[command(name = "acecast", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The help text of `--config`.
const CONFIG: &str =
    "The app config [default: $ACECAST_CONFIG, else ./config/config.json, else /etc/acecast/config.json]";

/// Options of every command, taken before and after it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    // Were the variable clap's, every usage text would show the option as required where it is set.
    #[arg(short, long, value_name = "PATH", global = true, help = CONFIG)]
    pub(crate) config: Option<PathBuf>,
    /// How results are written to stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text", global = true)]
    pub(crate) output: Format,
    /// Say more on stderr: -v what is done, -vv details, -vvv everything
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// Say only what failed; the data itself is always printed
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: Color,
    /// Certificate authorities (PEM) to trust for servers, instead of the system's and the app config's
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) ca_file: Option<PathBuf>,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document, for programs
    Json,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the running nodes match the config: start, restart and stop what has to be
    Start(StartArgs),
    /// Stop nodes, whatever the config says
    Stop(StopArgs),
    /// Restart nodes as the config asks for; no other node is touched
    ///
    /// A node that is down is started. One that is not in the config is left alone.
    Restart(RestartArgs),
    /// Show what `start` would do, and do nothing
    Plan(PlanArgs),
    /// Show every node and how it is
    #[command(after_help = STATES)]
    Status(StatusArgs),
    /// Show everything about one node: config, processes, options, what a start would do, files, events, log
    Explain(ExplainArgs),
    /// Show what the nodes wrote into their logs
    Logs(LogsArgs),
    /// Show what viewers of a stream need: its transport file and its infohash
    Transport(TransportArgs),
    /// Read the config and the node lists and show everything that is wrong
    Check(CheckArgs),
    /// Keep the nodes running: match the config, again and again, in one foreground process
    ///
    /// Nodes do not depend on it, and outlive it. SIGHUP has it read the config now.
    Run(RunArgs),
    /// Show what acecast did to nodes, and what happened to them
    Events(EventsArgs),
    /// Send each running node's status to the controller
    Monitor(MonitorArgs),
    /// Back the streams' keys and numbers up, to the controller or to a folder
    ///
    /// A backup is never overwritten by another key, unless --replace-key names its stream.
    UpdateMetadata(UpdateMetadataArgs),
    /// Put the streams' keys and numbers back, from the controller or from a folder
    ///
    /// Streams whose nodes run are refused: the engine has the key in memory.
    RestoreMetadata(RestoreMetadataArgs),
    /// Show what this host has of each stream: its key, its number, and what is wrong with them
    Metadata,
    /// Remove logs and caches of nodes that do not run; never keys or transport files
    ///
    /// The log of a node that is down, with the reason in it, goes too: look with --dry-run first.
    Cleanup(CleanupArgs),
    /// Write a config to begin with, or make systemd units; nothing is ever overwritten
    Init(InitArgs),
    /// Print the script with which a shell completes acecast's commands, options, ports and streams
    Completions(CompletionsArgs),
    /// Explain a command, the exit codes or the config
    Help(HelpArgs),
}

/// Which nodes a plan is about, and what its user allows.
#[derive(Debug, Args)]
pub(crate) struct PlanScope {
    /// Only nodes of this role; only its list is read
    #[arg(value_name = "ROLE", value_parser = role_parser())]
    pub(crate) role: Option<Role>,
    /// Only start the nodes on these ports; nothing is stopped or restarted
    #[arg(long = "port", value_name = "PORT", value_delimiter = ',')]
    pub(crate) ports: Vec<Port>,
    /// Stop nodes that are not in the config even if they are most of those that run
    #[arg(long)]
    pub(crate) allow_mass_stop: bool,
    /// Let this stream get a new key, and lose its viewers
    #[arg(long = "new-key", value_name = "UID")]
    pub(crate) new_keys: Vec<StreamUid>,
}

/// Options of commands that stop nodes.
#[derive(Debug, Args)]
pub(crate) struct Waits {
    /// How long a node may take to end before it is killed
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    pub(crate) stop_timeout: Duration,
    /// How long to wait for another run to end
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration::parse)]
    pub(crate) lock_timeout: Duration,
    /// Show what would be done, and write nothing at all
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `acecast start`.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    pub(crate) scope: PlanScope,
    /// Ask the controller for the streams' keys and numbers, and restore what is missing here
    #[arg(long)]
    pub(crate) get_remote_metadata: bool,
    /// Make the transport files of HLS nodes again even if nothing changed
    #[arg(long)]
    pub(crate) force_creating_transport_files: bool,
    /// Begin the logs of started nodes anew
    #[arg(long)]
    pub(crate) clear_logs_on_start: bool,
    /// How many nodes are started or restarted at the same time
    #[arg(long, value_name = "N", default_value = "16", value_parser = at_least_one)]
    pub(crate) parallel: NonZeroUsize,
    /// How long a node may take to answer before it counts as starting
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = duration::parse)]
    pub(crate) ready_timeout: Duration,
    /// When it is done, wait until every node that was started answers [default: for 60s]
    #[arg(
        long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "60s",
        value_parser = duration::parse
    )]
    pub(crate) wait: Option<Duration>,
    #[command(flatten)]
    pub(crate) waits: Waits,
}

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

/// `acecast stop`.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Every node of this pid dir, or the nodes on these ports
    #[arg(value_name = "all|PORT", required = true, value_delimiter = ',')]
    pub(crate) targets: Vec<StopTarget>,
    #[command(flatten)]
    pub(crate) waits: Waits,
}

/// `acecast plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) scope: PlanScope,
    /// Ask the controller for the streams' keys and numbers, too, as `start` with this option does
    #[arg(long)]
    pub(crate) get_remote_metadata: bool,
    /// Exit with 6 if there is something to do
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// `acecast check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,
}

/// `acecast monitor`.
#[derive(Debug, Args)]
pub(crate) struct MonitorArgs {
    /// Only nodes of this role
    #[arg(long, value_name = "ROLE", value_parser = role_parser())]
    pub(crate) node_type: Option<Role>,
    /// Send a report, too, for nodes that are configured or run and do not answer
    #[arg(long)]
    pub(crate) report_silent: bool,
    #[command(flatten)]
    pub(crate) send: Sending,
}

/// `acecast update-metadata`.
#[derive(Debug, Args)]
pub(crate) struct UpdateMetadataArgs {
    /// Write the backup into this folder instead, one file for each stream
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// Let this stream's backup be overwritten by another key
    #[arg(long = "replace-key", value_name = "UID")]
    pub(crate) replace_keys: Vec<StreamUid>,
    #[command(flatten)]
    pub(crate) send: Sending,
}

/// How long sending may take.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Sending {
    /// How long sending may take in all, with all tries
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}

/// `acecast restore-metadata`.
#[derive(Debug, Args)]
pub(crate) struct RestoreMetadataArgs {
    /// Only these streams
    #[arg(value_name = "UID")]
    pub(crate) uids: Vec<StreamUid>,
    /// Take the backup from this folder, where update-metadata --to has written it
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// Let this stream's other key be replaced; it is kept as .sauth.replaced-TIME
    #[arg(long = "replace-key", value_name = "UID")]
    pub(crate) replace_keys: Vec<StreamUid>,
    /// How long to wait for another run to end
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration::parse)]
    pub(crate) lock_timeout: Duration,
}

/// `acecast events`.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Go on and show what happens from now on
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Only what happened to the nodes on these ports
    #[arg(long = "port", value_name = "PORT", value_delimiter = ',')]
    pub(crate) ports: Vec<Port>,
    /// How many of the last events to show
    #[arg(short = 'n', long, value_name = "N", default_value = "100")]
    pub(crate) lines: usize,
}

/// `acecast cleanup`.
#[derive(Debug, Args)]
pub(crate) struct CleanupArgs {
    /// Show what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How long to wait for another run to end
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = duration::parse)]
    pub(crate) lock_timeout: Duration,
}

/// The definition of the command line, with examples for every command.
pub(crate) fn definition() -> clap::Command {
    with_examples(Cli::command())
}

impl Cli {
    /// Reads the arguments; the first one is the program's own name.
    pub(crate) fn read(args: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Cli, clap::Error> {
        let mut definition = definition();
        let matches = definition.try_get_matches_from_mut(args)?;
        let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut definition))?;
        match &cli.command {
            Command::Stop(stop) => target::check(&stop.targets)?,
            Command::Restart(restart) => target::check(&restart.targets)?,
            Command::Help(help) => help::check(help)?,
            Command::Status(status) if status.watch.is_some() && cli.global.output == Format::Json => {
                let message = "--watch shows a table; ask for one document at a time with -o json";
                return Err(Cli::command().error(ErrorKind::ArgumentConflict, message));
            }
            _ => {}
        }
        Ok(cli)
    }
}

/// The states of nodes, as the help text of `status` explains them.
const STATES: &str = "\
States:
  answering  it runs and answers
  starting   it runs and will answer soon
  no-input   it answers, and nothing comes in from its source
  silent     it runs and does not answer; its log may say why
  down       it is configured and does not run; `acecast start` starts it, unless its note says that it is held
  stale      only its pid file is left, and it is not configured; the next start or stop removes the file
  unknown    whether it runs cannot be proven, so it is left alone";

/// How often a look is worth its cost: every node is asked each time.
fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration::parse(text)?;
    let often = interval < Duration::from_millis(100);
    if often { Err("expected at least 100ms".to_owned()) } else { Ok(interval) }
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a number, at least 1".to_owned())
}

fn role_parser() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).map(|text| {
        // The parser before let only these two through.
        if text == Role::Source.as_str() { Role::Source } else { Role::Support }
    })
}

#[cfg(test)]
mod tests;
