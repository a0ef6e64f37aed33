//! The commands, one a file. Each returns how the program ends, or why it could not do its work.

mod change;
mod check;
mod cleanup;
mod plan;
mod scope;
mod start;
mod status;
mod stop;

use std::sync::Arc;

use crate::args::{Cli, Command};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::signals::Signals;

/// Does what the arguments say.
pub(crate) fn run(cli: &Cli, out: &Arc<Output>, signals: &Signals) -> Result<Exit, Failure> {
    let context = || Context::load(&cli.global, out, signals);
    match &cli.command {
        Command::Start(args) => start::run(&context()?, args),
        Command::Stop(args) => stop::run(&context()?, args),
        Command::Plan(args) => plan::run(&context()?, args),
        Command::Status => status::run(&context()?),
        Command::Check(args) => check::run(context(), args, out),
        Command::Cleanup(args) => cleanup::run(&context()?, args),
    }
}
