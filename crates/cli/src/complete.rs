//! What a shell completes.
//!
//! One idea: the scripts know nothing. They call this program for every completion, which answers from its own
//! definition of the command line and, where a port or a stream is asked for, from the config and from what runs. It
//! answers at once and never complains: no server is asked, and what cannot be read is simply not offered.

mod config;
mod known;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use clap::Command;
use clap_complete::env::{EnvCompleter, Shells};
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use known::Known;

use crate::exit::Exit;
use crate::help;

/// The variable by which the scripts ask; its value is the shell's name.
const VARIABLE: &str = "ACECAST_COMPLETE";

/// Where the function of bash's script ends.
const BASH_END: &str = "\n}\nif [[ \"${BASH_VERSINFO[0]}\"";

/// bash takes what a function offers as it is: the name of a file could be a piece of a program.
const BASH_QUOTES: &str = r#"
    local i
    for i in "${!COMPREPLY[@]}"; do
        if [[ "${COMPREPLY[i]}" == *[!A-Za-z0-9_./:=,@%+-]* ]]; then
            printf -v "COMPREPLY[i]" %q "${COMPREPLY[i]}"
        fi
    done"#;

/// The script that has a shell ask this program, which is called by this name.
pub(crate) fn script(shell: &str, program: &str) -> std::io::Result<String> {
    let shells = Shells::builtins();
    let shell = shells.completer(shell).ok_or(std::io::ErrorKind::Unsupported)?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "acecast", "acecast", &completer(program), &mut script)?;
    let script = String::from_utf8(script).map_err(std::io::Error::other)?;
    Ok(script.replace(BASH_END, &format!("{BASH_QUOTES}{BASH_END}")))
}

/// Answers a shell, if it is one that asks.
pub(crate) fn answer(definition: impl Fn() -> Command, args: &[OsString]) -> Option<Exit> {
    // The scripts put the line behind `--`; a variable that is set by chance must not make commands do nothing.
    let asks = args.get(1).is_some_and(|arg| arg == "--");
    let shell = std::env::var_os(VARIABLE).filter(|shell| asks && !shell.is_empty())?;
    let shells = Shells::builtins();
    if let Some(shell) = shell.to_str().and_then(|shell| shells.completer(shell)) {
        write(shell, definition(), args);
    }
    Some(Exit::Done)
}

fn write(shell: &dyn EnvCompleter, definition: Command, args: &[OsString]) {
    let words: Vec<OsString> = args.iter().skip(2).cloned().collect();
    let current_dir = std::env::current_dir().ok();
    let known = Lazy { words: words.clone().into(), current_dir: current_dir.clone(), had: Arc::default() };
    let mut definition = with_values(definition, &known);
    let mut answer = Vec::new();
    if shell.write_complete(&mut definition, words, current_dir.as_deref(), &mut answer).is_ok() {
        // Nobody reads what is not read.
        let _ = std::io::stdout().write_all(&answer);
    }
}

/// Looked for when the first argument needs it, and then known to all.
#[derive(Clone)]
struct Lazy {
    words: Arc<[OsString]>,
    current_dir: Option<PathBuf>,
    had: Arc<OnceLock<Known>>,
}

impl Lazy {
    fn get(&self) -> &Known {
        self.had.get_or_init(|| {
            let dir = self.current_dir.as_deref();
            dir.and_then(|dir| known::known(&config::path(&self.words, dir)?, dir)).unwrap_or_default()
        })
    }
}

/// The definition, with values for every argument that is a port or a stream, or a page of the help.
fn with_values(definition: Command, known: &Lazy) -> Command {
    let pages = help::pages(&definition);
    definition.mut_subcommands(|command| {
        let is_help = command.get_name() == "help";
        command.mut_args(|arg| {
            let names: Vec<String> =
                arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
            let names = names.join("|");
            let takes = |what: &str| names.split('|').any(|name| name == what);
            let (ports, uids, all) = (takes("PORT"), takes("UID"), takes("all"));
            if is_help && takes("COMMAND") {
                let pages = pages.clone();
                let page = move || pages.iter().map(|(name, text)| candidate(name, text, 0)).collect();
                return arg.add(ArgValueCandidates::new(page));
            }
            if !(ports || uids) {
                return arg;
            }
            let known = known.clone();
            arg.add(ArgValueCandidates::new(move || {
                let known = known.get();
                let all = all.then(|| candidate("all", "every node", 0));
                let ports = known.ports.iter().filter(|_| ports);
                let ports = ports.map(|(port, text)| candidate(&port.to_string(), text, 1));
                let uids = known.uids.iter().filter(|_| uids);
                let uids = uids.map(|(uid, text)| candidate(uid.as_str(), text, 2));
                all.into_iter().chain(ports).chain(uids).collect()
            }))
        })
    })
}

fn candidate(value: &str, text: &str, order: usize) -> CompletionCandidate {
    let text = (!text.is_empty()).then(|| text.to_owned().into());
    CompletionCandidate::new(value).help(text).display_order(Some(order))
}

/// What the script calls: a name that was found by `PATH` is found by it again, a path must not depend on the folder.
fn completer(program: &str) -> String {
    let path = Path::new(program);
    let absolute = std::path::absolute(path).ok().filter(|_| path.components().count() > 1);
    absolute.map_or_else(|| program.to_owned(), |path| path.to_string_lossy().into_owned())
}
