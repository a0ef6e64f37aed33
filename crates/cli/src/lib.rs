//! The command line of acecast.
//!
//! One idea: this crate composes and decides nothing. It reads arguments and environment, hands them to the crates
//! that know what to do, and shows what came of it: data on stdout, messages on stderr, and one of the [`Exit`]
//! codes. It is the only place in acecast that prints, exits or reads the environment.

mod args;
mod commands;
mod complete;
mod context;
mod exit;
#[cfg(feature = "failpoints")]
mod failpoints;
mod failure;
mod help;
mod journal;
mod last_lists;
mod last_words;
mod limits;
mod output;
mod remote;
mod room;
mod signals;
mod web;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

pub use exit::Exit;

use args::{Cli, Hints};
use failure::Failure;
use output::Output;
use signals::Signals;

/// Does what the arguments of this process say.
pub fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    failpoints::arm();
    let args: Vec<OsString> = std::env::args_os().collect();
    complete::answer(args::definition, &args).unwrap_or_else(|| run(args)).into()
}

/// The definition of the command line, for shell completions and manual pages.
pub fn command() -> clap::Command {
    args::definition()
}

fn run(args: Vec<OsString>) -> Exit {
    let hints = Hints::of(&args);
    let cli = match Cli::read(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&Output::new(hints.format, hints.color, false, 0), &error),
    };
    let global = &cli.global;
    let out = Arc::new(Output::new(global.output, global.color, global.quiet, global.verbose));
    output::trace_to(&out);
    let signals = Signals::install(&out).context("cannot handle signals").map_err(Failure::failed);
    let exit = signals.and_then(|signals| commands::run(&cli, &out, &signals)).unwrap_or_else(|failure| {
        out.failure(&failure);
        failure.exit
    });
    written(&out, exit)
}

/// Shows help and version, or what is wrong with the arguments.
fn usage(out: &Output, error: &clap::Error) -> Exit {
    out.clap(error);
    if !error.use_stderr() {
        return written(out, Exit::Done);
    }
    if out.is_json() {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
        let failure = Failure::new(Exit::Usage, "usage", anyhow::Error::msg(message));
        out.document(output::error_document(&failure));
    }
    Exit::Usage
}

/// The exit code, unless the result could not be written for another reason than that nobody reads it.
fn written(out: &Output, exit: Exit) -> Exit {
    match out.broken() {
        Some(error) => {
            out.error(&anyhow::Error::from(error).context("cannot write to stdout"), None);
            Exit::first([exit, Exit::Problem])
        }
        None => exit,
    }
}
