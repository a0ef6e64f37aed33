//! Reading a process's command line: is it a node, and what was it asked to be?
//!
//! Pure: texts in, facts out. A command line is no proof by itself; [`crate::scan`] joins it with the process's
//! pid dir, parent and environment.

use std::path::{Component, Path, PathBuf};

use acecast_reconcile::Port;

use crate::args::Given;

/// The name of the engine's process (seen on engine 3.2.3; exactly as long as the kernel keeps names).
const ENGINE: &str = "acestreamengine";

/// Programs that run a wrapper script. `sudo`, `strace` or an editor whose line mentions the script is no node.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"];

/// The command line of a node, or of the wrapper script that runs one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeCommand {
    /// Which of the two it is.
    pub(crate) part: Part,
    /// What it was asked to do.
    pub(crate) mode: Mode,
    /// The port it was asked to use.
    pub(crate) port: Port,
    /// Its `--pid-file-dir`, as given.
    pub(crate) pid_dir: PathBuf,
    /// All its options by name, with the values in order.
    pub(crate) options: Given,
}

/// Which process of a node it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The engine itself.
    Engine,
    /// The script that runs the engine, by the path it was called with.
    Wrapper(PathBuf),
}

/// The engine's two modes of streaming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `--stream-source-node`
    Source,
    /// `--stream-support-node`
    Support,
}

impl NodeCommand {
    /// Reads a command line. `comm` is the kernel's name of the process, `engines` are the configured engine
    /// paths.
    pub(crate) fn parse(comm: &str, argv: &[String], engines: &[PathBuf]) -> Option<Self> {
        // Nearly every process of a host ends here.
        let mode = argv.iter().find_map(|arg| match arg.as_str() {
            "--stream-source-node" => Some(Mode::Source),
            "--stream-support-node" => Some(Mode::Support),
            _ => None,
        })?;
        let (part, first) = part(comm, argv, engines)?;
        let options = Given::parse(&argv[first..]);
        let mode = if options.has("--stream-source-node") { Mode::Source } else { mode };
        let port = options.last("--port")?.parse().ok()?;
        let pid_dir = PathBuf::from(options.last("--pid-file-dir")?);
        Some(NodeCommand { part, mode, port, pid_dir, options })
    }
}

/// Which part of a node it is, and where its options begin.
fn part(comm: &str, argv: &[String], engines: &[PathBuf]) -> Option<(Part, usize)> {
    let program = argv.first()?;
    if comm == ENGINE || base_name(program) == ENGINE {
        return Some((Part::Engine, 1));
    }
    let is_engine = |arg: &String| {
        let path = normal(Path::new(arg));
        engines.contains(&path).then_some(path)
    };
    if let Some(path) = is_engine(program) {
        return Some((Part::Wrapper(path), 1));
    }
    if !SHELLS.contains(&base_name(program).trim_start_matches('-')) {
        return None;
    }
    // `sh SCRIPT …`, or `sh -e SCRIPT …` as the kernel makes of a `#!` line with an option.
    let script = argv.iter().skip(1).take(2).position(|arg| !arg.starts_with('-'))? + 1;
    // `-c` runs a text and `-s` what is typed: the script's path is a parameter then, as in a debug shell.
    let is_text = |arg: &String| !arg.starts_with("--") && arg.contains(['c', 's']);
    let runs_text = argv[1..script].iter().any(is_text);
    let path = is_engine(&argv[script])?;
    (!runs_text).then_some((Part::Wrapper(path), script + 1))
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The path without `.`, `..` and doubled slashes, by its text alone.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.parent().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests;
