//! The sandbox's own command line.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{install, world};

/// Stands for everything outside of acecast: engines, stream servers and the controller.
#[derive(Parser)]
#[command(name = "acecast-sandbox", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make DIR an engine folder: start-engine, acestreamengine, version.
    InstallEngine {
        dir: PathBuf,
        #[arg(long, value_enum, default_value = "3.2.3")]
        engine_version: EngineVersion,
    },
    /// Serve streams and a controller on 127.0.0.1 until SIGTERM or SIGINT.
    World {
        /// Where the node lists, the controller's faults and what it received are.
        dir: PathBuf,
        /// Port of the stream server; 0 takes a free one.
        #[arg(long, default_value_t = 0)]
        streams_port: u16,
        /// Port of the controller; 0 takes a free one.
        #[arg(long, default_value_t = 0)]
        controller_port: u16,
        #[command(flatten)]
        life: Life,
    },
    /// Serve streams only.
    Streams {
        /// Port; 0 takes a free one.
        #[arg(long, default_value_t = 0)]
        streams_port: u16,
        #[command(flatten)]
        life: Life,
    },
    /// Serve the controller only.
    Controller {
        /// Where the node lists, the controller's faults and what it received are.
        dir: PathBuf,
        /// Port; 0 takes a free one.
        #[arg(long, default_value_t = 0)]
        controller_port: u16,
        #[command(flatten)]
        life: Life,
    },
}

#[derive(Args)]
struct Life {
    /// Write the ready line to this file too, in one step.
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// End when standard input does: with the program that started this one.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineVersion {
    #[value(name = "3.2.3")]
    V3_2_3,
    #[value(name = "3.0.5.1")]
    V3_0_5_1,
}

pub(crate) fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::InstallEngine { dir, engine_version } => {
            let version = match engine_version {
                EngineVersion::V3_2_3 => "3.2.3",
                EngineVersion::V3_0_5_1 => "3.0.5.1",
            };
            install::engine(&dir, version)
        }
        Command::World { dir, streams_port, controller_port, life } => {
            serve(Some(streams_port), Some((dir, controller_port)), &life)
        }
        Command::Streams { streams_port, life } => serve(Some(streams_port), None, &life),
        Command::Controller { dir, controller_port, life } => {
            serve(None, Some((dir, controller_port)), &life)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "acecast-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(streams: Option<u16>, controller: Option<(PathBuf, u16)>, life: &Life) -> io::Result<()> {
    let world = world::World { streams, controller };
    world.serve(life.ready_file.as_deref(), life.until_stdin_closes)
}
