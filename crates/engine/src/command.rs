//! Reading a process's command line: is it a node, and what was it asked to be?
//!
//! Pure: texts in, facts out. A command line is no proof by itself; [`crate::scan`] joins it with the process's
//! pid dir, parent and environment.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use acecast_reconcile::Port;

/// The name of the engine's process (seen on engine 3.2.3; exactly as long as the kernel keeps names).
const ENGINE: &str = "acestreamengine";

/// Programs that run a wrapper script. `sudo`, `strace` or an editor whose line mentions the script is no node.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"];

/// Options without a value; every other option takes one.
const FLAGS: &[&str] = &[
    "--stream-source-node",
    "--stream-support-node",
    "--create-hls-transport",
    "--skip-internal-tracker",
    "--stats-report-peers",
    "--service-remote-access",
    "--permanent",
    "--hide-hls-segments",
    "--hide-hls-manifest",
    "--hls-broadcast-last-source-piece",
];

/// The command line of a node, or of the wrapper script that runs one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCommand {
    /// Which of the two it is.
    pub part: Part,
    /// What it was asked to do.
    pub mode: Mode,
    /// The port it was asked to use.
    pub port: Port,
    /// Its `--pid-file-dir`, as given.
    pub pid_dir: PathBuf,
    /// All its options by name, with the values in order.
    pub options: Options,
}

/// Which process of a node it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The engine itself.
    Engine,
    /// The script that runs the engine, by the path it was called with.
    Wrapper(PathBuf),
}

/// The engine's two modes of streaming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `--stream-source-node`
    Source,
    /// `--stream-support-node`
    Support,
}

/// Options of a command line, in either form: `--opt=value` or `--opt value`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Options(BTreeMap<String, Vec<String>>);

impl Options {
    /// Reads the options of a command line. What is no option is passed over.
    pub fn parse(args: &[String]) -> Self {
        let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut args = args.iter().peekable();
        while let Some(arg) = args.next() {
            if !arg.starts_with("--") {
                continue;
            }
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None if is_flag(arg) => (arg.as_str(), None),
                // The engine rejects a separate value that begins with a hyphen, so that is the next option.
                None => (arg.as_str(), args.next_if(|next| !next.starts_with('-')).cloned()),
            };
            options.entry(name.to_owned()).or_default().extend(value);
        }
        Options(options)
    }

    /// The option is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The option's value; the last one if it is given several times, as the engine takes it.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(String::as_str)
    }

    /// All values of an option that may be repeated.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }
}

impl std::fmt::Debug for Options {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn is_flag(arg: &str) -> bool {
    FLAGS.contains(&arg) || arg.starts_with("--debug-")
}

impl NodeCommand {
    /// Reads a command line. `comm` is the kernel's name of the process, `engines` are the configured engine
    /// paths.
    pub fn parse(comm: &str, argv: &[String], engines: &[PathBuf]) -> Option<Self> {
        // Nearly every process of a host ends here.
        let mode = argv.iter().find_map(|arg| match arg.as_str() {
            "--stream-source-node" => Some(Mode::Source),
            "--stream-support-node" => Some(Mode::Support),
            _ => None,
        })?;
        let (part, first) = part(comm, argv, engines)?;
        let options = Options::parse(&argv[first..]);
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
pub fn normal(path: &Path) -> PathBuf {
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
mod tests {
    use super::*;

    fn argv(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    fn parse(comm: &str, line: &str) -> Option<NodeCommand> {
        NodeCommand::parse(comm, &argv(line), &[PathBuf::from("/opt/ace/start-engine")])
    }

    const NODE: &str = "--stream-source-node --port 8640 --pid-file-dir /run/ace";

    #[test]
    fn the_engine_is_known_by_its_name_or_its_first_argument() {
        for (comm, program) in [("acestreamengine", "/x/y"), ("python", "/opt/ace/acestreamengine")] {
            let node = parse(comm, &format!("{program} {NODE}")).unwrap();
            assert_eq!((node.part, node.port.get()), (Part::Engine, 8640));
        }
    }

    #[test]
    fn the_wrapper_is_a_shell_that_runs_a_configured_engine() {
        for program in ["/bin/sh", "/bin/bash -e", "/bin/bash --posix", "-sh"] {
            let node = parse("start-engine", &format!("{program} /opt//ace/./start-engine {NODE}")).unwrap();
            assert_eq!(node.part, Part::Wrapper("/opt/ace/start-engine".into()));
        }
        assert!(parse("sh", &format!("/opt/ace/start-engine {NODE}")).is_some());
    }

    #[test]
    fn a_line_that_only_mentions_an_engine_is_no_node() {
        for line in [
            "sudo -u ace /opt/ace/start-engine",
            "strace -f /opt/ace/acestreamengine",
            "vim /opt/ace/start-engine",
            "/bin/sh -c /opt/ace/start-engine",
            "/bin/bash -s /opt/ace/start-engine",
            "/bin/sh -xs /opt/ace/start-engine",
            "gdb --args acestreamengine",
            "/bin/sh /other/start-engine",
            "nohup /opt/ace/start-engine",
        ] {
            let line = format!("{line} {NODE}");
            let found = parse(base_name(line.split(' ').next().unwrap()), &line);
            assert_eq!(found, None, "{line}");
        }
    }

    #[test]
    fn both_forms_of_an_option_are_read() {
        let line = "acestreamengine --stream-support-node --port=8641 --pid-file-dir ./run --upload-to 10.0.0.1:1 \
                    --upload-to=10.0.0.2:2 --stats-report-peers --title=--port --private-node 1";
        let node = parse("acestreamengine", line).unwrap();
        assert_eq!((node.mode, node.port.get()), (Mode::Support, 8641));
        assert_eq!(node.pid_dir, PathBuf::from("./run"));
        assert_eq!(node.options.all("--upload-to").collect::<Vec<_>>(), ["10.0.0.1:1", "10.0.0.2:2"]);
        assert_eq!(node.options.last("--title"), Some("--port"));
        assert_eq!(node.options.last("--private-node"), Some("1"));
        assert!(node.options.has("--stats-report-peers"));
    }

    #[test]
    fn without_a_port_or_a_pid_dir_it_is_no_node_of_anybody() {
        assert!(parse("acestreamengine", "acestreamengine --stream-source-node --port 1").is_none());
        assert!(parse("acestreamengine", "acestreamengine --stream-source-node --pid-file-dir /x").is_none());
        assert!(
            parse("acestreamengine", "acestreamengine --client-console --port 1 --pid-file-dir /x").is_none()
        );
        assert!(
            parse("acestreamengine", "acestreamengine --stream-source-node --port 0 --pid-file-dir /x")
                .is_none()
        );
    }

    #[test]
    fn the_debug_form_shows_no_value() {
        let options = Options::parse(&argv("--service-access-token hunter2"));
        assert_eq!(format!("{options:?}"), "{\"--service-access-token\"}");
    }
}
