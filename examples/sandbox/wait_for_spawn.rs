//! The moments in which a node exists only as its wrapper: before the fork, and between fork and exec.
//!
//! The wrapper calls this program under another name to stretch them. It takes the port from its
//! parent's command line, so that its own one never looks like an engine's.

use std::fs;
use std::os::unix::process::parent_id;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use crate::engine::script::Script;
use crate::install;

pub(crate) fn run(args: &[String]) -> ExitCode {
    let cmdline = fs::read(format!("/proc/{}/cmdline", parent_id())).unwrap_or_default();
    let wanted: Vec<String> =
        cmdline.split(|byte| *byte == 0).map(|arg| String::from_utf8_lossy(arg).into_owned()).collect();
    // A broken script is the engine's to report, a moment later.
    if let Ok(script) = Script::load(&install::home(args), &port_of(&wanted)) {
        let after_fork = args.get(1).is_some_and(|arg| arg == "after-fork");
        let pause = if after_fork { script.slow_exec_ms } else { script.slow_spawn_wrapper_ms };
        sleep(Duration::from_millis(pause));
    }
    ExitCode::SUCCESS
}

/// The value of `--port` in either spelling, or nothing.
fn port_of(args: &[String]) -> String {
    let joined = args.iter().find_map(|arg| arg.strip_prefix("--port="));
    let split = || args.iter().position(|arg| arg == "--port").and_then(|at| args.get(at + 1));
    joined.map_or_else(|| split().cloned().unwrap_or_default(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::port_of;

    #[test]
    fn the_port_in_either_spelling() {
        let port = |line: &str| port_of(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(port("/bin/sh start-engine --port 8640"), "8640");
        assert_eq!(port("/bin/sh start-engine --port=8640 --name n"), "8640");
        assert_eq!(port("/bin/sh start-engine --port"), "");
    }
}
