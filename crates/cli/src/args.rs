//! The command line, as clap reads it.

mod check;
mod cleanup;
mod completions;
mod duration;
mod events;
mod explain;
mod help;
mod init;
mod logs;
mod metadata;
mod monitor;
mod plan;
mod raw;
mod restart;
mod run;
mod scope;
mod start;
mod status;
mod stop;
mod target;
mod transport;
mod values;

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub(crate) use check::CheckArgs;
pub(crate) use cleanup::CleanupArgs;
pub(crate) use completions::CompletionsArgs;
pub(crate) use events::EventsArgs;
pub(crate) use explain::ExplainArgs;
pub(crate) use help::HelpArgs;
pub(crate) use init::{InitArgs, Units, UserName};
pub(crate) use logs::LogsArgs;
pub(crate) use metadata::{RestoreMetadataArgs, UpdateMetadataArgs};
pub(crate) use monitor::{MonitorArgs, Sending};
pub(crate) use plan::PlanArgs;
pub(crate) use raw::Hints;
pub(crate) use restart::RestartArgs;
pub(crate) use run::{LISTEN_TOKEN, RunArgs};
pub(crate) use scope::{PlanScope, Waits};
pub(crate) use start::StartArgs;
pub(crate) use status::StatusArgs;
pub(crate) use stop::StopArgs;
pub(crate) use target::StopTarget;
pub(crate) use transport::{StreamTarget, TransportArgs};

use crate::help::with_examples;
use crate::output::{Color, Format};

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

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the running nodes match the config: start, restart and stop what is needed
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
    #[command(after_help = status::STATES)]
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
    /// Nodes do not depend on it, and outlive it. SIGHUP makes it read the config at once.
    Run(RunArgs),
    /// Show what acecast did to nodes, and what happened to them
    Events(EventsArgs),
    /// Send each running node's status to the controller
    Monitor(MonitorArgs),
    /// Back up the streams' keys and piece numbers, to the controller or to a folder
    ///
    /// A backup is never overwritten by another key, unless --replace-key names its stream.
    UpdateMetadata(UpdateMetadataArgs),
    /// Restore the streams' keys and piece numbers, from the controller or from a folder
    ///
    /// A stream whose node runs is compared and never written, because the engine has the key in memory: where all is as
    /// in the backup, it counts as unchanged, and where something differs, it is refused.
    RestoreMetadata(RestoreMetadataArgs),
    /// Show what this host has of each stream: its key, its piece number, and what is wrong with them
    Metadata,
    /// Remove logs and caches of nodes that do not run; never keys or transport files
    ///
    /// The log of a node that is down, with the reason in it, goes too: look with --dry-run first.
    Cleanup(CleanupArgs),
    /// Write a starter config, or systemd units; nothing is ever overwritten
    Init(InitArgs),
    /// Print a completion script for a shell: commands, options, ports and streams
    Completions(CompletionsArgs),
    /// Explain a command, the exit codes or the config
    Help(HelpArgs),
}

/// The definition of the command line, with examples for every command.
pub(crate) fn definition() -> clap::Command {
    with_examples(Cli::command())
}

impl Cli {
    /// Reads the arguments; the first one is the program's own name.
    pub(crate) fn read(args: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Cli, clap::Error> {
        let mut definition = definition();
        let args: Vec<_> = args.into_iter().collect();
        let matches = definition.try_get_matches_from_mut(&args);
        let matches = matches.map_err(|error| start::with_wait_tip(error, &args))?;
        let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut definition))?;
        match &cli.command {
            Command::Stop(stop) => target::check("stop", &stop.targets)?,
            Command::Restart(restart) => target::check("restart", &restart.targets)?,
            Command::Help(help) => help::check(help)?,
            Command::Status(status) if status.watch.is_some() && cli.global.output == Format::Json => {
                return Err(conflict("status", "--watch shows a table and cannot be used with -o json"));
            }
            _ => {}
        }
        Ok(cli)
    }
}

/// Arguments of this command that cannot be used together.
fn conflict(command: &str, message: &str) -> clap::Error {
    let mut definition = definition();
    // Without that, a command does not know the name of the program in front of its own.
    definition.build();
    match definition.find_subcommand_mut(command) {
        Some(definition) => definition.error(ErrorKind::ArgumentConflict, message),
        None => definition.error(ErrorKind::ArgumentConflict, message),
    }
}

#[cfg(test)]
mod tests;
