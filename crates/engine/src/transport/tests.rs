use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use acecast_config::{AppConfig, Category, SourceNode};
use acecast_reconcile::Secret;

use super::*;
use crate::args::StreamPaths;
use crate::args::fixtures::{app_with, hls, ts};

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
    assert_eq!(prepared.infohash(), HASH);
    assert_eq!(world.contents(), ["", ""], "not in place yet");
    prepared.commit().unwrap();
    assert_eq!(world.contents(), ["public Tv", "private Tv"]);
    assert_eq!(world.names(), WHOLE);
    assert_eq!(mode_of(&world.paths().public_transport()), 0o644);
    assert_eq!(mode_of(&world.paths().private_transport()), 0o600);
    assert_eq!(mode_of(&world.paths().sidecar()), 0o600);
    assert_eq!(infohash(&world.node, &world.app).as_deref(), Some(HASH));
    assert_eq!(world.needs(), None);
    assert_eq!(needs_making(&world.node, &world.app, true), Some(Reason::Forced));
    assert_eq!(needs_making(&ts(), &world.app, true), None);
}

#[test]
fn each_input_counts_and_their_order_does_not() {
    let world = World::new();
    world.make().commit().unwrap();
    let changed = |change: &dyn Fn(&mut SourceNode, &mut AppConfig)| {
        let (mut node, mut app) = (world.node.clone(), world.app.clone());
        change(&mut node, &mut app);
        match needs_making(&node, &app, false) {
            Some(Reason::InputsChanged(keys)) => keys,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(changed(&|node, _| node.title.push('!')), ["title"]);
    assert_eq!(changed(&|node, _| node.url = "https://in/live.m3u8?token=2".parse().unwrap()), ["url"]);
    assert_eq!(changed(&|node, _| node.categories.truncate(1)), ["categories"]);
    assert_eq!(changed(&|_, app| app.trackers.push("udp://t3:3".to_owned())), ["trackers"]);
    assert_eq!(changed(&|_, app| app.provider_key = None), ["provider_key"]);
    assert_eq!(changed(&|_, app| app.provider_key = Some(Secret::new("other"))), ["provider_key"]);
    let (mut node, mut app) = (world.node.clone(), world.app.clone());
    node.categories = ["kids", "sport"].into_iter().filter_map(Category::from_name).collect();
    app.trackers.reverse();
    node.common.extended_logging = true;
    assert_eq!(needs_making(&node, &app, false), None);
}

#[test]
fn files_of_the_old_scripts_are_taken_as_they_are_until_something_changes() {
    let mut world = World::new();
    assert!(!adopt(&world.node, &world.app).unwrap(), "nothing there");
    world.old_files();
    assert_eq!(world.needs(), None);
    assert!(adopt(&world.node, &world.app).unwrap());
    assert!(!adopt(&world.node, &world.app).unwrap(), "once");
    assert_eq!(mode_of(&world.paths().sidecar()), 0o600);
    assert_eq!((world.needs(), infohash(&world.node, &world.app)), (None, None));
    world.node.title = "New".to_owned();
    assert_eq!(world.needs(), Some(Reason::InputsChanged(vec!["title"])));
    assert!(!adopt(&ts(), &world.app).unwrap());
}

#[test]
fn missing_empty_and_damaged_files_are_made_again() {
    let world = World::new();
    world.make().commit().unwrap();
    let (public, private) = (world.paths().public_transport(), world.paths().private_transport());
    fs::write(&private, "").unwrap();
    assert_eq!(world.needs(), Some(Reason::PrivateMissing));
    fs::remove_file(&private).unwrap();
    assert_eq!(world.needs(), Some(Reason::PrivateMissing));
    fs::remove_file(&public).unwrap();
    assert_eq!(world.needs(), Some(Reason::PublicMissing));
    world.make().commit().unwrap();
    let whole = fs::read_to_string(world.paths().sidecar()).unwrap();
    for damaged in ["", "{", "[]", &whole[..whole.len() - 1], &whole.replace("\"v\":1", "\"v\":2")] {
        fs::write(world.paths().sidecar(), damaged).unwrap();
        assert_eq!(world.needs(), Some(Reason::SidecarDamaged), "{damaged}");
        assert_eq!(infohash(&world.node, &world.app), None);
    }
}

#[test]
fn a_crash_at_any_step_of_a_commit_is_made_good() {
    for files_in_place in 0..=2 {
        let mut world = World::new();
        world.make().commit().unwrap();
        world.node.title = "New".to_owned();
        let prepared = world.make();
        // The steps of a commit, up to the crash.
        crate::files::write_atomic(&world.paths().sidecar(), inputs::UNFINISHED, 0o600).unwrap();
        let moved =
            [("new_private", world.paths().private_transport()), ("new", world.paths().public_transport())];
        for (text, path) in &moved[..files_in_place] {
            fs::write(path, text).unwrap();
        }
        // A killed run removes nothing.
        std::mem::forget(prepared);
        assert_eq!(world.names().len(), 5);
        for title in ["New", "Tv"] {
            title.clone_into(&mut world.node.title);
            assert_eq!(world.needs(), Some(Reason::SidecarDamaged), "{files_in_place} {title}");
        }
        world.make().commit().unwrap();
        assert_eq!(world.contents(), ["public Tv", "private Tv"]);
        assert_eq!(world.names(), WHOLE, "what the killed run left is gone");
    }
}

#[test]
fn a_failed_commit_is_made_good_by_the_next_run() {
    let world = World::new();
    world.make().commit().unwrap();
    let public = world.paths().public_transport();
    let prepared = world.make();
    fs::remove_file(&public).unwrap();
    fs::create_dir(&public).unwrap();
    let error = prepared.commit().unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write {}", public.display()));
    fs::remove_dir(&public).unwrap();
    fs::write(&public, "x").unwrap();
    assert_eq!(world.needs(), Some(Reason::SidecarDamaged));
}

#[test]
fn a_failed_making_leaves_the_old_files_and_nothing_else() {
    let world = World::new();
    world.old_files();
    let before = world.names();
    let error = world.fails("echo 'bad provider key pk'; echo usage >&2; exit 2");
    let TransportError::Failed { status, output, .. } = &error else { panic!("{error:?}") };
    assert_eq!((status.code(), output.reveal()), (Some(2), "bad provider key pk\nusage\n"));
    assert_eq!(error.to_string(), "the engine could not make the transport files of tv: exit status: 2");
    assert_eq!(error.output(), Some("bad provider key pk\nusage\n"));

    assert!(matches!(world.fails("exit 0"), TransportError::NoInfohash { .. }));
    assert!(matches!(world.fails("echo created: hash=12345"), TransportError::NoInfohash { .. }));
    let unmade = world.fails(&format!("echo created: hash={HASH}"));
    assert!(
        matches!(&unmade, TransportError::Unmade { path, .. } if *path == world.paths().public_transport())
    );
    let removed = world.fails(&format!("{GOOD}\nrm \"$private\""));
    assert!(
        matches!(&removed, TransportError::Unmade { path, .. } if *path == world.paths().private_transport())
    );
    let late = world.try_make("echo slow; sleep 600", Duration::from_millis(300)).unwrap_err();
    assert_eq!(late.to_string(), "making the transport files of tv took more than 0.3 s");
    drop(world.make());

    assert_eq!(world.names(), before);
    assert_eq!(world.contents(), ["old", "old"]);
}

#[test]
fn what_cannot_be_made_is_said() {
    let mut world = World::new();
    let env = ChildEnv::default();
    let make = |world: &World, engine: &Path, cancelled| {
        make(&world.node, &world.app, engine, &env, TIMEOUT, &move || cancelled).unwrap_err()
    };
    let missing = make(&world, Path::new("/no/such/engine"), false);
    assert_eq!(missing.to_string(), "cannot run /no/such/engine");
    let engine = world.engine("sleep 600");
    assert!(matches!(make(&world, &engine, true), TransportError::Cancelled { .. }));
    fs::remove_dir_all(&world.app.dirs.private).unwrap();
    fs::write(&world.app.dirs.private, "").unwrap();
    assert!(matches!(make(&world, &engine, false), TransportError::Files(_)));
    world.node = ts();
    assert!(matches!(make(&world, &engine, false), TransportError::NotHls { .. }));
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
