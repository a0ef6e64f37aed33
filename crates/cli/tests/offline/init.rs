//! `init`: a config to begin with, and systemd units.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::site::{Ran, acecast, examples};

const NAMES: [&str; 3] = ["config.json", "source_node.json", "support_node.json"];

/// A folder, and `acecast init` in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = acecast();
        command.current_dir(self.path()).arg("init").args(args);
        command
    }

    fn init(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.command(args))
    }

    /// Everything in it.
    fn all(&self) -> Vec<PathBuf> {
        let (mut all, mut left) = (Vec::new(), vec![self.path()]);
        while let Some(path) = left.pop() {
            if path.symlink_metadata().unwrap().is_dir() {
                left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
            all.push(path);
        }
        all.sort();
        all
    }
}

/// The folder's config is right as it is, and with the examples of nodes once there is an engine where it says.
#[track_caller]
fn assert_right(root: &Path) {
    let config = root.join("config/config.json");
    let ran = Ran::of(acecast().arg("-c").arg(&config).args(["check", "--strict"])).ends(0);
    let found = "source nodes: 0\nsupport nodes: 0\nno errors, no warnings\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (found, ""));
    for name in &NAMES[1..] {
        let list = root.join("config").join(name);
        let text = fs::read_to_string(&list).unwrap();
        let (before, entries) = text.split_once("which streams there are.\n").unwrap();
        fs::write(&list, format!("{before}\n{}", entries.replace("    // ", "    "))).unwrap();
    }
    let engine = root.join("engine");
    fs::write(&engine, "#!/bin/false\n").unwrap();
    fs::set_permissions(&engine, fs::Permissions::from_mode(0o755)).unwrap();
    let text = fs::read_to_string(&config).unwrap();
    let example = fs::read_to_string(examples().join("config.json")).unwrap();
    // What is for editors leads to a file of the repository.
    let (before, rest) = example.split_once("    // For editors").unwrap();
    let example = [before, rest.split_once("\n\n").unwrap().1].concat();
    assert_eq!(text.replace(&json!(root).to_string(), "\"/opt/acecast\""), example);
    // An engine's path may have no variables in it, and a folder's name may look like one.
    let at = TempDir::new().unwrap();
    symlink(&engine, at.path().join("engine")).unwrap();
    let engine = at.path().join("engine").display().to_string();
    let text = ["stable", "beta"]
        .iter()
        .fold(text, |text, channel| text.replace(&format!("/opt/acestream-{channel}/start-engine"), &engine));
    fs::write(&config, text).unwrap();
    let ran = Ran::of(acecast().arg("-c").arg(&config).args(["check", "--strict"])).ends(0);
    let found = "source nodes: 2\nsupport nodes: 2\nno errors, no warnings\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (found, ""));
}

#[test]
fn a_config_to_begin_with_is_right() {
    let folder = Folder::new();
    let ran = folder.init(&[]).ends(0);
    let paths = NAMES.map(|name| folder.path().join("config").join(name));
    assert_eq!(ran.stdout, paths.each_ref().map(|path| format!("{}\n", path.display())).concat());
    assert!(ran.stderr.contains(&format!("\n  acecast -c {} check\n", paths[0].display())), "{}", ran.stderr);
    for path in &paths {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    assert_right(&folder.path());
    let ran = folder.init(&["quiet", "-q"]).ends(0);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (3, ""));
}

#[test]
fn the_folder_may_be_missing_and_have_an_odd_name() {
    let folder = Folder::new();
    for (name, root) in [
        ("new/deep/", "new/deep"),
        ("a b/$HOME/50% \"q\" 'é' \\", "a b/$HOME/50% \"q\" 'é' \\"),
        ("new/./deep/../other", "new/other"),
        ("-", "-"),
    ] {
        folder.init(&["--", name]).ends(0);
        assert_right(&folder.path().join(root));
    }
    let ran = folder.init(&["it's", "-o", "json"]).ends(0);
    let paths = NAMES.map(|name| folder.path().join("it's/config").join(name));
    assert_eq!(ran.json(), json!({"schema": 1, "written": paths}));
    assert!(ran.stderr.contains(r"it'\''s/config/config.json' check"), "{}", ran.stderr);
}

