//! The units that `acecast init --systemd` writes, as systemd reads them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const UNITS: [&str; 3] = ["acecast.service", "acecast-start.service", "acecast-start.timer"];

/// What `systemd-analyze verify` makes of a unit; `None`, and it says so, where it is not installed.
fn verify(test: &str, unit: &Path) -> Option<Output> {
    let mut command = Command::new("systemd-analyze");
    // At this level it tells what it has read, too.
    command.arg("verify").arg(unit).env("SYSTEMD_LOG_LEVEL", "debug");
    let Ok(output) = command.output() else {
        // Not by a macro: of those the harness hides what a passed test prints.
        let _ = writeln!(std::io::stderr(), "skipped: {test}: no systemd-analyze");
        return None;
    };
    Some(output)
}

/// The program under another path.
fn installed(at: PathBuf) -> PathBuf {
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    let built = env!("CARGO_BIN_EXE_acecast");
    if fs::hard_link(built, &at).is_err() {
        fs::copy(built, &at).unwrap();
    }
    at
}

/// The units of this program, config and user, in a folder.
fn init(dir: &Path, program: &Path, config: &Path) -> PathBuf {
    let units = dir.join("units");
    let mut command = Command::new(program);
    command.arg("-c").arg(config).args(["init", "--systemd"]).arg(&units);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    units
}

/// systemd accepts the units, knows everything in them, and has read these commands.
#[track_caller]
fn assert_accepted(test: &str, units: &Path, command: &str) {
    for name in UNITS {
        let Some(output) = verify(test, &units.join(name)) else { return };
        let said = String::from_utf8_lossy(&output.stderr);
        // What it does not know, or takes for a mistake, it says with the file's name and the line's number.
        let place = format!("{}:", units.join(name).display());
        // Before version 248, there is no systemd-oomd that could be asked for anything.
        let is_new = |line: &&str| line.contains("Unknown key name 'ManagedOOMPreference'");
        let complaints: Vec<&str> =
            said.lines().filter(|line| line.starts_with(&place) && !is_new(line)).collect();
        assert!(output.status.success() && complaints.is_empty(), "{name}: {complaints:?}");
        let read = String::from_utf8_lossy(&output.stdout);
        let commands: Vec<&str> =
            read.lines().filter_map(|line| line.trim().strip_prefix("Command Line: ")).collect();
        let found = commands.iter().any(|read| read.starts_with(&format!("{command} ")));
        assert!(name == "acecast-start.timer" || found, "{name}: {command} in {commands:#?}");
    }
}

#[test]
fn systemd_accepts_the_units() {
    let dir = TempDir::new().unwrap();
    let program = installed(dir.path().join("acecast"));
    let units = init(dir.path(), &program, Path::new("/etc/acecast/config.json"));
    let command = format!("{} -c /etc/acecast/config.json", program.display());
    assert_accepted("systemd_accepts_the_units", &units, &command);
}

#[test]
fn systemd_reads_odd_paths_as_they_are() {
    let dir = TempDir::new().unwrap();
    let odd = dir.path().join("50% of $HOME; é");
    let program = installed(odd.join("an acecast"));
    let units = init(dir.path(), &program, Path::new("/a b/50%h/$HOME/${X}/\"q\"/é;\\ .json"));
    // systemd shows commands as a shell would take them, and variables are not yet replaced.
    let program = program.display().to_string().replace('$', "\\$");
    let config = r#"/a b/50%h/\$\$HOME/\$\${X}/\"q\"/é;\\ .json"#;
    assert_accepted("systemd_reads_odd_paths_as_they_are", &units, &format!("\"{program}\" -c \"{config}\""));
}

#[test]
fn a_unit_that_is_wrong_would_be_seen() {
    let dir = TempDir::new().unwrap();
    let unit = dir.path().join("acecast.service");
    fs::write(&unit, "[Service]\nExecStart=/bin/sh\nKillMode=processes\n").unwrap();
    let Some(output) = verify("a_unit_that_is_wrong_would_be_seen", &unit) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("{}:3: ", unit.display())), "{said}");
}
