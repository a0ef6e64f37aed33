//! A host with a HLS stream, and shell scripts for engines.

mod failures;
mod when;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use acecast_config::{AppConfig, Category, SourceNode};
use acecast_reconcile::Secret;

use super::inputs::Reason;
use super::*;
use crate::args::StreamPaths;
use crate::args::fixtures::{app_with, hls, ts};
use crate::child_env::ChildEnv;

const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

/// What an engine does: both files hold the arguments that they were made from.
const GOOD: &str = r#"
for arg; do
  case $arg in
    --output-public=*) public=${arg#*=} ;;
    --output-private=*) private=${arg#*=} ;;
    --title=*) title=${arg#*=} ;;
  esac
done
printf 'public %s' "$title" > "$public"
printf 'private %s' "$title" > "$private"
echo "created: hash=0123456789abcdef0123456789abcdef01234567"
"#;

struct World {
    dir: tempfile::TempDir,
    app: AppConfig,
    node: SourceNode,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = app_with(dir.path(), &[("provider_key", "pk".into())]);
        World { dir, app, node: hls() }
    }

    /// An engine that is this shell script. Another process writes it: while this one had it open for writing, a fork
    /// in another test's thread could keep it so, and it could not be run ("text file busy").
    fn engine(&self, script: &str) -> PathBuf {
        let path = self.dir.path().join("start-engine");
        let mut writer = Command::new("sh")
            .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let text = format!("#!/bin/sh\n{script}");
        std::io::Write::write_all(&mut writer.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
        path
    }

    fn try_make(&self, script: &str, timeout: Duration) -> Result<Prepared, TransportError> {
        let env = ChildEnv::from_vars(std::env::vars_os());
        make(&self.node, &self.app, &self.engine(script), &env, timeout, &|| false)
    }

    fn make(&self) -> Prepared {
        self.try_make(GOOD, TIMEOUT).unwrap()
    }

    fn fails(&self, script: &str) -> TransportError {
        self.try_make(script, TIMEOUT).unwrap_err()
    }

    fn needs(&self) -> Option<Reason> {
        needs_making(&self.node, &self.app, false)
    }

    fn paths(&self) -> StreamPaths<'_> {
        StreamPaths::new(&self.app.dirs, &self.node.uid)
    }

    /// Public, then private.
    fn contents(&self) -> [String; 2] {
        [self.paths().public_transport(), self.paths().private_transport()]
            .map(|path| fs::read_to_string(path).unwrap_or_default())
    }

    /// The names in both folders.
    fn names(&self) -> Vec<String> {
        let dirs = [&self.app.dirs.public, &self.app.dirs.private];
        let entries = dirs.into_iter().filter_map(|dir| fs::read_dir(dir).ok()).flatten();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Both files as the old scripts left them.
    fn old_files(&self) {
        for path in [self.paths().public_transport(), self.paths().private_transport()] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "old").unwrap();
        }
    }
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

const WHOLE: [&str; 3] = ["tv.acelive", "tv_private.acelive", "tv_private.acelive.inputs.json"];

#[test]
fn files_are_made_once() {
    let world = World::new();
    assert_eq!(world.needs(), Some(Reason::PublicMissing));
    let prepared = world.make();
    assert_eq!(world.contents(), ["", ""], "not in place yet");
    prepared.commit().unwrap();
    assert_eq!(world.contents(), ["public Tv", "private Tv"]);
    assert_eq!(world.names(), WHOLE);
    assert_eq!(mode_of(&world.paths().public_transport()), 0o644);
    assert_eq!(mode_of(&world.paths().private_transport()), 0o600);
    assert_eq!(mode_of(&world.paths().sidecar()), 0o600);
    assert_eq!(world.paths().infohash().as_deref(), Some(HASH));
    assert_eq!(world.needs(), None);
    assert_eq!(needs_making(&world.node, &world.app, true), Some(Reason::Forced));
    assert_eq!(needs_making(&ts(), &world.app, true), None);
}

#[test]
fn the_infohash_is_in_a_line_of_its_own() {
    let found = |text: &str| make::infohash_in(text);
    assert_eq!(found(&format!("loading\n  created: hash={HASH}\r\n")).as_deref(), Some(HASH));
    assert_eq!(found(&format!("created: hash={HASH}, done")).as_deref(), Some(HASH));
    assert_eq!(found(&format!("created: hash={HASH}0")), None);
    assert_eq!(found(&format!("hash={HASH}")), None);
    assert_eq!(found(""), None);
}