#[test]
fn a_folder_that_no_config_can_name_is_left_alone() {
    let folder = Folder::new();
    for name in [&b"a\nb"[..], b"\xff"] {
        let ran = Ran::of(folder.command(&[]).arg(OsStr::from_bytes(name))).ends(1);
        assert!(ran.stderr.starts_with("error: a config cannot name this folder\n"), "{}", ran.stderr);
    }
    assert_eq!(folder.all(), [folder.path()]);
}

#[test]
fn what_is_there_stays_and_nothing_is_written_beside_it() {
    let plain = |path: &Path| fs::write(path, "mine").unwrap();
    let dangling = |path: &Path| symlink("/nowhere", path).unwrap();
    let dir = |path: &Path| fs::create_dir(path).unwrap();
    for make in [plain as fn(&Path), dangling, dir] {
        for (args, folder_of, name) in [
            (&[][..], "config", NAMES[0]),
            (&[], "config", NAMES[2]),
            (&["--systemd", "units"], "units", "acecast-start.timer"),
        ] {
            let folder = Folder::new();
            fs::create_dir(folder.path().join(folder_of)).unwrap();
            let path = folder.path().join(folder_of).join(name);
            make(&path);
            let before = folder.all();
            let ran = folder.init(&[args, &["-o", "json"]].concat()).ends(1);
            let message = format!("{} is there already; nothing was written", path.display());
            assert_eq!(ran.json(), json!({"schema": 1, "error": {"code": "exists", "message": message}}));
            assert_eq!(folder.all(), before);
            assert!(!path.is_file() || fs::read_to_string(&path).unwrap() == "mine");
        }
    }
    let folder = Folder::new();
    folder.init(&[]).ends(0);
    let ran = folder.init(&["."]).ends(1);
    assert!(NAMES.iter().all(|name| ran.stderr.contains(name)), "all are named: {}", ran.stderr);
}

