//! `acecast completions`: the script with which a shell completes.

use crate::args::CompletionsArgs;
use crate::complete::script;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(args: &CompletionsArgs, out: &Output) -> Result<Exit, Failure> {
    let program = std::env::args_os().next().unwrap_or_else(|| "acecast".into());
    let script = script(args.shell.as_str(), &program.to_string_lossy()).map_err(Failure::failed)?;
    out.data(&script);
    Ok(Exit::Done)
}
