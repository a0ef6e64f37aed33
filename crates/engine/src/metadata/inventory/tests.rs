use std::cell::Cell;
use std::fs::{self, File, FileTimes};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use super::super::tests::pem;
use super::super::{Damage, fingerprint};
use super::*;
use crate::args::fixtures::app;

struct World {
    dir: tempfile::TempDir,
    app: AppConfig,
    /// When files were written.
    written: SystemTime,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path());
        fs::create_dir(&app.dirs.metadata).unwrap();
        fs::create_dir(&app.dirs.private).unwrap();
        World { dir, app, written: SystemTime::now() - Duration::from_secs(60) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.app.dirs.metadata.join(name)
    }

    /// An old file that only its owner can read.
    fn has(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(name, text.as_ref(), self.written);
        self
    }

    /// A file that was written at this moment.
    fn wrote(self, name: &str, text: &str) -> Self {
        self.write(name, text.as_bytes(), SystemTime::now());
        self
    }

    fn write(&self, name: &str, text: &[u8], when: SystemTime) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_times(FileTimes::new().set_modified(when))
            .unwrap();
    }

    fn stream(self, name: &str) -> Self {
        self.has(&format!("{name}.sauth"), pem(7)).has(&format!("{name}.restart"), "42")
    }

    /// The record beside transport files.
    fn sidecar(self, uid: &str, infohash: &str) -> Self {
        let text = format!(
            r#"{{"v":1,"infohash":"{infohash}","title":"t","url":"u","base_url":"u","categories":[],"trackers":[],
                "provider_key":null}}"#
        );
        fs::write(self.app.dirs.private.join(format!("{uid}_private.acelive.inputs.json")), text).unwrap();
        self
    }

    fn take(&self) -> Inventory {
        inventory(&self.app, &BTreeMap::new()).unwrap()
    }

    /// The inventory with something that happens during the pause, and how many pauses there were.
    fn take_while(&self, happens: impl Fn()) -> (Inventory, u32) {
        let pauses = Cell::new(0);
        let mut pause = || {
            pauses.set(pauses.get() + 1);
            happens();
        };
        let taken = take(&self.app, &BTreeMap::new(), &mut pause).unwrap();
        (taken, pauses.get())
    }

    /// The only stream's troubles, as they are shown.
    fn troubles(&self) -> Vec<String> {
        let [stream] = &self.take().streams[..] else { panic!("not one stream") };
        let dir = format!("{}/", self.app.dirs.metadata.display());
        let spoiled = stream.whole().err().unwrap_or_default();
        let troubles = stream.troubles();
        assert!(troubles.iter().filter(|trouble| trouble.spoils()).eq(&spoiled));
        troubles.iter().map(|trouble| trouble.to_string().replace(&dir, "")).collect()
    }
}

