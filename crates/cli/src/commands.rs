//! The commands, one a module: each returns how the program ends, or why it could not do its work. What several of them
//! share stands beside them: `access`, `at_work`, `change`, `hidden`, `lock`, `scope`, `sending`.

mod access;
mod at_work;
mod change;
mod check;
mod cleanup;
mod completions;
mod events;
mod explain;
mod help;
mod hidden;
mod init;
mod lock;
mod logs;
mod metadata;
mod monitor;
mod plan;
mod restart;
mod restore_metadata;
mod run;
mod scope;
mod sending;
mod start;
mod status;
mod stop;
mod transport;
mod update_metadata;

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
        Command::Restart(args) => restart::run(&context()?, args),
        Command::Plan(args) => plan::run(&context()?, args),
        Command::Status(args) => status::run(context()?, args),
        Command::Explain(args) => explain::run(&context()?, args),
        Command::Logs(args) => logs::run(&context()?, args),
        Command::Transport(args) => transport::run(&context()?, args),
        Command::Check(args) => check::run(context(), args, out),
        Command::Run(args) => run::run(context()?, &cli.global, args),
        Command::Events(args) => events::run(&context()?, args),
        Command::Monitor(args) => monitor::run(&context()?, args),
        Command::UpdateMetadata(args) => update_metadata::run(&context()?, args),
        Command::RestoreMetadata(args) => restore_metadata::run(&context()?, args),
        Command::Metadata => metadata::run(&context()?),
        Command::Cleanup(args) => cleanup::run(&context()?, args),
        Command::Init(args) => init::run(&cli.global, args, out),
        Command::Completions(args) => completions::run(args, out),
        Command::Help(args) => Ok(help::run(args, out)),
    }
}
