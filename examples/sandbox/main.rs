//! `acecast-sandbox`: the world outside of acecast, in one program.
//!
//! Called by its own name it serves streams and a controller, or installs engines; called
//! `acestreamengine` it *is* an engine. It shares no code with acecast, so that it can be a witness.

mod cli;
mod digest;
mod engine;
mod http;
mod install;
mod threads;
mod wait_for_spawn;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    match install::role_of(&args) {
        install::Role::Engine => engine::run(&args),
        install::Role::WaitForSpawn => wait_for_spawn::run(&args),
        install::Role::Sandbox => cli::run(),
    }
}