fn sequence(digit: &str, number: u8) -> String {
    format!("{}_stream_{number}", digit.repeat(40))
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_folder_that_is_missing_holds_nothing_and_one_that_is_none_is_an_error() {
    let world = World::new();
    fs::remove_dir(&world.app.dirs.metadata).unwrap();
    let taken = world.take();
    assert!(taken.streams.is_empty() && taken.orphans.is_empty() && taken.strange.is_empty());
    fs::write(&world.app.dirs.metadata, "").unwrap();
    assert!(matches!(inventory(&world.app, &BTreeMap::new()), Err(FilesError::Read { .. })));
}

#[test]
fn a_whole_ts_stream_is_told_without_a_pause() {
    let world = World::new().stream("news");
    let (taken, pauses) = world.take_while(|| ());
    let [stream] = &taken.streams[..] else { panic!("{taken:?}") };
    assert_eq!((stream.uid.as_str(), stream.kind(), pauses), ("news", SourceKind::Ts, 0));
    let private_key = acecast_config::PrivateKey::new(pem(7));
    assert_eq!(stream.whole(), Ok(Metadata::Ts { last_seq: 42, private_key }));
    assert_eq!((stream.troubles(), stream.sequence()), (Vec::new(), Some(42)));
    assert_eq!(stream.fingerprint(), Some(fingerprint(pem(7).as_bytes())));
    let off = stream.modified.unwrap().duration_since(world.written).unwrap_or_else(|early| early.duration());
    assert!(off < Duration::from_secs(1));
    assert!(!format!("{stream:?}").contains("BwcH"), "no part of a key");
}

#[test]
fn the_newest_file_tells_the_age() {
    let world = World::new().stream("news");
    let newer = world.written + Duration::from_secs(20);
    world.write("news.restart", b"43", newer);
    assert_eq!(
        world.take().streams[0].modified,
        fs::metadata(world.path("news.restart")).unwrap().modified().ok()
    );
}

#[test]
fn hls_streams_are_known_by_sidecars_and_by_running_nodes() {
    let world = World::new()
        .sidecar("tv", &"A".repeat(40))
        .has(&format!("{}.json", sequence("a", 0)), r#"{"seq": 5}"#)
        .has(&format!("{}.json", sequence("a", 1)), r#"{"seq": 7, "more": 1}"#)
        .has(&format!("{}.json", sequence("b", 0)), r#"{"seq": 3}"#)
        .has(&format!("{}.json", sequence("c", 0)), r#"{"seq": 9}"#)
        .stream("tv");
    let running = BTreeMap::from([("b".repeat(40), "kids".parse().unwrap())]);
    let taken = inventory(&world.app, &running).unwrap();
    let found: Vec<_> = taken.streams.iter().map(|s| (s.uid.as_str(), s.kind(), s.sequence())).collect();
    let expected = [("kids", SourceKind::Hls, 3), ("tv", SourceKind::Ts, 42), ("tv", SourceKind::Hls, 7)];
    assert_eq!(found, expected.map(|(uid, kind, number)| (uid, kind, Some(number))));
    let sequences = BTreeMap::from([(sequence("a", 0), 5), (sequence("a", 1), 7)]);
    assert_eq!(taken.streams[2].whole(), Ok(Metadata::Hls { sequences }));
    assert_eq!(taken.streams[2].fingerprint(), None);
    assert_eq!(names(&taken.orphans), [format!("{}.json", sequence("c", 0))]);
}

#[test]
fn streams_from_one_source_share_their_sequences() {
    let world = World::new().has(&format!("{}.json", sequence("a", 0)), r#"{"seq": 5}"#);
    let world = world.sidecar("tv", &"a".repeat(40)).sidecar("tv2", &"a".repeat(40));
    let uids: Vec<_> = world.take().streams.iter().map(|stream| stream.uid.to_string()).collect();
    assert_eq!(uids, ["tv", "tv2"]);
}

#[test]
fn sidecars_that_cannot_be_used_leave_orphans() {
    let world = World::new().has(&format!("{}.json", sequence("a", 0)), r#"{"seq": 5}"#).stream("news");
    let sidecar = |text: &str| {
        fs::write(world.app.dirs.private.join("tv_private.acelive.inputs.json"), text).unwrap();
        let taken = world.take();
        assert_eq!((taken.orphans.len(), taken.streams.len()), (1, 1), "{text}");
        taken.private_dir
    };
    assert!(sidecar("").is_none());
    assert!(sidecar("{\"v\":1,\"unfinished\":true}").is_none());
    fs::remove_dir_all(&world.app.dirs.private).unwrap();
    assert!(world.take().private_dir.is_none(), "there are no HLS streams");
    fs::write(&world.app.dirs.private, "").unwrap();
    let taken = world.take();
    assert!(matches!(taken.private_dir, Some(FilesError::Read { .. })));
    assert_eq!(taken.streams.len(), 1);
}

#[test]
fn other_files_are_passed_over_and_strange_ones_told() {
    let not_text = std::ffi::OsStr::from_bytes(b"\xff.sauth");
    let world = World::new().stream("news");
    for name in [
        "news.sauth.damaged-1",
        "news.restart.replaced-1",
        "x.json",
        "a_stream_0.json",
        ".acecast-abc123.tmp",
    ] {
        fs::write(world.path(name), "").unwrap();
    }
    for name in ["-x.sauth", ".restart", "two words.restart"] {
        fs::write(world.path(name), "").unwrap();
    }
    fs::write(world.app.dirs.metadata.join(not_text), "").unwrap();
    let taken = world.take();
    assert_eq!((taken.streams.len(), taken.orphans.len()), (1, 0));
    assert_eq!(names(&taken.strange), ["-x.sauth", ".restart", "two words.restart", "\u{fffd}.sauth"]);
}

#[test]
fn each_trouble_has_its_words() {
    let world = || World::new();
    assert_eq!(
        world().has("news.sauth", pem(7)).troubles(),
        ["news.restart is missing, and news.sauth is there"]
    );
    assert_eq!(
        world().has("news.restart", "42").troubles(),
        ["news.sauth is missing, and news.restart is there"]
    );
    let cut = &pem(7)[..300];
    assert_eq!(
        world().has("news.sauth", cut).has("news.restart", "").troubles(),
        ["news.sauth is damaged: its end is missing", "news.restart holds no number"]
    );
    let hls = world().sidecar("tv", &"a".repeat(40)).has(&format!("{}.json", sequence("a", 0)), "{\"seq\"");
    assert_eq!(hls.troubles(), [format!("{}.json holds no number", sequence("a", 0))]);
    assert_eq!(hls.take().streams[0].sequence(), None);
}

#[test]
fn what_is_no_file_neither_hangs_nor_counts() {
    let world = World::new().stream("news");
    fs::remove_file(world.path("news.sauth")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(world.path("news.sauth")).status().unwrap().success());
    fs::remove_file(world.path("news.restart")).unwrap();
    fs::create_dir(world.path("news.restart")).unwrap();
    let troubles = world.troubles();
    assert!(
        troubles[0].starts_with("news.sauth cannot be read (") && troubles[0].contains("FIFO"),
        "{troubles:?}"
    );
    assert!(troubles[1].starts_with("news.restart cannot be read ("), "{troubles:?}");

    let world = World::new().has("news.restart", "1".repeat(100_000));
    symlink("/nowhere/at/all", world.path("news.sauth")).unwrap();
    let troubles = world.troubles();
    assert_eq!(troubles[0], "news.sauth cannot be read (a link to nothing)");
    assert!(troubles[1].contains("more than 65536 bytes"), "{troubles:?}");

    let world = World::new().stream("news");
    fs::rename(world.path("news.sauth"), world.dir.path().join("key")).unwrap();
    symlink(world.dir.path().join("key"), world.path("news.sauth")).unwrap();
    assert!(world.troubles().is_empty(), "a link to a whole key is one");
}

#[test]
fn a_key_that_others_can_read_spoils_nothing() {
    let world = World::new().stream("news");
    for (mode, said) in [(0o644, true), (0o660, true), (0o602, true), (0o600, false), (0o400, false)] {
        fs::set_permissions(world.path("news.sauth"), fs::Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(world.path("news.restart"), fs::Permissions::from_mode(0o644)).unwrap();
        let expected =
            format!("news.sauth holds a key and is open to others (its mode is {mode:04o}, not 0600)");
        assert_eq!(world.troubles(), said.then_some(expected).into_iter().collect::<Vec<_>>());
        assert!(world.take().streams[0].whole().is_ok());
    }
}

#[test]
fn all_files_in_doubt_share_one_pause() {
    let mut world = World::new();
    for n in 0..20 {
        world = world
            .stream(&format!("n{n}"))
            .has(&format!("n{n}.restart"), "")
            .wrote(&format!("m{n}.restart"), "1");
    }
    let (taken, pauses) = world.take_while(|| ());
    assert_eq!((taken.streams.len(), pauses), (40, 1));
}

#[test]
fn of_two_looks_at_a_number_the_larger_is_right() {
    let number = |first: &str, second: Option<&str>| {
        let world = World::new().has("news.sauth", pem(7)).wrote("news.restart", first);
        let first_pause = Cell::new(true);
        let (taken, pauses) = world.take_while(|| match second {
            _ if !first_pause.replace(false) => {}
            Some(text) => fs::write(world.path("news.restart"), text).unwrap(),
            None => fs::remove_file(world.path("news.restart")).unwrap(),
        });
        // Once more if the second look met another file than the first.
        assert_eq!(pauses, if second.is_some() { 2 } else { 1 });
        taken.streams[0].sequence()
    };
    assert_eq!(number("123", Some("12345")), Some(12345), "the first look met half of it");
    assert_eq!(number("12345", Some("123")), Some(12345), "the second one did");
    assert_eq!(number("12345", Some("")), Some(12345));
    assert_eq!(number("", Some("12345")), Some(12345));
    assert_eq!(number("", Some("x")), None);
    assert_eq!(number("12345", None), Some(12345));
}

#[test]
fn an_old_number_is_believed_and_one_of_the_future_is_not() {
    let pauses = |when: SystemTime| {
        let world = World::new().stream("news");
        world.write("news.restart", b"5", when);
        world.take_while(|| ()).1
    };
    assert_eq!(pauses(SystemTime::now() - Duration::from_secs(5)), 0);
    assert_eq!(pauses(SystemTime::now() + Duration::from_secs(3600)), 1);
}

#[test]
fn sequences_that_are_being_rewritten_are_read_again() {
    let file = format!("{}.json", sequence("a", 0));
    let world = World::new().sidecar("tv", &"a".repeat(40)).wrote(&file, "{\"seq\": 4");
    let (taken, _) = world.take_while(|| fs::write(world.path(&file), "{\"seq\": 42}").unwrap());
    assert_eq!(taken.streams[0].sequence(), Some(42));
    let (taken, _) = world.take_while(|| fs::remove_file(world.path(&file)).unwrap());
    assert_eq!(taken.streams[0].sequence(), Some(42), "it was there");
}

#[test]
fn a_key_that_is_being_written_is_read_again() {
    let world = World::new().has("news.restart", "42").has("news.sauth", &pem(7)[..300]);
    let (taken, _) = world.take_while(|| ());
    assert_eq!(
        taken.streams[0].files,
        StoredFiles::Ts { key: KeyFile::Damaged(Damage::Cut), restart: Progress::At(42) }
    );
    let (taken, pauses) = world.take_while(|| fs::write(world.path("news.sauth"), pem(7)).unwrap());
    assert!(taken.streams[0].whole().is_ok());
    assert_eq!(pauses, 5, "somebody writes it at every look, and is not waited for any longer");
}

#[test]
fn of_a_number_that_is_written_in_pieces_the_largest_is_right() {
    let world = World::new().has("news.sauth", pem(7)).wrote("news.restart", "1");
    let pieces = Cell::new(0);
    let (taken, pauses) = world.take_while(|| {
        pieces.set(pieces.get() + 1);
        let text = ["12", "123", "1234", "1234"][pieces.get().min(4) - 1];
        if pieces.get() < 4 {
            fs::write(world.path("news.restart"), text).unwrap();
        }
    });
    assert_eq!((taken.streams[0].sequence(), pauses), (Some(1234), 4));
}

#[test]
fn a_stream_that_goes_away_meanwhile_is_none() {
    let world = World::new().has("news.restart", "").has("sport.sauth", "");
    let gone = || ["news.restart", "sport.sauth"].map(|name| fs::remove_file(world.path(name)).unwrap());
    let (taken, _) = world.take_while(|| {
        gone();
    });
    assert!(taken.streams.is_empty(), "{taken:?}");
}