#[test]
fn where_nothing_can_be_made_nothing_is_left() {
    let folder = Folder::new();
    fs::write(folder.path().join("file"), "").unwrap();
    let before = folder.all();
    for args in [&["file"][..], &["file/below"], &["--systemd", "file"], &["/proc/acecast"]] {
        let ran = folder.init(args).ends(1);
        assert!(ran.stderr.contains("error: cannot create the folder "), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(folder.all(), before);
}

#[test]
fn what_was_made_goes_again_if_the_rest_cannot_be_made() {
    let folder = Folder::new();
    // It may write files of one block: shells do not agree whether that is 512 bytes or 1024.
    let mut command = Command::new("sh");
    let limited = "ulimit -f 1; trap '' XFSZ; exec \"$0\" init \"$@\"";
    command.args(["-c", limited, env!("CARGO_BIN_EXE_acecast"), "there"]).current_dir(folder.path());
    let ran = Ran::of(&mut command).ends(1);
    assert!(ran.stderr.starts_with("error: cannot write "), "{}", ran.stderr);
    assert_eq!(folder.all(), [folder.path()]);
}

#[test]
fn a_folder_that_may_not_be_written_to_is_left_alone() {
    let folder = Folder::new();
    let (open, closed) = (fs::Permissions::from_mode(0o755), fs::Permissions::from_mode(0o555));
    fs::set_permissions(folder.path(), open).unwrap();
    fs::create_dir(folder.path().join("theirs")).unwrap();
    fs::set_permissions(folder.path().join("theirs"), closed).unwrap();
    let mut command = acecast();
    if rustix::process::geteuid().is_root() {
        // For root, modes mean nothing.
        command.uid(65534).gid(65534);
        if Command::new(command.get_program()).uid(65534).gid(65534).arg("-V").output().is_err() {
            // Not by a macro: of those the harness hides what a passed test prints.
            let _ = writeln!(std::io::stderr(), "skipped: a folder of others: nobody cannot run the program");
            return;
        }
    }
    let ran = Ran::of(command.current_dir("/").arg("init").arg(folder.path().join("theirs"))).ends(1);
    assert!(ran.stderr.contains("caused by: Permission denied"), "{}", ran.stderr);
    assert_eq!(folder.all().len(), 2);
}

#[test]
fn units_are_printed_ready_to_be_saved() {
    let folder = Folder::new();
    let run = folder.init(&["--systemd=run", "--user", "news", "-c", "c.json"]).ends(0);
    let config = folder.path().join("c.json");
    let command = format!("\nExecStart={} -c {} run\n", env!("CARGO_BIN_EXE_acecast"), config.display());
    assert!(run.stdout.contains(&command) && run.stdout.contains("\nUser=news\n"), "{}", run.stdout);
    assert!(run.stdout.starts_with("# acecast.service: "));
    assert_eq!(run.stderr, format!("warning: there is no app config yet at {}\n", config.display()));

    let timer = folder.init(&["--systemd=timer", "--user", "news", "-c", "c.json"]).ends(0);
    let all = folder.init(&["--systemd", "--user", "news", "-c", "c.json"]).ends(0);
    assert_eq!(all.stdout, format!("{}\n{}", run.stdout, timer.stdout));
    assert_eq!(folder.all(), [folder.path()], "printing writes nothing");

    let document = folder.init(&["--systemd=run", "--user", "news", "-c", "c.json", "-o", "json"]).json();
    let unit = json!({"name": "acecast.service", "text": run.stdout});
    assert_eq!(document, json!({"schema": 1, "written": [], "units": [unit]}));
}

#[test]
fn written_units_are_those_that_are_printed() {
    let folder = Folder::new();
    let written = folder.init(&["--systemd", "units"]).ends(0);
    let names = ["acecast.service", "acecast-start.service", "acecast-start.timer"];
    let paths = names.map(|name| folder.path().join("units").join(name));
    assert_eq!(written.stdout, paths.each_ref().map(|path| format!("{}\n", path.display())).concat());
    let texts = paths.each_ref().map(|path| fs::read_to_string(path).unwrap());
    assert_eq!(folder.init(&["--systemd"]).stdout, texts.join("\n"));
    for path in &paths {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
    }
    let next: Vec<&str> = written.stderr.lines().filter(|line| line.contains("enable")).collect();
    assert_eq!(
        next,
        [
            "  systemctl enable --now acecast.service",
            "  systemctl enable --now acecast-start.timer    # or this one, instead"
        ]
    );
}

#[test]
fn the_config_of_units_is_the_one_that_is_named_else_that_of_the_host() {
    let folder = Folder::new();
    // A service has no current folder.
    folder.init(&[]).ends(0);
    let config = |command: &mut Command| {
        let stdout = Ran::of(command.arg("--systemd=run")).ends(0).stdout;
        let line = stdout.lines().find(|line| line.starts_with("ExecStart=")).unwrap().to_owned();
        line.split_once(" -c ").unwrap().1.to_owned()
    };
    assert_eq!(config(&mut folder.command(&[])), "/etc/acecast/config.json run");
    assert_eq!(config(folder.command(&[]).env("ACECAST_CONFIG", "")), "/etc/acecast/config.json run");
    assert_eq!(config(folder.command(&[]).env("ACECAST_CONFIG", "/a b")), "\"/a b\" run");
    let named = &mut folder.command(&["-c", "config/config.json"]);
    assert_eq!(
        config(named.env("ACECAST_CONFIG", "/x")),
        format!("{}/config/config.json run", folder.path().display())
    );
}

#[test]
fn a_user_that_could_end_its_line_is_wrong_usage() {
    let folder = Folder::new();
    for args in
        [&["--systemd", "--user", "a\nExecStartPre=/bin/true"][..], &["--user", "news"], &["--systemd=x"]]
    {
        folder.init(args).ends(2);
    }
}
