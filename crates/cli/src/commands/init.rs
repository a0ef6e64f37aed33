//! `acecast init`: a config to begin with, or systemd units.
//!
//! One idea: what is written are the project's own examples, made to fit this host. It asks nothing and overwrites
//! nothing: where one of its files is, none is written.

mod files;
mod starter;
mod units;

use std::path::{Component, Path, PathBuf, absolute};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::args::{Global, InitArgs, Units};
use crate::exit::Exit;
use crate::failure::{Failure, advice};
use crate::output::{Output, json_text, schema};
use files::NewFile;
use units::{Unit, Wanted};

/// The app config of a unit if nobody says where it is: a service has no folder that it is started in.
const CONFIG: &str = "/etc/acecast/config.json";

pub(crate) fn run(global: &Global, args: &InitArgs, out: &Output) -> Result<Exit, Failure> {
    match (args.systemd, &args.dir) {
        (None, dir) => write_config(dir.as_deref().unwrap_or(Path::new(".")), out),
        (Some(which), Some(dir)) => write_units(&make_units(global, args, which, out)?, dir, args, out),
        (Some(which), None) => {
            print_units(&make_units(global, args, which, out)?, out);
            Ok(Exit::Done)
        }
    }
}

fn write_config(dir: &Path, out: &Output) -> Result<Exit, Failure> {
    let root = whole(dir)?;
    let files = starter::files(&root)?;
    files::write(&files)?;
    say_written(&files, out);
    let config = shell_word(&files[0].path);
    for line in [
        "next: say in these files where the engine is and which streams there are; then, as the user that owns",
        "them and that the nodes are to run as:",
        &format!("  acecast -c {config} check"),
        &format!("  acecast -c {config} plan"),
        &format!("  acecast -c {config} start"),
        "and, to keep the nodes running, as root:",
        &format!("  acecast -c {config} init --systemd=run --user USER /etc/systemd/system"),
    ] {
        out.note(out.clean(line));
    }
    Ok(Exit::Done)
}

fn write_units(units: &[Unit], dir: &Path, args: &InitArgs, out: &Output) -> Result<Exit, Failure> {
    let dir = whole(dir)?;
    let file =
        |unit: &Unit| NewFile { path: dir.join(unit.name), text: unit.text.clone(), mode: files::PUBLIC };
    let files: Vec<NewFile> = units.iter().map(file).collect();
    files::write(&files)?;
    say_written(&files, out);
    let user = &args.user;
    out.note(format_args!("next, as root, with a user {user} to whom the config and its `root` belong:"));
    out.note("  systemctl daemon-reload");
    let enable = units.iter().filter(|unit| unit.is_enabled).map(|unit| unit.name);
    for (at, name) in enable.enumerate() {
        let or = if at == 0 { "" } else { "    # or this one, instead" };
        out.note(format_args!("  systemctl enable --now {name}{or}"));
    }
    Ok(Exit::Done)
}

fn print_units(units: &[Unit], out: &Output) {
    if out.is_json() {
        let one = |unit: &Unit| json!({"name": unit.name, "text": unit.text});
        let mut document = schema();
        document.insert("written".to_owned(), json!([]));
        document.insert("units".to_owned(), units.iter().map(one).collect());
        // Units have lines, which must stay some. What came from outside has been escaped in them.
        return out.data(&json_text(&document.into()));
    }
    let texts: Vec<&str> = units.iter().map(|unit| unit.text.as_str()).collect();
    out.data(&texts.join("\n"));
}

fn make_units(global: &Global, args: &InitArgs, which: Units, out: &Output) -> Result<Vec<Unit>, Failure> {
    let from_env = std::env::var_os("ACECAST_CONFIG").map(PathBuf::from);
    let given = global.config.clone().or(from_env).filter(|path| !path.as_os_str().is_empty());
    let config = whole(&given.unwrap_or_else(|| CONFIG.into()))?;
    if matches!(config.try_exists(), Ok(false)) {
        out.warning(&format!("there is no app config yet at {}", config.display()));
    }
    let ca_file = global.ca_file.as_deref().map(whole).transpose()?;
    let wanted = Wanted { program: program()?, config, ca_file, user: args.user.clone() };
    units::units(which, &wanted)
}

/// Where this program is.
fn program() -> Result<PathBuf, Failure> {
    let program =
        std::env::current_exe().context("cannot find out where this program is").map_err(Failure::failed)?;
    if program.is_file() {
        return Ok(program);
    }
    // The kernel tells the name that it had.
    let error = anyhow::Error::msg(format!("{} does not exist any more", program.display()));
    Err(Failure::failed(error).hint("run it again from where it is now"))
}

/// The path from the root of all folders, without `.` and, as far as it is there, without `..`.
fn whole(path: &Path) -> Result<PathBuf, Failure> {
    let failed = |error| {
        let error = anyhow::Error::from(error).context("cannot find the current folder");
        Failure::failed(error).hint(advice::CHANGE_FOLDER)
    };
    // The components leave out what says nothing, such as a slash at the end.
    let path: PathBuf = absolute(path).map_err(failed)?.components().collect();
    let goes_up = path.components().any(|part| part == Component::ParentDir);
    // What `..` means depends on links.
    let there = path.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)));
    match there.filter(|_| goes_up) {
        Some((there, real)) => {
            let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
            Ok(real.join(rest).components().collect())
        }
        None => Ok(path),
    }
}

fn say_written(files: &[NewFile], out: &Output) {
    let paths = files.iter().map(|file| file.path.to_string_lossy());
    if out.is_json() {
        let mut document = schema();
        document.insert("written".to_owned(), paths.map(Value::from).collect());
        out.document(document.into());
    } else {
        out.lines(paths.map(|path| out.clean(&path)));
    }
}

/// A path as a shell takes it.
fn shell_word(path: &Path) -> String {
    let path = path.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if path.chars().all(is_plain) { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
