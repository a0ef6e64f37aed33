//! The engine's stand-in: behaves as the vendor's program does, as far as its documentation and
//! engines 3.2.3 and 3.0.5.1 at work have shown.

mod clock;
mod create_transport;
mod exit;
mod files;
mod hls;
mod life;
mod log;
mod meter;
mod node;
mod options;
mod peers;
mod prepare;
mod pull;
mod relay;
pub(crate) mod script;
mod serve;
mod settings;
mod signals;
mod status;
mod status_faults;
mod version;

use std::process::ExitCode;

use exit::Exit;
use options::{Mode, Options};

/// Runs with the arguments of the process, the program's name first.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let home = crate::install::home(args);
    let options = match Options::parse(&args[1..]) {
        Ok(options) => options,
        Err(reason) => return Exit::usage(&reason).report(1),
    };
    // Seen on engine 3.2.3: what goes wrong with a transport file is said twice.
    let (done, times) = match options.mode {
        Mode::Transport => (create_transport::run(&options, &home), 2),
        Mode::Source | Mode::Support => (life::run(&options, &home), 1),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => exit.report(times),
    }
}
