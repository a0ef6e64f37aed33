//! What is there, and what is wrong with it.

use super::*;

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
    let sequences =
        BTreeMap::from([(sequence("a", 0).parse().unwrap(), 5), (sequence("a", 1).parse().unwrap(), 7)]);
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
        ["news.sauth is damaged: its end is missing", "news.restart holds no piece number"]
    );
    let hls = world().sidecar("tv", &"a".repeat(40)).has(&format!("{}.json", sequence("a", 0)), "{\"seq\"");
    assert_eq!(hls.troubles(), [format!("{}.json holds no piece number", sequence("a", 0))]);
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
    let modes = [(0o644, "read"), (0o660, "read"), (0o602, "change"), (0o600, ""), (0o400, "")];
    for (mode, may) in modes {
        fs::set_permissions(world.path("news.sauth"), fs::Permissions::from_mode(mode)).unwrap();
        fs::set_permissions(world.path("news.restart"), fs::Permissions::from_mode(0o644)).unwrap();
        let expected = format!(
            "news.sauth holds a key and other users can {may} it (mode {mode:04o}): chmod 600 news.sauth"
        );
        let said = !may.is_empty();
        assert_eq!(world.troubles(), said.then_some(expected).into_iter().collect::<Vec<_>>());
        assert!(world.take().streams[0].whole().is_ok());
    }
}
